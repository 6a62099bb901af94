"""A fill that the broker takes back once its session is over, when no stream tells of it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from alchemiser.application.ledger import Ledger
from alchemiser.application.reconciling import reconcile_account
from alchemiser.domain.journal.account_records import FillTakenBack
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.identifiers import HOUSE, ClOrdId
from tests.faults.lockstep import CALENDAR, Account, account
from tests.faults.settling import faults_of

DAYS = tuple(one.day for one in CALENDAR.sessions(date(2023, 1, 11), date(2023, 1, 13)))


@pytest.fixture
def traded() -> Iterator[Account]:
    """Return an account whose first session is over."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        assert here.run(DAYS[0]).exit_code == 0
        yield here


def bust(here: Account) -> dict[str, Any]:
    """Take the last fill back and return it."""
    fill: dict[str, Any] = here.truth()["executions"][-1]
    here.venue.document("POST", f"/control/orders/{fill['order_id']}/bust", {})
    return fill


def state_of(here: Account) -> EngineState:
    return Ledger(here.engine.journal).state


def test_it_goes_back_to_the_books_that_had_it_and_trading_goes_on(traded: Account) -> None:
    """B14, invariants 2, 9 and 10: by a record of its own; the house gets nothing of it."""
    before = state_of(traded).books
    fill = bust(traded)
    traded.go_to(DAYS[1])

    report = traded.run(DAYS[1])

    assert (report.exit_code, report.reconciled) == (0, True), report.reason
    assert faults_of(traded) == []
    (record,) = (
        envelope
        for envelope in traded.engine.journal.read()
        if envelope.type == FillTakenBack.__name__
    )
    assert fill["execution_id"] in record.data
    books = state_of(traded).books
    assert books[HOUSE].cash == before[HOUSE].cash
    first = state_of(traded).cycles[DAYS[0]]
    assert fill["execution_id"] not in {one.exec_id for one in first.fills}


def test_between_sessions_it_is_told_and_booked(traded: Account) -> None:
    fill = bust(traded)
    told = asyncio.run(reconcile_account(traded.engine, actor="ann"))

    assert told.exit_code() == 0
    assert [fill["symbol"] in line and "taken back" in line for line in told.booked] == [True]
    cash, shares = traded.books()
    assert fill["symbol"] not in shares
    assert cash == Decimal(traded.truth()["cash"])


def test_what_the_fills_do_not_explain_to_the_cent_stays_a_difference(traded: Account) -> None:
    """ALPACA, issue 176: lists of executions may have gaps, so that a gap alone proves nothing."""
    bust(traded)
    balance = traded.venue.world.account.balance
    traded.venue.world.account.move_to(replace(balance, cash=balance.cash - Decimal("0.01")))

    told = asyncio.run(reconcile_account(traded.engine, actor="ann"))

    assert told.exit_code() == 4
    assert {row.symbol for row in told.breaks} == {None, "TLT"}


def test_an_order_that_the_broker_does_not_know_proves_nothing(traded: Account) -> None:
    """F05: where the account is another, the owner has to look."""
    bust(traded)
    broker = traded.engine.broker

    class Forgetful:
        """A broker that has lost its orders."""

        def __getattr__(self, name: str) -> object:
            return getattr(broker, name)

        def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
            return None if cl_ord_id else ()

    traded.engine = replace(traded.engine, broker=Forgetful())  # type: ignore[arg-type]
    told = asyncio.run(reconcile_account(traded.engine, actor="ann"))

    assert told.exit_code() == 4


def test_a_lag_of_the_brokers_is_no_bust(traded: Account) -> None:
    """A27: only what two looks half a minute apart show alike is believed."""
    traded.venue.fault("positions_lag", seconds=20)

    told = asyncio.run(reconcile_account(traded.engine, actor="ann"))

    assert (told.exit_code(), told.booked) == (0, ())
