"""What is held and in open buys together, at its marks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ZERO

Value = Callable[[Instrument, Decimal], Decimal]
"""Returns what a share takes of a limit, by its instrument and its mark in dollars."""
Member = Callable[[Instrument], bool]
"""Says whether a limit counts an instrument."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """Hold positions, and remember what they take of each limit.

    An order is fitted into all limits and then gated by the same: with the same holdings.

    Attributes:
        rows: Sorted by symbol: what is held, shares with their sign, dollars a share.
    """

    rows: tuple[tuple[Instrument, Decimal, Decimal], ...]
    _worth: dict[Symbol, Decimal] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _taken: dict[tuple[Member, Value], Decimal] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def worth(self) -> Mapping[Symbol, Decimal]:
        """Return the dollars of each position."""
        if not self._worth:
            self._worth.update({held.symbol: shares * mark for held, shares, mark in self.rows})
        return self._worth

    def taken(self, member: Member, value: Value) -> Decimal:
        """Return what all members take together; equal questions are answered once."""
        known = self._taken.get((member, value))
        if known is None:
            known = ZERO
            for held, quantity, mark in self.rows:
                if member(held):
                    known += abs(quantity) * value(held, mark)
            self._taken[member, value] = known
        return known
