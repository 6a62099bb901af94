"""A plan's orders and crossings add up for the books that asked for them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Crossing
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import a_planned_order, an_order, some_claims


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
