"""Prices of orders: what bounds them, what triggers them, in which steps they go."""

from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Final

from alchemiser.adapters.venue.orders import Kind, Order
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.domain.values.numbers import CENT, ONE, ZERO

SUB_DOLLAR_STEP: Final = Decimal("0.0001")
_STOP_CAP_FROM: Final = Decimal(50)
_STOP_CAP_LOW: Final = Decimal("1.04")
_STOP_CAP: Final = Decimal("1.025")
_COLLAR: Final = Decimal("0.04")
_HUNDRED: Final = Decimal(100)


def increment(price: Decimal) -> Decimal:
    """Return the smallest step of a price near `price`: a cent, below a dollar a hundredth of it.

    Source: SEC Rule 612 as the broker applies it.
    """
    return CENT if price >= ONE else SUB_DOLLAR_STEP


def stop_cap(stop_price: Decimal) -> Decimal:
    """Return the most that a triggered buy stop pays: 4 % over the stop, from $50 on 2.5 %."""
    cap = _STOP_CAP if stop_price >= _STOP_CAP_FROM else _STOP_CAP_LOW
    return (stop_price * cap).quantize(CENT, rounding=ROUND_UP)


def bound(order: Order, quote: Quote) -> Decimal:
    """Return the worst price that `order` takes, dollars; market orders are collared by 4 %."""
    if order.limit_price is not None:
        return order.limit_price
    if order.side is Side.BUY and order.asked.kind is Kind.STOP and order.stop_price is not None:
        return stop_cap(order.stop_price)
    if order.side is Side.BUY:
        return quote.ask * (ONE + _COLLAR)
    return quote.bid * (ONE - _COLLAR)


def follow_trail(order: Order, quote: Quote) -> None:
    """Move the stop price of a trailing stop after its best price."""
    if order.asked.kind is not Kind.TRAILING_STOP:
        return
    best = max if order.side is Side.SELL else min
    order.high_water = (
        quote.last if order.high_water is None else best(order.high_water, quote.last)
    )
    order.stop_price = trailed(order, order.high_water)


def trailed(order: Order, high_water: Decimal) -> Decimal:
    """Return where a trailing stop stands when its best price is `high_water`, dollars."""
    percent = order.asked.trail_percent or ZERO
    distance = order.asked.trail_price or high_water * percent / _HUNDRED
    stop = high_water + distance * order.side.sign()
    return stop.quantize(increment(high_water), rounding=ROUND_DOWN)


def is_reached(order: Order, quote: Quote) -> bool:
    """Say whether the last trade is at or beyond the stop price."""
    if order.stop_price is None:
        return False
    return (quote.last - order.stop_price) * order.side.sign() >= 0


def venue_view(order: Order, limit: Decimal) -> NewOrderSingle:
    """Return `order` as the venue's model of matching takes it, with `limit` as its bound."""
    return NewOrderSingle(
        cl_ord_id=ClOrdId(order.id),
        symbol=order.symbol,
        side=order.side,
        order_qty=order.quantity or ONE,
        price=limit,
    )
