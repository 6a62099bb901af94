"""Lots: what is held, since when and for how much, and what came of what is not held any more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, ZERO, apportion


class LotMethod(StrEnum):
    """Which lot is sold first."""

    FIFO = "fifo"
    """The one that was acquired first."""
    HIGHEST_COST = "highest-cost"
    """The one that cost most a share; lots of unknown cost last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Shares that were acquired together, or a part of them.

    Attributes:
        symbol: Of what.
        quantity: Shares, a multiple of 1e-9; negative for a short position, whose cost is negative,
            too: what it was sold for.
        cost: Dollars paid for them, fees included, whole cents; None when it is not known.
        acquired: When.
        held_since: From when the holding period counts; earlier than `acquired` after a wash sale.
        kind: How they came; of a reorganisation: beside other shares, at no cost.
        number: The same for all that came in one movement.
        washed: Dollars of `cost` that are losses of wash sales.
    """

    symbol: Symbol
    quantity: Decimal
    cost: Decimal | None
    acquired: date
    held_since: date
    kind: PostingKind
    number: int
    washed: Decimal = ZERO

    def gain(self, mark: Decimal | None) -> Decimal | None:
        """Return the dollars gained at `mark` dollars a share, or None when one is not known."""
        if mark is None or self.cost is None:
            return None
        return self.quantity * mark - self.cost

    def cut(self, quantity: Decimal) -> tuple["Lot", "Lot"]:
        """Return the first `quantity` shares, of the lot's sign, and the rest; no cent is lost."""
        quantities = quantity, self.quantity - quantity
        costs = _apportioned(self.cost, quantities)
        washed = _apportioned(self.washed, quantities) if self.washed else (ZERO, ZERO)
        return (
            self._part(quantities[0], costs[0], washed[0] or ZERO),
            self._part(quantities[1], costs[1], washed[1] or ZERO),
        )

    def _part(self, quantity: Decimal, cost: Decimal | None, washed: Decimal) -> "Lot":
        return new_lot(
            symbol=self.symbol,
            quantity=quantity,
            cost=cost,
            acquired=self.acquired,
            held_since=self.held_since,
            kind=self.kind,
            number=self.number,
            washed=washed,
        )


new_lot: Final = maker(Lot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """A lot, or a part of one, that is not held any more.

    Attributes:
        lot: What was held; of no shares where a reorganisation paid cash beside other shares.
        disposed: When.
        proceeds: Dollars got for it, fees taken off; None when it is not known.
        disallowed: Dollars of loss that a wash sale puts off.
    """

    lot: Lot
    disposed: date
    proceeds: Decimal | None
    disallowed: Decimal = ZERO

    def gain(self) -> Decimal | None:
        """Return the dollars gained, or None when cost or proceeds are not known."""
        if self.proceeds is None or self.lot.cost is None:
            return None
        return self.proceeds - self.lot.cost

    def counted(self) -> Decimal | None:
        """Return the dollars gained without the loss that is put off."""
        gain = self.gain()
        return None if gain is None else gain + self.disallowed

    def cut(self, quantity: Decimal) -> tuple["Disposal", "Disposal"]:
        """Return the first `quantity` shares, of the lot's sign, and the rest; no cent is lost."""
        first, rest = self.lot.cut(quantity)
        proceeds = _apportioned(self.proceeds, (first.quantity, rest.quantity))
        return (
            replace(self, lot=first, proceeds=proceeds[0]),
            replace(self, lot=rest, proceeds=proceeds[1]),
        )

    def joined(self, rest: "Disposal") -> "Disposal":
        """Return this and `rest`, which was cut off it and is put off as it is, as one."""
        one, other = self.lot, rest.lot
        lot = replace(
            one,
            quantity=one.quantity + other.quantity,
            cost=_sum(one.cost, other.cost),
            washed=one.washed + other.washed,
        )
        return replace(
            self,
            lot=lot,
            proceeds=_sum(self.proceeds, rest.proceeds),
            disallowed=self.disallowed + rest.disallowed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """Hold the lots that are open, by symbol and then oldest first, and all disposals in order."""

    open: tuple[Lot, ...] = ()
    disposals: tuple[Disposal, ...] = ()


def _apportioned(
    dollars: Decimal | None, quantities: tuple[Decimal, Decimal]
) -> Sequence[Decimal | None]:
    if dollars is None:
        return (None, None)
    return apportion(dollars, (("a", abs(quantities[0])), ("b", abs(quantities[1]))), CENT)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
