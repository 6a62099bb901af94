"""How many more shares of a symbol the limits leave room for."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ZERO, round_down

Allowance = Callable[[NewOrderSingle, RiskContext], Decimal | None]


def position_room(name: Symbol, context: RiskContext) -> Decimal | None:
    """Return the shares that `name` may still gain, or None without a limit or when unknown."""
    mark, equity, instrument = context.mark(name), context.equity(), context.instruments.get(name)
    if mark is None or equity is None or instrument is None:
        return None
    limit = context.limits.position_limit(instrument)
    if limit is None:
        return None
    held = context.held(name) + context.open_quantity(name, Side.BUY)
    return max(limit * equity / mark - held, ZERO)


def gross_room(context: RiskContext) -> Decimal | None:
    """Return the leveraged dollars that may still be added, or None without a limit or unknown."""
    limit, equity, present = (
        context.limits.max_gross_exposure,
        context.equity(),
        context.gross_exposure(),
    )
    if limit is None or equity is None or present is None:
        return None
    return max(limit * equity - present, ZERO)


def _by_position(order: NewOrderSingle, context: RiskContext) -> Decimal | None:
    return position_room(order.symbol, context)


def _by_gross(order: NewOrderSingle, context: RiskContext) -> Decimal | None:
    room, each = gross_room(context), context.exposure(order.symbol, Decimal(1))
    return None if room is None or not each else room / each


def _by_cash(order: NewOrderSingle, context: RiskContext) -> Decimal | None:
    spendable = context.spendable()
    # Whole cents pay for a cost that is rounded up to the cent.
    return None if spendable is None else max(spendable, ZERO) / order.price


_ALLOWANCES: Final[tuple[tuple[RiskCode, Allowance], ...]] = (
    (RiskCode.MAX_POSITION, _by_position),
    (RiskCode.MAX_GROSS_EXPOSURE, _by_gross),
    (RiskCode.BUYING_POWER, _by_cash),
)


def room_for(order: NewOrderSingle, context: RiskContext) -> tuple[Decimal, RiskCode | None]:
    """Return how many of the order's shares fit, at its increment, and which limit binds.

    A sell always fits; what cannot be computed is left to the gate, which refuses the unknown.
    """
    quantity, binding = order.order_qty, None
    instrument = context.instruments.get(order.symbol)
    if order.side is Side.SELL or instrument is None:
        return quantity, None
    for code, allowance in _ALLOWANCES:
        allowed = allowance(order, context)
        if allowed is not None and allowed < quantity:
            quantity, binding = round_down(allowed, instrument.quantity_increment), code
    return quantity, binding
