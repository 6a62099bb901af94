"""Whether the account has the shares and the money that an order needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.adapters.venue.orders import Kind, Order, OrderClass, OrderRequest, Status
from alchemiser.adapters.venue.power import (
    buying_power,
    closing_orders,
    cost,
    held_quantity,
    multiplier,
)
from alchemiser.adapters.venue.refusals import Refused, forbidden, unprocessable
from alchemiser.adapters.venue.wash_trades import wash_trade
from alchemiser.adapters.venue.world import World
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.numbers import ONE, ZERO, plain


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


def quantity_refusal(asking: Asking) -> Refused | None:
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


def wash_refusal(asking: Asking) -> Refused | None:
    """Refuse what could trade with the account's own orders."""
    side = Side.SELL if asking.request.side is Side.BUY else Side.BUY
    return wash_trade(asking.request, _open(asking, side))


def stop_refusal(asking: Asking) -> Refused | None:
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


def money_refusal(asking: Asking) -> Refused | None:
    """Refuse what the account cannot pay for, and what is too small."""
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
