"""What a fill has cost, by kind."""

from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.venue_model.settings import FeeSchedule


class CostKind(StrEnum):
    """Say for what trading has cost dollars."""

    SPREAD = "spread"
    """The way from the middle of the quote to the touch, as the venue is set."""
    SLIPPAGE = "slippage"
    """What fills were worse than that: chance at the venue, impact, and rounding to ticks."""
    COMMISSION = "commission"
    """What the broker takes."""
    FEES = "fees"
    """What the law lets brokers hand on."""


def costs_by_kind(
    fees: FeeSchedule,
    half_spread: Decimal,
    *,
    side: Side,
    quantity: Decimal,
    prices: tuple[Decimal, Decimal],
    charged: Decimal,
) -> dict[CostKind, Decimal]:
    """Return what a fill has cost, dollars by kind; their sum is exact.

    Args:
        fees: What the venue charges.
        half_spread: From the middle of its quotes to the touch, a fraction; zero in an auction.
        side: Buy or sell.
        quantity: Shares, above zero.
        prices: Dollars a share that was paid, and the mid that was decided on.
        charged: Dollars that the venue took besides.
    """
    paid, reference = prices
    spread = half_spread * reference * quantity
    commission = min(fees.commission(quantity, paid), charged)
    return {
        CostKind.SPREAD: spread,
        CostKind.SLIPPAGE: side.sign() * (paid - reference) * quantity - spread,
        CostKind.COMMISSION: commission,
        CostKind.FEES: charged - commission,
    }
