"""The algorithm that trades in the closing auction."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.domain.execution.algorithms.crossing import UNFILLED, across
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.algorithms.steps import Answer, Place, Progress, Stop
from alchemiser.domain.orders.closing import before_auction, whole_shares
from alchemiser.domain.orders.messages import TimeInForce
from alchemiser.domain.values.numbers import ZERO

UNFILLED_ON_CLOSE: Final = Stop(
    reason="the closing auction did not fill all of it within its price bound"
)


@dataclass(frozen=True, slots=True)
class LimitOnClose:
    """Send the whole shares into the closing auction, at the plan's limit.

    What is no whole share goes first, through the touch: one child follows another, and the one
    in the auction is over only after the close. What comes too late for the auction goes through
    the touch, too.
    """

    settings: AlgorithmSettings

    def next(self, progress: Progress) -> Answer:
        """Return the broken part, then the order for the auction."""
        if progress.last is not None and not self._has_auction_ahead(progress):
            return UNFILLED_ON_CLOSE if progress.last[0].is_on_close() else UNFILLED
        if progress.now > self.ends_at(progress):
            return across(progress, self.settings)
        if broken := self._broken(progress):
            place = across(progress, self.settings)
            soon = min(place.expire_time, self.ends_at(progress))
            return replace(place, quantity=broken, expire_time=soon)
        whole = whole_shares(progress.leaves)
        if not whole:
            return UNFILLED
        return Place(
            quantity=whole,
            price=progress.planned.limit_price,
            expire_time=self.settings.auction.told_until(progress.session),
            time_in_force=TimeInForce.AT_THE_CLOSE,
        )

    def ends_at(self, progress: Progress) -> datetime:
        """Return when the last order for the auction is sent."""
        return self.settings.auction.entered_until(progress.session)

    def _has_auction_ahead(self, progress: Progress) -> bool:
        """Say whether the only child so far was the broken part."""
        if progress.steps != 1 or progress.last is None:
            return False
        last, _ = progress.last
        return last.order_qty < progress.quantity and not last.is_on_close()

    def _broken(self, progress: Progress) -> Decimal:
        """Return what goes before the auction; zero when there is none, or when it was sent."""
        if progress.steps:
            return ZERO
        limit = progress.planned.limit_price
        return before_auction(progress.leaves, limit, self.settings.rest_notional_min)
