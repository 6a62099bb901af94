"""What the account may still buy and sell.

Source: the broker's pages on buying power and margin as of September 2026; intraday margin since
2026-06-04, Reg T initial margin of one half.
"""

from collections.abc import Iterator
from decimal import ROUND_UP, Decimal
from typing import Final

from alchemiser.adapters.venue.orders import Kind, Order, OrderClass, OrderRequest, Status
from alchemiser.adapters.venue.pricing import stop_cap
from alchemiser.adapters.venue.timetable import local_day
from alchemiser.adapters.venue.world import World
from alchemiser.domain.market_rules.margin import Holding, maintenance_requirement
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, ONE, ZERO, cents

LEVERAGE_FROM: Final = Decimal(2000)
"""Equity in dollars below which nothing is lent."""
_INITIAL: Final = Decimal("0.5")
_SHORT_MAINTENANCE: Final = Decimal("0.30")
_SHORT_VALUATION: Final = Decimal("1.03")
_INTRADAY: Final = Decimal(4)


def multiplier(world: World) -> Decimal:
    """Return how much of its equity the account may hold: 1, 2 or 4."""
    chosen = Decimal(str(world.configurations["max_margin_multiplier"]))
    return ONE if world.account.balance.equity(world.mark) < LEVERAGE_FROM else chosen


def initial_margin(world: World) -> Decimal:
    """Return the equity that the positions would require if they were opened now, dollars."""
    balance = world.account.balance
    return cents((balance.long_value(world.mark) - balance.short_value(world.mark)) * _INITIAL)


def maintenance(world: World) -> Decimal:
    """Return the equity that the positions require, dollars, rounded up to cents."""
    balance = world.account.balance
    longs = (
        Holding(
            quantity=held.quantity,
            price=world.mark(name),
            leverage=world.asset(name).instrument.leverage,
        )
        for name, held in balance.holdings.items()
        if held.quantity > 0
    )
    required = maintenance_requirement(local_day(world.moment), longs)
    shorts = -balance.short_value(world.mark) * _SHORT_MAINTENANCE
    return (required + shorts).quantize(CENT, rounding=ROUND_UP)


def buying_power(world: World, without: Order | None = None) -> Decimal:
    """Return the dollars that may still be spent, at or above zero.

    Args:
        world: The venue.
        without: An order that is about to be replaced: what it reserves counts as free.
    """
    balance, reserved = world.account.balance, held_cash(world, without)
    times = multiplier(world)
    if times == ONE:
        return max(ZERO, balance.cash - reserved)
    if times == _INTRADAY:
        gross = balance.long_value(world.mark) - balance.short_value(world.mark)
        used = max(ZERO, gross - world.account.opening_value)
        room = world.account.last_equity - world.account.last_maintenance
        return max(ZERO, cents(room * times) - used - reserved)
    free = max(ZERO, balance.equity(world.mark) - initial_margin(world))
    return max(ZERO, cents(free * times) - reserved)


def held_cash(world: World, without: Order | None = None) -> Decimal:
    """Return the dollars that open buys and short sales reserve."""
    held = (
        order_cost(world, one)
        for one in world.open_orders()
        if one is not without and _reserves(one)
    )
    return sum(held, ZERO)


def order_cost(world: World, order: Order) -> Decimal:
    """Return the dollars that an open order reserves: none when it closes a position."""
    if order.parent is not None or order.asked.order_class is OrderClass.OCO:
        return ZERO
    if order.quantity is None:
        return order.asked.notional or ZERO
    return cost(world, order.asked, order.leaves_qty(), order.limit_price, order.stop_price)


def cost(
    world: World,
    asked: OrderRequest,
    quantity: Decimal,
    limit_price: Decimal | None,
    stop_price: Decimal | None,
) -> Decimal:
    """Return what `quantity` shares may cost at the order's price, dollars, rounded up to cents.

    What closes a position costs nothing; a short sale counts at no less than 3 % over the ask.
    """
    position = world.account.balance.quantity(asked.symbol)
    opened = quantity
    if position * asked.side.sign() < 0:
        opened = max(ZERO, quantity - abs(position))
    if not opened:
        return ZERO
    price = _price(world, asked, limit_price, stop_price)
    return (opened * price).quantize(CENT, rounding=ROUND_UP)


def _price(
    world: World, asked: OrderRequest, limit_price: Decimal | None, stop_price: Decimal | None
) -> Decimal:
    quote = world.quote(asked.symbol)
    ask = world.mark(asked.symbol) if quote is None else quote.ask
    if asked.side is Side.SELL:
        return max(limit_price or ZERO, ask * _SHORT_VALUATION)
    if limit_price is not None:
        return limit_price
    if stop_price is not None and asked.kind is Kind.STOP:
        return stop_cap(stop_price)
    return ask


def closing_orders(world: World, name: Symbol, side: Side) -> Iterator[Order]:
    """Yield the open orders of `name` on `side` that reserve shares: one of each OCO family."""
    families = set[str]()
    for one in world.open_orders():
        family = one.id if one.parent is None else one.parent.id
        # A sibling that is on its way out may be open for a moment longer.
        if one.symbol == name and one.side is side and _reserves(one) and family not in families:
            families.add(family)
            yield one


def held_quantity(world: World, name: Symbol, without: Order | None = None) -> Decimal:
    """Return the shares of the position in `name` that open orders will close."""
    position = world.account.balance.quantity(name)
    if not position:
        return ZERO
    side = Side.SELL if position > 0 else Side.BUY
    orders = closing_orders(world, name, side)
    return sum((one.leaves_qty() for one in orders if one is not without), ZERO)


def _reserves(order: Order) -> bool:
    """Say whether an open order reserves anything: a sibling, or its predecessor, may for it."""
    is_successor = order.replaces is not None and order.status is Status.PENDING_NEW
    return order.status is not Status.HELD and not is_successor
