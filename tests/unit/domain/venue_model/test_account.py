"""Cash and shares at the venue move by whole cents and exact quantities (OS-13)."""

from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.values.identifiers import OrderId
from alchemiser.domain.venue_model.account import (
    VenueAccount,
    buying_power,
    reserved_cash,
    reserved_quantity,
)
from alchemiser.domain.venue_model.order import Fill, VenueOrder
from alchemiser.domain.venue_model.settings import FeeSchedule
from alchemiser.testing.fakes import quote
from tests.simulated_venue import DAY, ENTRY, SESSION, SPY, TECL, order, sell

START = VenueAccount(
    cash=Decimal("9000.00"), positions={TECL: Decimal(40)}, marks={TECL: Decimal("70.00")}
)
FEES = FeeSchedule(commission_per_share=Decimal("0.01"))


def fill(quantity: str, price: str, commission: str) -> Fill:
    return Fill(
        at=ENTRY,
        quantity=Decimal(quantity),
        price=Decimal(price),
        commission=Decimal(commission),
    )


def entered(asked: NewOrderSingle, filled: str = "0") -> VenueOrder:
    fills = (fill(filled, "1", "0"),) if Decimal(filled) else ()
    return VenueOrder(
        entry=1,
        order_id=OrderId("X-1"),
        order=asked,
        session=DAY,
        entered_at=ENTRY,
        closes_at=SESSION.close_at,
        fills=fills,
    )


def test_buy_costs_whole_cents_and_the_fee() -> None:
    # 3.3 x 500.07 = 1650.231
    then = START.traded([(order("a", "9", "510"), fill("3.3", "500.07", "0.03"))])

    assert then.cash == Decimal("9000.00") - Decimal("1650.23") - Decimal("0.03")
    assert then.positions == {TECL: 40, SPY: Decimal("3.3")}
    assert then.marks == {TECL: 70, SPY: Decimal("500.07")}


def test_sell_brings_whole_cents_less_the_fee() -> None:
    # 12.5 x 71.31 = 891.375, half to even
    then = START.traded([(sell("a", "20", "70", symbol=TECL), fill("12.5", "71.31", "0.02"))])

    assert then.cash == Decimal("9000.00") + Decimal("891.38") - Decimal("0.02")
    assert then.positions == {TECL: Decimal("27.5")}


def test_position_sold_out_is_gone() -> None:
    then = START.traded([(sell("a", "40", "70", symbol=TECL), fill("40", "71.31", "0"))])

    assert then.positions == {}


def test_fills_of_several_orders_follow_one_another() -> None:
    first = (order("a", "9", "510"), fill("3", "500", "0.03"))
    then = (sell("b", "3", "490"), fill("3", "501", "0.02"))

    assert START.traded([first, then]) == START.traded([first]).traded([then])
    assert START.traded([first, then]).marks[SPY] == 501


def test_account_is_not_changed_by_a_trade() -> None:
    START.traded([(order("a", "9", "510", symbol=TECL), fill("3", "71", "0"))])

    assert START.positions == {TECL: 40}


def test_equity_counts_positions_at_the_middle_of_their_quotes() -> None:
    marked = START.marked([quote("TECL", "71.30", "71.37", at=ENTRY)])

    assert marked.equity() == Decimal("9000.00") + 40 * Decimal("71.335")


def test_position_that_never_had_a_price_counts_nothing() -> None:
    account = VenueAccount(cash=Decimal("7.00"), positions={SPY: Decimal(3)})

    assert account.equity() == 7


def test_open_buys_reserve_their_limit_and_fee_for_what_is_left() -> None:
    buys = [
        entered(order("a", "9", "501.01"), filled="6"),  # 3 x 501.01 + 0.03
        entered(order("b", "0.333", "71.30", symbol=TECL)),  # 23.7429 + 0.01
        entered(sell("c", "11", "70", symbol=TECL)),
    ]

    assert reserved_cash(buys, FEES) == Decimal("1503.06") + Decimal("23.76")
    assert buying_power(START, buys, FEES) == Decimal("9000.00") - Decimal("1526.82")


def test_buying_power_is_never_negative() -> None:
    """A person may take cash out while a buy is open."""
    assert buying_power(START, [entered(order("a", "90", "501"))], FEES) == 0


@pytest.mark.parametrize(("filled", "reserved"), [("0", 11), ("4", 7)])
def test_open_sells_reserve_their_shares(filled: str, reserved: int) -> None:
    orders = [
        entered(sell("c", "11", "70", symbol=TECL), filled=filled),
        entered(sell("d", "5", "490")),
        entered(order("e", "6", "71", symbol=TECL)),
    ]

    assert reserved_quantity(orders, TECL) == reserved
