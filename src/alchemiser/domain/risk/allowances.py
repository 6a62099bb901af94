"""How many more shares of a symbol the limits leave room for."""

from decimal import Decimal

from alchemiser.domain.orders.messages import SELL, NewOrderSingle
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.in_force import EVERYTHING, InForce
from alchemiser.domain.risk.limits import OverLimit, RiskCode, Violation
from alchemiser.domain.risk.measures import Measure
from alchemiser.domain.values.numbers import ONE, ZERO, round_down, round_up


def room_for(
    order: NewOrderSingle, context: RiskContext, rules: InForce = EVERYTHING
) -> tuple[Decimal, RiskCode | None]:
    """Return how many of the order's shares fit, at its increment, and which limit binds.

    What cannot be computed is left to the gate, which refuses the unknown; so is everything where
    the owner has limits refuse instead of clip.

    Args:
        order: What is to be sent.
        context: What it is judged by.
        rules: What can cut it under the limits of `context`; all there is does so as well.
    """
    quantity, binding = order.order_qty, None
    instrument = context.instruments.get(order.symbol)
    if instrument is None or context.limits.over_limit is OverLimit.REFUSE:
        return quantity, None
    prices = {order.symbol: order.price}
    for maker in rules.makers:
        for pool in maker(context, prices, order.side):
            room = None if isinstance(pool, Violation) else pool.room(order.symbol)
            if room is not None and room < quantity:
                quantity, binding = round_down(room, instrument.quantity_increment), pool.code
    if order.side is SELL:
        return quantity, binding
    for measure in rules.measures:
        within = _within(measure, order, (quantity, instrument.quantity_increment), context)
        if within < quantity:
            quantity, binding = within, measure.code
    return quantity, binding


def _within(
    measure: Measure,
    order: NewOrderSingle,
    size: tuple[Decimal, Decimal],
    context: RiskContext,
) -> Decimal:
    """Return how many shares the measure takes, by halving; all of them when it is not known."""
    quantity, increment = size
    if measure.excess(context, {order.symbol: quantity}) is None:
        return quantity
    # Whole steps: half of one would be halved for ever.
    fits, fails = ZERO, round_up(quantity / increment, ONE)
    while fails - fits > ONE:
        middle = round_down((fits + fails) / 2, ONE)
        if measure.takes_part(context, {order.symbol: middle * increment}):
            fits = middle
        else:
            fails = middle
    return fits * increment
