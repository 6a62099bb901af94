"""What a fill has cost adds up to what it cost."""

from decimal import Decimal

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.venue_model.costs import CostKind, costs_by_kind
from alchemiser.domain.venue_model.settings import FeeSchedule

FEES = FeeSchedule(commission_per_share=Decimal("0.01"))
HALF_SPREAD = Decimal("0.0003")


def test_a_fill_costs_what_it_was_worse_than_the_middle_and_what_was_charged() -> None:
    """BT-04: 30 shares sold at 49.90 where the middle was 50: 3 dollars, 0.45 of them spread."""
    found = costs_by_kind(
        FEES,
        HALF_SPREAD,
        side=Side.SELL,
        quantity=Decimal(30),
        prices=(Decimal("49.90"), Decimal(50)),
        charged=Decimal("0.37"),
    )

    assert found == {
        CostKind.SPREAD: Decimal("0.45"),
        CostKind.SLIPPAGE: Decimal("2.55"),
        CostKind.COMMISSION: Decimal("0.30"),
        CostKind.FEES: Decimal("0.07"),
    }


def test_a_price_better_than_the_touch_is_negative_slippage() -> None:
    found = costs_by_kind(
        FEES,
        HALF_SPREAD,
        side=Side.BUY,
        quantity=Decimal(30),
        prices=(Decimal(50), Decimal(50)),
        charged=Decimal("0.20"),
    )

    assert found[CostKind.SLIPPAGE] == -found[CostKind.SPREAD] == Decimal("-0.45")
    assert found[CostKind.COMMISSION] == Decimal("0.20")  # never more than was charged
    assert found[CostKind.FEES] == 0
