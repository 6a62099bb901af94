"""What became of a share whose company merged, spun another off or took a new name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Say what the holder of one share has instead, by what the broker gave for all of them.

    Attributes:
        symbol: The share.
        day: When.
        kept: Shares of it that are left of one, at or above zero: none after a merger, one after
            a spin-off.
        received: What came for it or besides it, or None.
        ratio: Shares of that for one, at or above zero.
        cash: Dollars for one.
    """

    symbol: Symbol
    day: date
    kept: Decimal
    received: Symbol | None
    ratio: Decimal
    cash: Decimal

    def worth(self, marks: Mapping[Symbol, Decimal]) -> Decimal:
        """Return what one share is worth at `marks`, which have all that is left of it, dollars."""
        own = self.kept * marks[self.symbol] if self.kept else ZERO
        other = ZERO if self.received is None else self.ratio * marks[self.received]
        return own + other + self.cash


def exchange_of(activity: Activity, held: Decimal) -> Exchange | None:
    """Return what `activity` made of one of `held` shares; None where it exchanged none.

    Splits are a matter of the data, and so are shares of the same symbol that are added.

    Args:
        activity: What the broker told.
        held: Shares of its symbol in all books before it, at or above zero.
    """
    name, gives = (
        activity.symbol,
        activity.received is not None or activity.quantity or activity.cash,
    )
    if not activity.kind.gives_others() or name is None or not gives or activity.quantity > 0:
        return None
    if activity.kind is ActivityKind.SPLIT and activity.received is None:
        return None
    # What was bought by hand on the same day is booked after it, and was exchanged as well.
    before = max(held, -activity.quantity)
    if not before:
        return None
    return Exchange(
        symbol=name,
        day=activity.day,
        kept=ONE + activity.quantity / before,
        received=activity.received,
        ratio=activity.received_quantity / before,
        cash=activity.cash / before,
    )
