"""Which orders the venue takes, and in Alpaca's words why not the others."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from alchemiser.adapters.venue.auctions import auction_refusal
from alchemiser.adapters.venue.means import (
    Asking,
    money_refusal,
    quantity_refusal,
    stop_refusal,
    wash_refusal,
)
from alchemiser.adapters.venue.orders import InForce, Kind, OrderClass, OrderRequest
from alchemiser.adapters.venue.pricing import increment
from alchemiser.adapters.venue.refusals import Refused, forbidden, malformed, unprocessable
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.numbers import CENT, ONE, SHARE, is_multiple, plain

_FRACTIONAL_KINDS: Final = frozenset({Kind.MARKET, Kind.LIMIT, Kind.STOP, Kind.STOP_LIMIT})
_COMPLEX_TIMES: Final = frozenset({InForce.DAY, InForce.GTC})


def refusal(asking: Asking) -> Refused | None:
    """Return the first reason why the venue does not take an order, or None when it does."""
    old = asking.replaces
    checks = _CHECKS if old is None or old.parent is None else _LEG_CHECKS
    return next((found for check in checks if (found := check(asking)) is not None), None)


def _name(asking: Asking) -> Refused | None:
    name = asking.request.client_order_id
    if name is None or asking.world.order_of_client(name) is None:
        return None
    return malformed("client_order_id must be unique")


def _permission(asking: Asking) -> Refused | None:
    if asking.world.configurations["suspend_trade"]:
        return forbidden("account is not authorized to trade")
    if not asking.world.asset(asking.request.symbol).instrument.tradable:
        return unprocessable(f'asset "{asking.request.symbol}" is not tradable')
    return None


def _steps(asking: Asking) -> Refused | None:
    request = asking.request
    profit, loss = request.take_profit, request.stop_loss
    prices = (
        ("limit_price", request.limit_price),
        ("stop_price", request.stop_price),
        ("take_profit.limit_price", None if profit is None else profit.limit_price),
        ("stop_loss.stop_price", None if loss is None else loss.stop_price),
        ("stop_loss.limit_price", None if loss is None else loss.limit_price),
    )
    for name, price in prices:
        if price is not None and not is_multiple(price, increment(price)):
            return unprocessable(
                f"invalid {name} {plain(price)}. sub-penny increment does not fulfill minimum "
                "pricing criteria"
            )
    return None


def _fraction(asking: Asking) -> Refused | None:
    request, quantity = asking.request, asking.request.quantity
    if quantity is not None and is_multiple(quantity, ONE):
        return None
    for is_wrong, refused in _fraction_rules(asking):
        if is_wrong:
            return refused
    if quantity is not None and not is_multiple(quantity, SHARE):
        return malformed("qty must have at most 9 decimal places")
    return _notional(request)


def _fraction_rules(asking: Asking) -> tuple[tuple[bool, Refused], ...]:
    request, world = asking.request, asking.world
    asset = world.asset(request.symbol)
    return (
        (
            not world.configurations["fractional_trading"],
            forbidden("fractional trading is disabled for this account"),
        ),
        (not asset.fractionable, forbidden(f'asset "{asset.symbol}" is not fractionable')),
        (
            request.in_force is not InForce.DAY,
            unprocessable("fractional orders must be DAY orders"),
        ),
        (
            request.order_class is not OrderClass.SIMPLE or request.kind not in _FRACTIONAL_KINDS,
            unprocessable("fractional orders must be simple orders"),
        ),
        (
            request.side is Side.SELL and asking.position() <= 0,
            unprocessable("fractional orders cannot be sold short"),
        ),
        (
            request.extended_hours,
            unprocessable("extended hours orders must not be fractional"),
        ),
    )


def _notional(request: OrderRequest) -> Refused | None:
    if request.notional is None:
        return None
    if request.kind is not Kind.MARKET:
        return unprocessable("notional orders must be market orders")
    if not is_multiple(request.notional, CENT):
        return malformed("notional value must be limited to 2 decimal places")
    return malformed("notional must be >= 1.00") if request.notional < ONE else None


def _hours(asking: Asking) -> Refused | None:
    request = asking.request
    if not request.extended_hours:
        return None
    if request.kind in {Kind.STOP, Kind.STOP_LIMIT, Kind.TRAILING_STOP}:
        return unprocessable("stop orders are not eligible for extended hours trading")
    if request.kind is not Kind.LIMIT or request.in_force not in _COMPLEX_TIMES:
        return unprocessable("extended hours order must be DAY or GTC limit orders")
    return None


def _time(asking: Asking) -> Refused | None:
    request = asking.request
    if request.kind is Kind.TRAILING_STOP and request.in_force not in _COMPLEX_TIMES:
        return unprocessable("trailing stop orders must be DAY or GTC orders")
    return auction_refusal(request, asking.world.timetable, asking.world.moment)


def _complex(asking: Asking) -> Refused | None:
    request = asking.request
    kind = request.order_class
    if kind is OrderClass.SIMPLE:
        return None
    if request.in_force not in _COMPLEX_TIMES or request.extended_hours:
        return unprocessable(f"{kind.value} orders must be DAY or GTC orders in regular hours")
    if request.kind is Kind.TRAILING_STOP:
        return unprocessable("trailing stop orders must be simple orders")
    if kind is OrderClass.OCO:
        if not asking.closes():
            return unprocessable("oco orders must be exit orders")
    elif asking.closes():
        return unprocessable(f"{kind.value} orders must be entry orders")
    return _leg_prices(asking)


def _leg_prices(asking: Asking) -> Refused | None:
    """Compare the legs with the price that the entry will have, or has had."""
    request = asking.request
    base = _base_price(asking)
    # An OCO is itself the exit: its legs lie as those of the entry that it closes.
    sign = request.side.sign() * (-1 if request.order_class is OrderClass.OCO else 1)
    up, down = (">=", "<=") if sign > 0 else ("<=", ">=")
    profit, loss = request.take_profit, request.stop_loss
    told = {"base_price": plain(base)}
    if (
        profit is not None
        and profit.limit_price is not None
        and (profit.limit_price - base) * sign < CENT
    ):
        step = "base_price + 0.01" if sign > 0 else "base_price - 0.01"
        return unprocessable(f"take_profit.limit_price must be {up} {step}", **told)
    if loss is not None and loss.stop_price is not None and (base - loss.stop_price) * sign < CENT:
        step = "base_price - 0.01" if sign > 0 else "base_price + 0.01"
        return unprocessable(f"stop_loss.stop_price must be {down} {step}", **told)
    return None


def _base_price(asking: Asking) -> Decimal:
    request = asking.request
    if request.order_class is not OrderClass.OCO and request.limit_price is not None:
        return request.limit_price
    if request.stop_price is not None:
        return request.stop_price
    return asking.world.mark(request.symbol)


def _intent(asking: Asking) -> Refused | None:
    told = asking.request.position_intent
    inferred = intent(asking)
    if told is None or told == inferred:
        return None
    return unprocessable(f"position intent mismatch, inferred: {inferred}, specified: {told}")


def intent(asking: Asking) -> str:
    """Return what an order does to the position, in Alpaca's words."""
    return f"{asking.request.side.value}_to_{'close' if asking.closes() else 'open'}"


_Check = Callable[[Asking], Refused | None]
_CHECKS: Final[tuple[_Check, ...]] = (
    _name,
    _permission,
    _steps,
    _fraction,
    _hours,
    _time,
    _complex,
    _intent,
    quantity_refusal,
    wash_refusal,
    stop_refusal,
    money_refusal,
)
_LEG_CHECKS: Final[tuple[_Check, ...]] = (_name, _permission, _steps)
"""What is asked of a replaced leg: shares and money were, when its order was taken."""
