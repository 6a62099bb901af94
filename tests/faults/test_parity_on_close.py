"""Live against its shadow at the local venue, where orders wait for the closing auction."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.bars_store.sqlite import SqliteBarsStore
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.application.ledger import Ledger
from alchemiser.application.parity.compare import ParitySetup, parity
from alchemiser.application.parity.report import ParityReport
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.parity.components import Component
from alchemiser.domain.planning.choosing import AlgorithmChoice
from alchemiser.domain.venue_model.settings import VenueSettings
from tests.faults.lockstep import CALENDAR, Account, account

DAYS = tuple(one.day for one in CALENDAR.sessions(date(2023, 1, 11), date(2023, 1, 13)))


@pytest.fixture
def traded(tmp_path: Path) -> Iterator[Account]:
    """Return an account whose first session bought everything in the auction."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        policy = here.engine.policy
        choice = AlgorithmChoice(usual=Algorithm.LIMIT_ON_CLOSE)
        here.engine = replace(
            here.engine,
            journal=SqliteJournal(tmp_path / "journal.db"),
            bars_store=SqliteBarsStore(tmp_path / "bars.db"),
            policy=replace(policy, planning=replace(policy.planning, algorithms=choice)),
        )
        assert here.run(DAYS[0]).exit_code == 0
        yield here


def plan_of(here: Account) -> OrderPlan:
    plan = Ledger(here.engine.journal).state.cycles[DAYS[0]].plan
    assert plan is not None
    return plan


def compared(here: Account) -> ParityReport:
    setup = ParitySetup(engine=here.engine, venue=VenueSettings(), last=DAYS[1], alpha=0.01)
    return parity(setup, None, None)


def test_day_in_the_auction_costs_what_its_broken_parts_cost(traded: Account) -> None:
    """BT-03, BT-06: the official close is the shadow's price, a quarter of an hour after it."""
    orders = plan_of(traded).orders
    assert {order.algorithm for order in orders} == {Algorithm.LIMIT_ON_CLOSE}
    traded.go_to(DAYS[1])
    assert traded.run(DAYS[1]).exit_code == 0
    traded.go_to(DAYS[2], after=timedelta(minutes=1))

    report = compared(traded)

    (day,) = report.days
    assert (report.unexplained(), day.orders) == ((), ())
    # Two shares of each go before it at most: their price moves by less than the plan's collar.
    reach = sum(2 * abs(one.limit_price - one.reference_price) for one in orders)
    assert abs(day.components[Component.SLIPPAGE]) <= reach


def test_money_that_a_company_gives_its_holders_is_the_shadows_too(traded: Account) -> None:
    """BT-06: what the broker tells of a reorganisation, for each share that was held."""
    name = plan_of(traded).orders[0].symbol
    body = {"activity_type": "REORG", "symbol": name, "net_amount": "123.45"}
    traded.venue.document("POST", "/control/activities", body)
    traded.go_to(DAYS[1])
    assert traded.run(DAYS[1]).exit_code == 0
    traded.go_to(DAYS[2], after=timedelta(minutes=1))

    report = compared(traded)

    (day,) = report.days
    assert report.unexplained() == ()
    assert abs(day.components[Component.ACTIVITIES]) <= Decimal("0.03"), "cents of three books"
    assert abs(day.live - day.shadow) < 1
