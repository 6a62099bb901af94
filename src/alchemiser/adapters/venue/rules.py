"""Which orders the venue takes, and in Alpaca's words why not the others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.adapters.venue.auctions import auction_refusal
from alchemiser.adapters.venue.orders import InForce, Kind, Order, OrderClass, OrderRequest, Status
from alchemiser.adapters.venue.power import (
    buying_power,
    closing_orders,
    cost,
    held_quantity,
    multiplier,
)
from alchemiser.adapters.venue.pricing import increment
from alchemiser.adapters.venue.refusals import Refused, forbidden, malformed, unprocessable
from alchemiser.adapters.venue.wash_trades import wash_trade
from alchemiser.adapters.venue.world import World
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.numbers import CENT, ONE, SHARE, ZERO, is_multiple, plain

_OPENING: Final = frozenset({"buy_to_open", "sell_to_open"})
_FRACTIONAL_KINDS: Final = frozenset({Kind.MARKET, Kind.LIMIT, Kind.STOP, Kind.STOP_LIMIT})
_COMPLEX_TIMES: Final = frozenset({InForce.DAY, InForce.GTC})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Hold an order on its way in.

    Attributes:
        world: The venue.
        request: What is asked for.
        replaces: The open order that it is to replace, or None.
    """

    world: World
    request: OrderRequest
    replaces: Order | None = None

    def position(self) -> Decimal:
        """Return the account's signed shares of the symbol."""
        return self.world.account.balance.quantity(self.request.symbol)

    def closes(self) -> bool:
        """Say whether the order makes the position smaller."""
        return self.position() * self.request.side.sign() < 0


def refusal(asking: Asking) -> Refused | None:
    """Return the first reason why the venue does not take an order, or None when it does."""
    return next((found for check in _CHECKS if (found := check(asking)) is not None), None)


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
        ("take_profit.limit_price", profit and profit.limit_price),
        ("stop_loss.stop_price", loss and loss.stop_price),
        ("stop_loss.limit_price", loss and loss.limit_price),
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


def _quantity(asking: Asking) -> Refused | None:
    """Refuse to close more than there is, and what an account may not sell short."""
    world, request = asking.world, asking.request
    if not asking.closes():
        return _short(asking) if request.side is Side.SELL else _buy_beside_short(asking)
    held = abs(asking.position())
    reserved = held_quantity(world, request.symbol, asking.replaces)
    wanted = request.quantity
    if wanted is None:
        price = world.mark(request.symbol)
        wanted = (request.notional or ZERO) / price if price else ZERO
    if wanted <= held - reserved:
        return None
    orders = closing_orders(world, request.symbol, request.side)
    return forbidden(
        f"insufficient qty available for order (requested: {plain(wanted)}, "
        f"available: {plain(held - reserved)})",
        available=plain(held - reserved),
        existing_qty=plain(held),
        held_for_orders=plain(reserved),
        related_orders=[one.id for one in orders],
        symbol=request.symbol,
    )


def _short(asking: Asking) -> Refused | None:
    world = asking.world
    if multiplier(world) == ONE or world.configurations["no_shorting"]:
        return forbidden("account is not allowed to short")
    opening = (one for one in _open(asking, Side.BUY) if one.parent is None)
    if asking.position() == 0 and any(opening):
        return forbidden("cannot open a short sell while a long buy order is open")
    return None


def _buy_beside_short(asking: Asking) -> Refused | None:
    opening = (one for one in _open(asking, Side.SELL) if one.parent is None)
    if asking.position() == 0 and any(opening):
        return forbidden("cannot open a long buy while a short sell order is open")
    return None


def _open(asking: Asking, side: Side) -> Iterator[Order]:
    return (
        one
        for one in asking.world.open_orders()
        if one.symbol == asking.request.symbol
        and one.side is side
        and one.status is not Status.HELD
        and one is not asking.replaces
    )


def _wash(asking: Asking) -> Refused | None:
    side = Side.SELL if asking.request.side is Side.BUY else Side.BUY
    return wash_trade(asking.request, _open(asking, side))


def _stop(asking: Asking) -> Refused | None:
    """Refuse a stop price that the market has passed already."""
    request = asking.request
    if request.stop_price is None or request.kind not in {Kind.STOP, Kind.STOP_LIMIT}:
        return None
    market = asking.world.mark(request.symbol)
    if not market or (request.stop_price - market) * request.side.sign() > 0:
        return None
    than = "greater" if request.side is Side.BUY else "less"
    return unprocessable(
        f"stop price must be {than} than current price",
        market_price=plain(market),
        stop_price=plain(request.stop_price),
    )


def _money(asking: Asking) -> Refused | None:
    world, request = asking.world, asking.request
    free = buying_power(world, asking.replaces)
    if request.quantity is None:
        needed = ZERO if asking.closes() else request.notional or ZERO
    else:
        needed = cost(world, request, request.quantity, request.limit_price, request.stop_price)
        if not asking.closes() and needed < ONE:
            return forbidden("cost basis must be >= minimal amount of order 1")
    if request.order_class is OrderClass.OCO or needed <= free:
        return None
    return forbidden(
        "insufficient buying power",
        buying_power=plain(free),
        cost_basis=plain(needed),
        symbol=request.symbol,
    )


_CHECKS: Final[tuple[Callable[[Asking], Refused | None], ...]] = (
    _name,
    _permission,
    _steps,
    _fraction,
    _hours,
    _time,
    _complex,
    _intent,
    _quantity,
    _wash,
    _stop,
    _money,
)
