"""The fold keeps what changed the books, and which order of the plan it was for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.books.history import Trade, of_account, of_book
from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.books.lots import LotMethod
from alchemiser.domain.books.tax import account_lots
from alchemiser.domain.execution.facts import FillAllocated, OrderIntended
from alchemiser.domain.journal.account_records import ActivityBooked
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import CycleStarted, EntryPosted, OrderPlanned
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.orders.plan import Crossing, OrderPlan
from alchemiser.domain.values.identifiers import HOUSE, BookId, ClOrdId, Symbol, cycle_id
from alchemiser.testing.builders import (
    ACCOUNT,
    DAY,
    NOW,
    SESSION,
    a_planned_order,
    an_order,
    some_claims,
)
from tests.traded import whole

SPY, AGG = Symbol("SPY"), Symbol("AGG")
FIRST, SECOND = an_order("SPY", "7"), an_order("SPY", "4", attempt=2)
PLAN = OrderPlan(
    account=ACCOUNT,
    session=DAY,
    deadline=SESSION.close_at,
    crossings=(
        Crossing(
            symbol=AGG,
            price=Decimal(98),
            quantity=Decimal(2),
            buys=some_claims(klm="2"),
            sells=some_claims(tecl="2"),
        ),
    ),
    orders=(a_planned_order(FIRST, reference="500", klm="7"),),
)
STARTED = CycleStarted(
    cycle_id=cycle_id(ACCOUNT, DAY),
    session=DAY,
    account=ACCOUNT,
    mode="simulated",
    code="",
    configuration="",
    plugins=(),
)


def filled(order: NewOrderSingle, cash: str, quantity: str) -> tuple[OrderIntended, FillAllocated]:
    posting = Posting(
        book=BookId("klm"),
        kind=PostingKind.FILL,
        cash=Decimal(cash),
        symbol=SPY,
        quantity=Decimal(quantity),
    )
    intended = OrderIntended(order=order, expire_time=NOW)
    return intended, FillAllocated(cl_ord_id=order.cl_ord_id, postings=(posting,))


def test_all_children_of_an_order_are_one_trade() -> None:
    """OS-13: what one child gives a book another may take back; the lot is that of the parent."""
    state = EngineState()
    records = (STARTED, OrderPlanned(plan=PLAN), *filled(FIRST, "-1500", "3"))
    for record in (*records, *filled(SECOND, "-2004", "4")):
        state.apply(record, NOW)

    crossed, trade = of_book(state.entries, BookId("klm")).movements

    assert {entry.day for entry in state.entries} == {DAY}
    assert isinstance(crossed, Trade)
    assert isinstance(trade, Trade)
    assert (crossed.kind, crossed.symbol) == (PostingKind.CROSSING, AGG)
    assert (trade.quantity, trade.cash) == (Decimal(7), Decimal(-3504))
    assert len(of_account(state.entries).movements) == 1


def test_posting_before_the_first_session_has_the_day_of_its_record() -> None:
    state = EngineState()
    opening = Posting(book=HOUSE, kind=PostingKind.OPENING, cash=Decimal(7))

    state.apply(
        EntryPosted(reason="opening", postings=(opening,)), datetime(2024, 1, 2, tzinfo=UTC)
    )

    assert [(entry.day.isoformat(), entry.order) for entry in state.entries] == [
        ("2024-01-02", None)
    ]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (DAY - timedelta(days=3), DAY - timedelta(days=3)),
        (DAY, DAY),
        (DAY + timedelta(days=1), DAY),
        (date.max, DAY),
    ],
)
def test_what_the_account_did_is_of_its_own_day_and_never_later_than_it_was_told(
    told: date, kept: date
) -> None:
    """Lots have no day in the future, whatever a broker says."""
    state = EngineState()
    bought = Activity(
        activity_id="1", kind=ActivityKind.TRADE, day=told, symbol=SPY, quantity=Decimal(1)
    )
    posting = Posting(
        book=HOUSE, kind=PostingKind.MANUAL, cash=Decimal(0), symbol=SPY, quantity=Decimal(1)
    )

    state.apply(ActivityBooked(activity=bought, postings=(posting,)), NOW)

    assert [entry.day for entry in state.entries] == [kept]


def test_executions_of_one_order_by_hand_are_one_purchase() -> None:
    """Rev. Rul. 56-602: what is left of a purchase replaces nothing of it that is sold."""
    state = EngineState()
    rows = (("1", "hand-1", "6", "-60"), ("2", "hand-1", "4", "-40"), ("3", "hand-2", "-5", "30"))
    for name, order, shares, cash in rows:
        activity = Activity(
            activity_id=name,
            kind=ActivityKind.TRADE,
            day=DAY,
            cash=Decimal(cash),
            symbol=SPY,
            quantity=Decimal(shares),
            cl_ord_id=ClOrdId(order),
        )
        posting = Posting(
            book=HOUSE,
            kind=PostingKind.MANUAL,
            cash=activity.cash,
            symbol=SPY,
            quantity=activity.quantity,
            reference=name,
        )
        state.apply(ActivityBooked(activity=activity, postings=(posting,)), NOW)

    lots = account_lots(state.entries, LotMethod.FIFO)

    assert [(whole(one.lot.cost), whole(one.disallowed)) for one in lots.disposals] == [(50, 0)]
    assert [(whole(lot.quantity), whole(lot.cost)) for lot in lots.open] == [(5, 50)]
