"""Which orders may wait for the closing auction, and why the others do not (OS-18, EX-07)."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.closing import AuctionTimes
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.planning.closing import ClosingAuction, fit_for_auction, last_word
from alchemiser.testing.builders import NOW, SESSION, a_planned_order, an_order

TIMES = AuctionTimes()
DEADLINE = SESSION.close_at - timedelta(minutes=1)
ON_CLOSE = Algorithm.LIMIT_ON_CLOSE


def auction(now: datetime = NOW, spendable: str | None = "100000") -> ClosingAuction:
    cash = None if spendable is None else Decimal(spendable)
    return ClosingAuction(times=TIMES, session=SESSION, now=now, spendable=cash)


def planned(
    name: str,
    quantity: str = "10",
    side: Side = Side.BUY,
    algorithm: Algorithm = ON_CLOSE,
) -> PlannedOrder:
    order = an_order(name, quantity, "500", side=side)
    return replace(a_planned_order(order, reference="500", klm=quantity), algorithm=algorithm)


BUY, OTHER = planned("SPY"), planned("TLT", "2.5")
SELL = planned("GLD", "8", Side.SELL)


def reasons(orders: tuple[PlannedOrder, ...], known: ClosingAuction | None) -> list[str]:
    """Return why each order does not wait, or "" for those that do."""
    found = fit_for_auction(orders, known)
    for before, after in zip(orders, found, strict=True):
        if after.instead_of:
            assert after.algorithm is Algorithm.MARKETABLE_LIMIT
            assert after.instead_of.startswith("limit_on_close does not suit it: ")
            assert replace(after, algorithm=ON_CLOSE, instead_of="") == before
        else:
            assert after == before
    return [one.instead_of.removeprefix("limit_on_close does not suit it: ") for one in found]


@pytest.mark.parametrize("orders", [(BUY,), (BUY, OTHER), (SELL,), (SELL, planned("A", "1.5"))])
def test_orders_of_one_side_wait_also_with_parts_of_shares(
    orders: tuple[PlannedOrder, ...],
) -> None:
    one_side = tuple(replace(one, side=orders[0].side) for one in orders)

    assert reasons(one_side, auction()) == [""] * len(orders)


def test_nothing_waits_from_the_open_to_the_close() -> None:
    assert reasons((BUY,), None) == ["the session is decided at its open"]


@pytest.mark.parametrize(
    ("seconds", "why"), [(0, ""), (1, "it is too late for the closing auction")]
)
def test_order_waits_as_long_as_it_reaches_the_auction(seconds: int, why: str) -> None:
    now = TIMES.entered_until(SESSION) + timedelta(seconds=seconds)

    assert reasons((BUY,), auction(now)) == [why]


def test_part_of_a_share_does_not_wait() -> None:
    """OS-14."""
    assert reasons((planned("SPY", "0.99"), planned("TLT", "1")), auction()) == [
        "it is for less than a whole share",
        "",
    ]


def test_sell_does_not_wait_when_the_plan_buys() -> None:
    """OS-18: the buys wait for it."""
    assert reasons((SELL, BUY), auction())[0] == "the buys of the plan wait for what is sold"


@pytest.mark.parametrize(
    ("spendable", "why"),
    [
        ("6250", ""),
        ("6249.99", "it is paid from what is sold"),
        (None, "it is paid from what is sold"),
    ],
)
def test_buy_beside_sells_waits_only_when_its_money_is_there(
    spendable: str | None, why: str
) -> None:
    """OS-18: 12.5 shares at no more than 500 dollars."""
    assert reasons((SELL, BUY, OTHER), auction(spendable=spendable))[1:] == [why, why]


def test_buys_without_sells_need_no_look_at_the_money() -> None:
    """The first gate has cut them to what there is."""
    assert reasons((BUY, OTHER), auction(spendable="0")) == ["", ""]


@pytest.mark.parametrize("algorithm", [one for one in Algorithm if one is not ON_CLOSE])
def test_other_algorithms_are_left_alone(algorithm: Algorithm) -> None:
    other = planned("SPY", "0.5", Side.SELL, algorithm)

    assert fit_for_auction((other, BUY), None)[0] == other


def test_plan_lasts_until_the_auction_has_been_told_if_an_order_is_in_it() -> None:
    """OS-11."""
    plain = replace(BUY, algorithm=Algorithm.TWAP)

    assert last_word((plain,), DEADLINE, auction()) == DEADLINE
    assert last_word((plain, OTHER), DEADLINE, auction()) == TIMES.told_until(SESSION)
