"""A plan's orders and crossings add up for the books that asked for them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Crossing, OrderPlan
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import (
    ACCOUNT,
    DAY,
    NOW,
    a_planned_order,
    an_order,
    some_claims,
)


def test_planned_order_asks_for_exactly_what_was_planned() -> None:
    order = an_order("BRK.B", "7.5", "430.30", side=Side.SELL)

    planned = a_planned_order(order, reference="430.20", klm="3", tecl="4.5")

    assert planned.request() == order


@pytest.mark.parametrize("klm", ["2.999999999", "3.000000001"])
def test_order_that_its_books_do_not_claim_exactly_is_refused(klm: str) -> None:
    with pytest.raises(InvalidValueError, match=r"the claims on alc-.* do not sum to 7\.5"):
        a_planned_order(an_order(quantity="7.5"), reference="500", klm=klm, tecl="4.5")


CROSSING = Crossing(
    symbol=Symbol("SPY"),
    price=Decimal("500.013"),
    quantity=Decimal("7.5"),
    buys=some_claims(klm="3", tecl="4.5"),
    sells=some_claims(nuclear="7.5"),
)


@pytest.mark.parametrize("side", ["buys", "sells"])
def test_crossing_that_would_make_or_lose_shares_is_refused(side: str) -> None:
    """FAULTS invariant 12: books sum to the position, whatever they trade among themselves."""
    with pytest.raises(InvalidValueError, match=f"the {side} of SPY do not sum to"):
        replace(CROSSING, **{side: some_claims(house="7.500000001")})  # type: ignore[arg-type]


def test_crossing_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="above zero"):
        replace(CROSSING, quantity=Decimal(0), buys=(), sells=())
    with pytest.raises(InvalidValueError, match="above zero"):
        replace(CROSSING, price=Decimal(0))


def test_plan_has_one_order_of_a_side_of_a_symbol() -> None:
    """FAULTS invariant 1: two of them would share their children's slots."""
    order = a_planned_order(an_order(quantity="7"), reference="500", klm="7")
    other = a_planned_order(an_order(side=Side.SELL), reference="500", klm="10")
    OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW, orders=(order, other))

    with pytest.raises(InvalidValueError, match="two orders of one side of one symbol"):
        OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW, orders=(order, order))


def test_children_of_an_order_take_the_slots_after_its_own() -> None:
    """FAULTS invariants 1 and 8, DESIGN 3: none of them twice, and none of another order's."""
    buy = a_planned_order(an_order(quantity="7"), reference="500", klm="7")
    third = replace(buy, cl_ord_id=an_order(attempt=3).cl_ord_id, attempt=3)
    plan = OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW, orders=(buy,))

    assert plan.child_id(buy, 0) == buy.cl_ord_id
    assert plan.child_id(buy, 3) == plan.child_id(third, 1) == an_order(attempt=4).cl_ord_id
