"""What is to happen at some moment, so that the next one is found without going through all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

Noted = TypeVar("Noted")


@dataclass(slots=True)
class Agenda(Generic[Noted]):
    """Keep things by their moments; what does not count any more is dropped when it is met."""

    _entries: list[tuple[datetime, int, Noted]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def note(self, at: datetime, one: Noted) -> None:
        """Take `one` down for the moment `at`, UTC; noting it again does no harm."""
        heappush(self._entries, (at, next(self._numbers), one))

    def next_after(
        self, now: datetime, counts: Callable[[datetime, Noted], bool]
    ) -> datetime | None:
        """Return the first moment after `now` that counts, or None; earlier ones are forgotten."""
        while self._entries:
            at, _, one = self._entries[0]
            if at > now and counts(at, one):
                return at
            heappop(self._entries)
        return None
