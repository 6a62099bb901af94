"""Which symbols are halted, as far as a stream has told."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from alchemiser.domain.values.identifiers import Symbol

_HALTS: Final = frozenset({"2", "H", "P"})
"""Trading halt (CTA, UTP) and volatility trading pause (UTP)."""
_RESUMES: Final = frozenset({"3", "T"})
"""Resume (CTA) and trading resumption (UTP); `Q` resumes quotes only, which is no trading yet."""
_PAUSES: Final = frozenset({"M", "LUDP"})
"""Reasons that are a pause whatever the status: limit up, limit down."""


class Halts:
    """Fold status messages; for one thread.

    No question tells what a stream has missed: after a gap nothing is known, except that what was
    halted counts as halted until the stream says otherwise or shows a trade.
    """

    def __init__(self) -> None:
        self._halted: dict[Symbol, datetime] = {}
        self._held_over: set[Symbol] = set()
        self._known: set[Symbol] = set()

    def status(self, name: Symbol, *, status: str, reason: str, at: datetime) -> None:
        """Take a status message (`sc` and `rc`, as the tape writes them) of the moment `at`."""
        if status in _RESUMES:
            self._resume(name)
        elif status in _HALTS or reason in _PAUSES:
            self._halted[name] = at
            self._held_over.discard(name)
            self._known.add(name)

    def traded(self, name: Symbol, at: datetime) -> None:
        """Take a trade: it ends a halt from before the gap, and shows that there is none."""
        if name not in self._halted:
            self._known.add(name)
        elif name in self._held_over and at > self._halted[name]:
            self._resume(name)

    def lose_track(self) -> None:
        """Learn that messages may have been missed."""
        self._known.clear()
        self._held_over = set(self._halted)

    def keep(self, names: Collection[Symbol]) -> None:
        """Forget all other symbols."""
        for name in [name for name in self._halted if name not in names]:
            del self._halted[name]
        self._held_over.intersection_update(names)
        self._known.intersection_update(names)

    def halted(self) -> frozenset[Symbol]:
        """Return the symbols that count as halted."""
        return frozenset(self._halted)

    def known(self) -> frozenset[Symbol]:
        """Return the symbols whose state has been told since the last gap."""
        return frozenset(self._known)

    def _resume(self, name: Symbol) -> None:
        self._halted.pop(name, None)
        self._held_over.discard(name)
        self._known.add(name)
