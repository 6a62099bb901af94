"""Which symbols move together, each pair of them measured once."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import numpy as np

from alchemiser.domain.risk.metrics import Moves, cosine, moves
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

DOUBT: Final = 1e-9
"""How near to the threshold a quickly summed correlation says nothing: its error is far smaller."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Member:
    """Hold one symbol that was measured.

    Attributes:
        returns: Its returns, float64 (T,).
        moves: What of them is compared.
        unit: The same with length 1, or NaN where it has no length.
        near: Who moves together with it.
    """

    returns: Floats
    moves: Moves
    unit: Floats
    near: set[Symbol]


@dataclass(slots=True)
class Companions:
    """Group symbols by the correlation of their returns, and remember every pair.

    Orders are gated one by one, each beside all before it: only what is new is measured then.

    Attributes:
        threshold: A correlation; two symbols belong together when theirs is above it.
    """

    threshold: Decimal
    _members: dict[Symbol, _Member] = field(init=False, default_factory=dict)

    def groups(
        self,
        names: Sequence[Symbol],
        returns: Floats,
        together: Iterable[frozenset[Symbol]] = (),
    ) -> tuple[frozenset[Symbol], ...]:
        """Return the groups of symbols that move together, each symbol in one.

        Two belong together when their correlation is above the threshold, and so do those that
        belong with the same third. Groups are sorted by the symbol of theirs that sorts first.

        Args:
            names: N symbols with returns, each once.
            returns: float64 (T, N), T at least 2, no NaN.
            together: Symbols, with returns or without, that are known to move together.

        Raises:
            InvalidValueError: When there is no return, or one is NaN or infinite.
        """
        self._learn(names, returns)
        wanted = set(names)
        near = {name: self._members[name].near & wanted for name in names}
        for known in filter(None, together):
            first = min(known)
            for name in known:
                near.setdefault(first, set()).add(name)
                near.setdefault(name, set()).add(first)
        return tuple(sorted(_parts(near), key=min))

    def _learn(self, names: Sequence[Symbol], returns: Floats) -> None:
        """Measure what is not known of `names`; other returns than before make everything new."""
        columns = np.ascontiguousarray(returns.T)
        places = [place for place, name in enumerate(names) if name in self._members]
        known = [self._members[names[place]].returns for place in places]
        if known and not np.array_equal(np.array(known), columns[places]):
            self._members.clear()
        for name, column in zip(names, columns, strict=True):
            if name not in self._members:
                self._add(name, column)

    def _add(self, name: Symbol, column: Floats) -> None:
        moved = moves(column)
        length = math.sqrt(moved[1])
        unit = moved[0] / length if length else np.full(len(column), np.nan)
        near = set(self._companions(moved, unit))
        for other in near:
            self._members[other].near.add(name)
        self._members[name] = _Member(returns=column.copy(), moves=moved, unit=unit, near=near)

    def _companions(self, moved: Moves, unit: Floats) -> Iterator[Symbol]:
        """Yield who moves together with who `moved` so.

        Sums are quick, and may differ between machines in the last digits; they are made exactly
        where that could tell.
        """
        names = list(self._members)
        if not names:
            return
        above = np.array([self._members[name].unit for name in names]) @ unit
        above -= float(self.threshold)
        for place in np.flatnonzero(~(above < -DOUBT)):
            name = names[place]
            sure = above[place] > DOUBT
            if sure or cosine(moved, self._members[name].moves) > self.threshold:
                yield name


def _parts(near: Mapping[Symbol, AbstractSet[Symbol]]) -> Iterator[frozenset[Symbol]]:
    """Yield the connected parts of a graph."""
    left = set(near)
    while left:
        part, reached = set[Symbol](), {left.pop()}
        while reached:
            part |= reached
            reached = {other for name in reached for other in near[name]} - part
        left -= part
        yield frozenset(part)
