"""What the broker asks for, restated: margin for what is held, cents for what is traded."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from typing import Final

from alchemiser.domain.orders.messages import NewOrderSingle

WIDE: Final = Context(prec=60)
"""Digits enough that no product of prices, shares and limits is rounded."""
CENT: Final = Decimal("0.01")


def margin(price: Decimal, size: Decimal) -> Decimal:
    """Return the share of a position's value that must be kept, by law and by the broker."""
    if price < Decimal("2.5"):
        return Decimal(1)
    plain = Decimal("0.5") if price <= 6 else Decimal("0.3")
    return min(Decimal(1), max(plain, size / 4))


def cost(order: NewOrderSingle, quantity: Decimal) -> Decimal:
    """Return what buying `quantity` at the limit takes: up to the next cent."""
    with localcontext(WIDE):
        return (quantity * order.price).quantize(CENT, ROUND_CEILING)


def proceeds(order: NewOrderSingle, quantity: Decimal) -> Decimal:
    """Return what selling `quantity` at the limit brings: whole cents."""
    with localcontext(WIDE):
        return (quantity * order.price).quantize(CENT, ROUND_FLOOR)
