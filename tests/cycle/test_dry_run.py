"""What `plan` shows is what `run` then does, whatever somebody else did to the account."""

import asyncio
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.application.dry_run import dry_plan
from alchemiser.application.report import CycleReport, PlanReport
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.values.identifiers import Symbol, cl_ord_id
from alchemiser.testing.fakes import approved
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars

QQQ = Symbol("QQQ")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the folder of an account that has traded one day."""
    write_bars(tmp_path / "bars")
    assert run(tmp_path, FIRST, 1).status is CycleStatus.COMPLETED
    return tmp_path


def plan(home: Path) -> PlanReport:
    return asyncio.run(dry_plan(make_engine(home, SECOND, 1), SECOND))


def named(report: PlanReport | CycleReport) -> list[tuple[Side, Symbol]]:
    return sorted((line.side, line.symbol) for line in report.orders)


def change(home: Path, statement: str) -> None:
    with sqlite3.connect(home / "broker.db") as file:
        file.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE positions SET quantity = quantity + 2 WHERE symbol = 'QQQ'",
        "UPDATE positions SET quantity = quantity + 7 WHERE symbol = 'TLT'",
    ],
)
def test_plan_buys_nothing_in_which_books_and_broker_differ(home: Path, statement: str) -> None:
    """OS-24: on the second day TLT would be bought, and QQQ sold."""
    change(home, statement)

    planned, ran = plan(home), run(home, SECOND, 1)

    assert named(planned) == named(ran)
    assert [row.symbol for row in planned.limited] == [row.symbol for row in ran.limited]


def test_plan_says_that_nothing_is_traded_while_cash_differs(home: Path) -> None:
    """OS-24."""
    change(home, "UPDATE account SET cash = cash + 0.05")

    planned, ran = plan(home), run(home, SECOND, 1)

    assert (planned.orders, planned.transfers) == ((), ())
    assert planned.stopped == ran.reason
    assert "cash" in planned.stopped


def test_plan_says_that_another_engine_trades_the_account(home: Path) -> None:
    """B12: and halts nothing by itself."""
    engine = make_engine(home, SECOND, 1)
    assert isinstance(engine.broker, SimulatedBroker)
    name = cl_ord_id(
        account=engine.broker.account_id(), session=SECOND, name=QQQ, buy=False, attempt=9
    )
    stranger = NewOrderSingle(
        cl_ord_id=name, symbol=QQQ, side=Side.SELL, order_qty=Decimal(1), price=Decimal(1000)
    )
    engine.broker.submit(approved(stranger))

    planned, ran = plan(home), run(home, SECOND, 1)

    assert not planned.orders
    assert planned.stopped == ran.reason
