"""Orders that might trade with the account's own.

Source: the broker's page on user protection, September 2026.
"""

from collections.abc import Iterable
from typing import Final

from alchemiser.adapters.venue.orders import Kind, Order, OrderClass, OrderRequest
from alchemiser.adapters.venue.refusals import Refused, forbidden
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.numbers import ZERO

_BOUNDED: Final = frozenset({Kind.LIMIT, Kind.STOP_LIMIT})


def wash_trade(request: OrderRequest, opposite: Iterable[Order]) -> Refused | None:
    """Return the refusal of an order that could meet one of `opposite`, or None.

    Legs of complex orders and trailing stops are exempt on both sides.
    """
    if request.order_class is not OrderClass.SIMPLE or request.kind is Kind.TRAILING_STOP:
        return None
    for one in opposite:
        if one.is_complex() or one.asked.kind is Kind.TRAILING_STOP:
            continue
        reason = _reason(request, one)
        if reason is not None:
            return forbidden(
                "potential wash trade detected. use complex orders",
                reject_reason=reason,
                existing_order_id=one.id,
            )
    return None


def _reason(request: OrderRequest, other: Order) -> str | None:
    if other.asked.kind not in _BOUNDED:
        return "opposite side market/stop order exists"
    if request.kind in _BOUNDED:
        buy, sell = request.limit_price or ZERO, other.limit_price or ZERO
        if request.side is Side.SELL:
            buy, sell = sell, buy
        if buy < sell:
            return None
    return "opposite side limit order exists. use complex/limit/stop_limit orders"
