"""Which orders of a plan may wait for the closing auction, and until when the plan then lasts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from alchemiser.domain.orders.closing import AuctionTimes, whole_shares
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingAuction:
    """Hold what a plan has to know of its session's closing auction.

    Attributes:
        times: When orders enter it.
        session: The session.
        now: The moment of the decision, UTC.
        spendable: Dollars that buys may cost before anything is sold, or None when unknown.
    """

    times: AuctionTimes
    session: Session
    now: datetime
    spendable: Decimal | None

    def is_missed(self) -> bool:
        """Say whether no order reaches it any more."""
        return self.now > self.times.entered_until(self.session)

    def is_affordable(self, buys: Iterable[PlannedOrder]) -> bool:
        """Say whether `buys` can be paid for before anything is sold."""
        cost = sum((one.request().cost() for one in buys), ZERO)
        return self.spendable is not None and cost <= self.spendable


def fit_for_auction(
    orders: Sequence[PlannedOrder], auction: ClosingAuction | None
) -> tuple[PlannedOrder, ...]:
    """Return `orders`, those that the auction does not suit as single orders, with the reason."""
    return tuple(
        order
        if order.algorithm is not Algorithm.LIMIT_ON_CLOSE
        else _fitted(order, _unfit(order, orders, auction))
        for order in orders
    )


def last_word(
    orders: Iterable[PlannedOrder], deadline: datetime, auction: ClosingAuction | None
) -> datetime:
    """Return when every order must be terminal: after the auction, where one of them is in it."""
    waits = any(order.algorithm is Algorithm.LIMIT_ON_CLOSE for order in orders)
    return auction.times.told_until(auction.session) if waits and auction else deadline


def _fitted(order: PlannedOrder, why: str) -> PlannedOrder:
    if not why:
        return order
    reason = f"{order.algorithm} does not suit it: {why}"
    return replace(order, algorithm=Algorithm.MARKETABLE_LIMIT, instead_of=reason)


def _unfit(
    order: PlannedOrder, orders: Sequence[PlannedOrder], auction: ClosingAuction | None
) -> str:
    """Return why `order` may not wait for the auction, or ""."""
    if auction is None:
        return "the session is decided at its open"
    if auction.is_missed():
        return "it is too late for the closing auction"
    if not whole_shares(order.quantity):
        return "it is for less than a whole share"
    buys = [one for one in orders if one.side is Side.BUY]
    if order.side is Side.SELL:
        return "the buys of the plan wait for what is sold" if buys else ""
    sells = len(buys) < len(orders)
    return "" if not sells or auction.is_affordable(buys) else "it is paid from what is sold"
