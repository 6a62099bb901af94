"""What went before: trades of the last sessions, changes of side, and what was sent (RC-18)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import (
    Anchors,
    Execution,
    RiskHistory,
    SentOrder,
    reversals,
    sessions_counted,
)
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import NOW, a_context, an_account, an_order

SPY = Symbol("SPY")
DAYS = tuple(date(2024, 8, day) for day in (1, 2, 5))
BUY, SELL = Side.BUY, Side.SELL


def d(text: str) -> Decimal:
    return Decimal(text)


def traded(day: date) -> Execution:
    return Execution(session=day, symbol=SPY, side=BUY, quantity=d("1"), price=d("500"))


@pytest.mark.parametrize(
    ("count", "left"), [(1, ["05"]), (2, ["02", "05"]), (3, ["01", "02", "05"]), (9, None)]
)
def test_trades_of_the_last_sessions_include_the_present_one(
    count: int, left: list[str] | None
) -> None:
    """RC-18: in their order; a day that was no session is none of the last."""
    days = (date(2024, 7, 31), *DAYS)
    history = RiskHistory(sessions=DAYS, executions=tuple(map(traded, days)))

    found = [f"{one.session:%d}" for one in history.within(count)]

    assert found == (left or ["01", "02", "05"])


def test_trades_come_in_the_order_of_their_sessions_however_they_are_told() -> None:
    """RC-18: those of one session stay as they were told."""
    told = [replace(traded(day), side=side) for side in (SELL, BUY) for day in reversed(DAYS)]

    history = RiskHistory(sessions=DAYS, executions=tuple(told))

    assert [one.session for one in history.within(2)] == [DAYS[1]] * 2 + [DAYS[2]] * 2
    assert [one.side for one in history.within(1)] == [SELL, BUY]


def test_without_sessions_there_are_no_trades_of_the_last_ones() -> None:
    history = RiskHistory(sessions=(), executions=(traded(DAYS[0]),))

    assert list(history.within(1)) == []


@pytest.mark.parametrize(
    ("sides", "count"),
    [
        ([], 0),
        ([BUY], 0),
        ([SELL], 0),
        ([BUY, BUY], 0),
        ([BUY, SELL], 1),
        ([SELL, BUY], 1),
        ([BUY, SELL, SELL, BUY], 2),
        ([BUY, SELL, BUY, SELL], 3),
    ],
)
def test_changes_of_side_are_counted(sides: list[Side], count: int) -> None:
    """RC-18."""
    assert reversals(iter(sides)) == count


def test_past_without_more_is_one_in_which_nothing_was() -> None:
    history = RiskHistory(sessions=DAYS)

    assert history.anchors == Anchors(last_close=None, peak=None)
    assert (history.executions, history.unsettled, history.markets) == ((), d("0"), None)
    assert SentOrder(order=an_order(), at=NOW, worth=d("7")).filled == 0


@pytest.mark.parametrize(
    ("reversals_max", "sessions", "counted"), [(None, 60, 5), (3, 20, 20), (3, 2, 5)]
)
def test_trades_count_as_long_as_a_check_in_force_looks_back(
    reversals_max: int | None, sessions: int, counted: int
) -> None:
    """RC-18, SE-02: churn where it is limited, and day trades always."""
    limits = replace(a_context().limits, max_reversals=reversals_max, reversal_sessions=sessions)

    assert sessions_counted(limits) == counted


# --- What was sent in this session --------------------------------------------------------------


def sent(context: RiskContext, *rows: SentOrder) -> RiskContext:
    return replace(context, sent={row.order.cl_ord_id: row for row in rows})


def test_orders_of_the_last_sixty_seconds_are_those_before_exactly_sixty() -> None:
    """OS-09: one that was sent a minute ago is not within it; one of the future is."""
    ages = [60, 59.999999, 0, -5, 61, 3600]
    rows = [
        SentOrder(order=an_order(attempt=n), at=NOW - timedelta(seconds=age), worth=d("0"))
        for n, age in enumerate(ages, start=1)
    ]

    assert sent(a_context(), *rows).sent_within_a_minute() == 3


def test_dollars_traded_are_of_one_symbol_or_of_all_with_what_is_foreseen() -> None:
    """RC-18."""
    rows = [
        SentOrder(order=an_order(), at=NOW, worth=d("5000")),
        SentOrder(order=an_order(side=SELL), at=NOW, worth=d("300")),
        SentOrder(order=an_order("AGG"), at=NOW, worth=d("20")),
    ]
    context = replace(sent(a_context(), *rows), foreseen=d("1"))

    assert context.traded(SPY) == 5300
    assert context.traded(Symbol("AGG")) == 20
    assert context.traded(Symbol("TLT")) == 0
    assert context.traded() == 5321
    assert [row.worth for row in context.sent_in(SPY)] == [5000, 300]


def test_approved_order_is_sent_now_and_worth_all_of_it() -> None:
    """RC-18: it may still fill."""
    context = a_context().with_order(an_order(quantity="3", price="501"))

    assert context.sent == {
        an_order().cl_ord_id: SentOrder(
            order=an_order(quantity="3", price="501"), at=NOW, worth=d("1503")
        )
    }
    assert context.open_orders == (an_order(quantity="3", price="501"),)


def test_proceeds_of_sells_to_come_have_not_settled() -> None:
    """SE-06: in whole cents, on top of what has not settled before."""
    context = a_context(an_account("20000", {"SPY": "10"}, equity="25000"))
    assert context.history is not None
    context = replace(context, history=replace(context.history, unsettled=d("7")))
    sells = [(SPY, d("3.33333"), d("499.99"))]

    after = context.after_sells(sells)

    assert (after.history, after.unsettled) == (context.history, d("1666.63"))
    assert after.settled() == d("19993.00")
    assert after.cash == d("21666.63")
    assert replace(context, history=None).after_sells(sells).history is None
