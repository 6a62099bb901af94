"""What a person reads when a session may not be started or traded."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.memory.control import MemoryControl
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.admission import closed, halted, overridden, refusal
from alchemiser.application.engine import Engine, Mode
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleStarted,
    CycleStatus,
    OrderPlanned,
    Record,
)
from alchemiser.domain.journal.restrictions import ControlOverridden, EquityMarked, TradingHalted
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.values.identifiers import cycle_id
from alchemiser.testing.builders import ACCOUNT, DAY, NOW, SESSION
from tests.cycle.world import FIRST, make_engine, write_bars

BEFORE, AFTER = DAY - timedelta(days=3), DAY + timedelta(days=1)
STARTED = CycleStarted(
    cycle_id=cycle_id(ACCOUNT, DAY),
    session=DAY,
    account=ACCOUNT,
    mode="simulated",
    code="",
    configuration="",
    plugins=(),
)
FINISHED = CycleFinished(
    cycle_id=cycle_id(ACCOUNT, DAY), status=CycleStatus.COMPLETED, reason="", finished_at=NOW
)
PLANNED = OrderPlanned(plan=OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW, orders=()))


def folded(*records: Record) -> EngineState:
    """Return what the records add up to."""
    state = EngineState()
    for record in records:
        state.apply(record, NOW)
    return state


def marked(days: int) -> EquityMarked:
    """Return the equity of some session after the first."""
    return EquityMarked(session=DAY + timedelta(days=days), equity=Decimal(100), books=())


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return an engine at a moment of the session, whose brake is not set."""
    write_bars(tmp_path / "bars")
    made = make_engine(tmp_path, FIRST, 1)
    return replace(made, clock=VirtualClock(NOW), control=MemoryControl())


@pytest.mark.parametrize(
    ("records", "day", "words"),
    [
        (
            (STARTED, PLANNED, FINISHED),
            DAY,
            f"session {DAY} is already finished: nothing is decided twice.",
        ),
        (
            (STARTED, PLANNED),
            BEFORE,
            f"session {DAY} is already traded: {BEFORE} lies before it.",
        ),
        (
            (marked(0), marked(1)),
            DAY,
            f"losses up to session {AFTER} are already judged: {DAY} lies before it.",
        ),
    ],
)
def test_session_that_is_past_is_named_with_what_it_lies_before(
    records: tuple[Record, ...], day: date, words: str
) -> None:
    """CC-02: of several sessions, the last that is known."""
    assert refusal(folded(*records), ACCOUNT, day) == words


def test_day_without_a_session_is_named(engine: Engine) -> None:
    assert closed(engine, folded(STARTED), None, DAY) == (
        f"{DAY} is not a session of the exchange: name a trading day."
    )


def test_closed_session_is_named_with_the_present_moment(engine: Engine) -> None:
    late = replace(engine, clock=VirtualClock(SESSION.close_at + timedelta(hours=1)))

    assert closed(late, folded(STARTED), SESSION, DAY) == (
        f"the session of {DAY} is not open at {late.clock.now().isoformat()}."
    )


def test_halt_is_told_with_its_reason_and_what_lifts_it() -> None:
    """RC-10."""
    state = folded(TradingHalted(actor="ann", reason="fire"))

    assert halted(state.standing) == (
        "trading is halted: fire (ann); lift it with `alchemiser resume --reason`."
    )


def test_hours_that_the_owner_lifted_are_on_record_with_who_lifted_them(engine: Engine) -> None:
    """RC-13."""
    paper = replace(engine, mode=Mode.PAPER, outside_hours=True)

    assert overridden(paper) == (
        ControlOverridden(
            control="session_closed",
            actor="[schedule] outside_hours",
            reason="orders may go out outside regular hours; this is paper trading",
        ),
    )
