"""What the checks know of earlier sessions, as the records and the calendar tell it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import Analysis
from alchemiser.application.past import risk_history
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.restrictions import EquityMarked
from alchemiser.domain.journal.standing import SESSIONS_KEPT
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.testing.builders import a_fill, an_order
from tests.cycle.world import FIRST, make_engine, write_bars

SPY = Symbol("SPY")
CALENDAR = SessionTable()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    write_bars(tmp_path / "bars")
    return make_engine(tmp_path, FIRST, 1)


def traded(*trades: tuple[date, Side, str]) -> EngineState:
    """Return the state after fills of ten shares at a price each."""
    state = EngineState()
    for number, (day, side, price) in enumerate(trades):
        fill = a_fill(an_order("SPY", "10", side=side), "10", price, exec_id=f"x-{number}")
        state.standing.trade(day, fill)
    return state


def past(
    engine: Engine, state: EngineState, day: date, analysis: Analysis | None = None
) -> RiskHistory:
    session = CALENDAR.session(day)
    assert session is not None
    return risk_history(engine, state, session, analysis)


def unsettled(engine: Engine, sold: date, days: Iterable[date]) -> list[bool]:
    """Return on which of `days` the proceeds of a sale on `sold` have not settled."""
    state = traded((sold, Side.SELL, "100"))
    found = [past(engine, state, day).unsettled for day in days]
    assert set(found) <= {Decimal(0), Decimal(1000)}
    return [bool(one) for one in found]


@pytest.mark.parametrize(
    ("sold", "settles"),
    [
        # Three sessions after the trade until 5 September 2017, two until 28 May 2024, then one.
        (date(2017, 8, 28), date(2017, 8, 31)),
        (date(2017, 9, 1), date(2017, 9, 7)),
        (date(2017, 9, 5), date(2017, 9, 7)),
        (date(2024, 5, 23), date(2024, 5, 28)),
        (date(2024, 5, 24), date(2024, 5, 29)),
        (date(2024, 5, 28), date(2024, 5, 29)),
        (date(2024, 6, 18), date(2024, 6, 20)),
        (date(2024, 8, 2), date(2024, 8, 5)),
    ],
)
def test_proceeds_are_unsettled_until_the_cycle_of_their_day_is_over(
    engine: Engine, sold: date, settles: date
) -> None:
    """SE-01: holidays and weekends are no sessions; what settles today may be spent today."""
    days = [one.day for one in CALENDAR.sessions(sold, settles + timedelta(days=7))]

    assert unsettled(engine, sold, days) == [day < settles for day in days]


def test_buys_leave_nothing_to_settle(engine: Engine) -> None:
    """SE-01."""
    day = date(2024, 8, 5)

    assert past(engine, traded((day, Side.BUY, "100")), day).unsettled == 0


def test_sales_are_added_up_at_what_they_brought(engine: Engine) -> None:
    """SE-01: those of the session itself are among them."""
    friday, monday = date(2024, 8, 2), date(2024, 8, 5)
    state = traded(
        (friday, Side.SELL, "100"), (monday, Side.SELL, "101"), (monday, Side.SELL, "102.5")
    )

    assert past(engine, state, friday).unsettled == 1000
    assert past(engine, state, monday).unsettled == 2035


def test_trades_of_the_session_itself_come_from_its_orders(engine: Engine) -> None:
    """RC-18: they are not counted twice."""
    friday, monday = date(2024, 8, 2), date(2024, 8, 5)
    state = traded((friday, Side.BUY, "100"), (monday, Side.SELL, "101"))

    history = past(engine, state, monday)

    assert [(one.session, one.side) for one in history.executions] == [(friday, Side.BUY)]
    assert history.sessions[-1] == monday


def test_sessions_are_the_exchanges_latest_and_no_more_than_are_kept(engine: Engine) -> None:
    """OS-09."""
    day = date(2024, 8, 5)

    sessions = past(engine, EngineState(), day).sessions

    assert len(sessions) == SESSIONS_KEPT
    assert list(sessions) == [one.day for one in CALENDAR.sessions(sessions[0], day)]


def test_losses_are_measured_from_what_was_marked_before(engine: Engine) -> None:
    """RC-06."""
    state = EngineState()
    for day, equity in ((date(2024, 8, 1), "120"), (date(2024, 8, 2), "100")):
        state.standing.apply(EquityMarked(session=day, equity=Decimal(equity)))

    anchors = past(engine, state, date(2024, 8, 5)).anchors

    assert (anchors.last_close, anchors.peak) == (Decimal(100), Decimal(120))


def an_analysis() -> Analysis:
    days = CALENDAR.sessions(date(2024, 1, 2), date(2024, 8, 5))
    shape = (len(days), 1)
    volume = np.full(shape, 10.0)
    volume[-1] = 1e9
    panel = BarPanel(
        sessions=tuple(one.day for one in days),
        symbols=(SPY,),
        close=np.full(shape, 100.0),
        volume=volume,
    )
    return Analysis(evaluator=TreeEvaluator(panel), panel=panel, row=len(days) - 1)


def test_markets_are_unknown_without_bars(engine: Engine) -> None:
    """RC-13: the checks that need them refuse, they do not guess."""
    assert past(engine, EngineState(), date(2024, 8, 5)).markets is None


@pytest.mark.parametrize("timing", Timing)
def test_volume_of_a_session_that_has_not_closed_is_not_known(
    engine: Engine, timing: Timing
) -> None:
    """RC-19: near the close the session's own volume is not read, though a backtest holds it."""
    timed = replace(engine, schedule=Schedule(timing=timing))

    markets = past(timed, EngineState(), date(2024, 8, 5), an_analysis()).markets

    assert markets is not None
    assert markets.dollars is not None
    assert markets.dollars[-1, 0] == (1e3 if timing is Timing.NEAR_CLOSE else 1e11)
