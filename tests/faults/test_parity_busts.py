"""Live against its shadow at the local venue, over real sockets, where fills are taken back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from alchemiser.adapters.bars_store.sqlite import SqliteBarsStore
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.application.parity.compare import ParitySetup, parity
from alchemiser.application.parity.report import ParityReport
from alchemiser.domain.parity.components import Component
from alchemiser.domain.parity.lacking import Cause
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.venue_model.settings import VenueSettings
from tests.faults.lockstep import CALENDAR, Account, account

DAYS = tuple(one.day for one in CALENDAR.sessions(date(2023, 1, 11), date(2023, 1, 17)))


@pytest.fixture
def traded(tmp_path: Path) -> Iterator[Account]:
    """Return an account with files of its own, whose first session is over."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        here.engine = replace(
            here.engine,
            journal=SqliteJournal(tmp_path / "journal.db"),
            bars_store=SqliteBarsStore(tmp_path / "bars.db"),
        )
        assert here.run(DAYS[0]).exit_code == 0
        yield here


def compared(here: Account) -> ParityReport:
    """Trade two more sessions, and compare the first two."""
    for day in DAYS[1:3]:
        here.go_to(day)
        assert here.run(day).exit_code == 0
    here.go_to(DAYS[3], after=timedelta(minutes=1))
    setup = ParitySetup(engine=here.engine, venue=VenueSettings(), last=DAYS[2], alpha=0.01)
    report = parity(setup, None, None)
    assert [line.session for line in report.days] == list(DAYS[:2])
    for line in report.days:
        assert line.live - line.shadow == sum(line.components.values()) + line.residual
    return report


def last_fill(here: Account) -> dict[str, Any]:
    fill: dict[str, Any] = here.truth()["executions"][-1]
    return fill


def test_day_without_faults_has_no_residual(traded: Account) -> None:
    """BT-05, BT-06: prices of the moment are timing; nothing is lacking or unexplained."""
    report = compared(traded)

    assert (report.differing, report.unexplained()) == ((), ())
    assert [line.orders for line in report.days] == [(), ()]
    assert report.total(Component.UNFILLED) == ZERO


def test_bust_overnight_is_unfilled_and_leaves_no_residual(traded: Account) -> None:
    """BT-06: of the order that had the fill, for all the books that shared it."""
    fill = last_fill(traded)
    traded.venue.document("POST", f"/control/orders/{fill['order_id']}/bust", {})

    report = compared(traded)

    assert report.unexplained() == ()
    first, second = report.days
    (line,) = first.orders
    assert line.order.symbol == fill["symbol"]
    assert {one.lack.cause for one in line.lacks} == {Cause.TAKEN_BACK}
    assert first.components[Component.UNFILLED] != ZERO
    assert second.components[Component.UNFILLED] == ZERO
