"""When orders for a session's closing auction are taken, and when their fills are told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from alchemiser.domain.values.numbers import ONE, ZERO
from alchemiser.domain.values.session import Session

ORDERS_END_BEFORE_CLOSE: Final = timedelta(minutes=1)
"""How long before the close every order outside of the auction has to be over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionTimes:
    """Say when an order enters the closing auction, and how long its fills are waited for.

    Everything is relative to the session's own close, so that early closes move it.

    Attributes:
        cutoff_seconds: How long before the close the broker takes the last order for the auction,
            and the last cancel of one, seconds.
        margin_seconds: How much earlier the engine sends its last one, seconds.
        report_seconds: How long after the close the broker may take to tell the fills, seconds.
    """

    cutoff_seconds: int = 600
    margin_seconds: int = 30
    report_seconds: int = 300

    def ahead(self) -> timedelta:
        """Return how long before the close the engine sends its last order for the auction."""
        return timedelta(seconds=self.cutoff_seconds + self.margin_seconds)

    def entered_until(self, session: Session) -> datetime:
        """Return when that is in `session`, UTC."""
        return session.close_at - self.ahead()

    def told_until(self, session: Session) -> datetime:
        """Return when the last fill of the auction is told, UTC."""
        return session.close_at + timedelta(seconds=self.report_seconds)


def whole_shares(quantity: Decimal) -> Decimal:
    """Return the whole shares in `quantity`, which is at or above zero: auctions take no others."""
    return quantity.to_integral_value(rounding=ROUND_FLOOR)


def before_auction(quantity: Decimal, price: Decimal, notional_min: Decimal) -> Decimal:
    """Return how many of `quantity` shares go before the auction; the rest are whole ones.

    The broken part of a share, and a whole one with it where it is worth too little alone.

    Args:
        quantity: Shares, at or above zero.
        price: Dollars a share.
        notional_min: What an order is worth at least, dollars.
    """
    broken = quantity - whole_shares(quantity)
    if not broken:
        return ZERO
    return min(broken + ONE, quantity) if broken * price < notional_min else broken
