"""A venue that always costs more than its model is found out; one that only varies is not."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.cycle import Cycle
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import FreshAnalyst
from alchemiser.application.ledger import Ledger
from alchemiser.application.parity.compare import ParitySetup, parity, parity_alerts
from alchemiser.application.parity.report import ParityReport
from alchemiser.domain.parity.components import Component
from alchemiser.domain.venue_model.settings import VenueSettings
from tests.cycle.parity_world import MEAN, engine_of, write_bars
from tests.cycle.world import VENUE

SESSIONS = SessionTable().sessions(date(2024, 3, 4), date(2024, 4, 19))
DAYS = tuple(one.day for one in SESSIONS)
DEAR = replace(
    MEAN, half_spread={one: half + Decimal("0.0005") for one, half in MEAN.half_spread.items()}
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_bars(tmp_path, days=DAYS)
    return tmp_path


def traded(home: Path, venue: VenueSettings) -> Engine:
    """Return an engine that has traded seven weeks at `venue`."""
    engine = replace(engine_of(home, DAYS[2], venue), journal=MemoryJournal(keep=True))
    assert isinstance(engine.clock, VirtualClock)
    cycle = Cycle(engine, Ledger(engine.journal), FreshAnalyst())
    for session in SESSIONS[2:]:
        engine.clock.advance_to(engine.schedule.moment(session))
        assert asyncio.run(cycle.run(session.day)).ending.exit_code == 0
    return engine


def compare(engine: Engine, last: date | None = None, venue: VenueSettings = MEAN) -> ParityReport:
    setup = ParitySetup(engine=engine, venue=venue, last=DAYS[-1], alpha=0.01)
    return parity(setup, None, last)


def test_costs_that_no_model_knows_are_found_and_stay_told(home: Path) -> None:
    """BT-06: five basis points a trade, found while the account still has nearly all its money."""
    engine = traded(home, DEAR)

    report = compare(engine)

    assert report.drift.drifts
    assert report.drift.mean < 0
    assert report.unexplained() == ()
    total = sum(day.live - day.shadow for day in report.days)
    assert abs(report.total(Component.SLIPPAGE) - total) <= len(report.days)
    (told,) = parity_alerts(report)
    assert told.code == "parity_drift"
    assert report.drift.since is not None
    found_on = report.days[report.drift.since].session
    on_its_day = compare(engine, found_on)
    assert on_its_day.drift.since == report.drift.since, "what comes later does not count"
    before = compare(engine, DAYS[DAYS.index(found_on) - 1])
    assert (before.drift.drifts, list(parity_alerts(before))) == (False, [])


def test_costs_that_only_vary_are_no_drift(home: Path) -> None:
    """BT-06: the venue's chance, about the mean that the shadow pays."""
    report = compare(traded(home, VENUE), venue=VENUE)

    assert any(day.live != day.shadow for day in report.days)
    assert (report.drift.drifts, list(parity_alerts(report))) == (False, [])
