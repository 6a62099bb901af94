"""The owner's wishes for how orders are worked."""

from dataclasses import dataclass
from decimal import Decimal

from alchemiser.domain.orders.closing import AuctionTimes
from alchemiser.domain.values.numbers import ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmSettings:
    """Say how orders are worked.

    Attributes:
        work_seconds_max: How long one order of the plan is worked in all, seconds; the deadline of
            the plan may be sooner.
        order_seconds_max: How long an order that crosses the spread may work, seconds.
        step_seconds_min: Shortest wait for a price before a worse one is offered, seconds.
        step_seconds_max: Longest such wait, seconds.
        walk: How far across the spread each step of a walk goes, fractions in [0, 1], rising; the
            last step of all takes the plan's limit.
        walk_seconds_max: How long a walk may wait for a market that can be traded in, seconds.
        slices: Into how many parts an order is cut that is worked over time, at least 1.
        participation_rate: Largest fraction of what usually trades, in (0, 1].
        slice_notional_min: What such a part is worth at least, dollars.
        cross_seconds: How long before its end a passive order crosses the spread, seconds.
        rest_notional_min: What a child after the first is worth at least, dollars: the smallest
            order that venues take.
        auction: When orders enter the closing auction.
    """

    work_seconds_max: int = 1800
    order_seconds_max: int = 60
    step_seconds_min: int = 2
    step_seconds_max: int = 30
    walk: tuple[Decimal, ...] = (Decimal("0.5"), Decimal("0.75"), ONE)
    walk_seconds_max: int = 300
    slices: int = 6
    participation_rate: Decimal = Decimal("0.1")
    slice_notional_min: Decimal = Decimal(100)
    cross_seconds: int = 120
    rest_notional_min: Decimal = ONE
    auction: AuctionTimes = AuctionTimes()  # noqa: RUF009 - frozen

    def parts(self, worth: Decimal) -> int:
        """Return into how many parts an order worth so many dollars is cut over time."""
        return max(1, min(self.slices, int(worth / self.slice_notional_min)))
