"""What the next decision reads is brought before it is decided, and what is wrong with it told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.prewarm import prewarm
from alchemiser.domain.journal.allocations import StrategyChanged
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.ports.errors import InputError
from tests.cycle.world import FIRST, make_engine, write_bars

MORNING: Final = datetime(2024, 3, 7, 13, tzinfo=UTC)


def engine_at(home: Path, at: datetime) -> Engine:
    write_bars(home / "bars")
    return replace(make_engine(home, FIRST, seed=7), clock=VirtualClock(at))


@pytest.mark.parametrize(
    ("at", "session", "through"),
    [
        (MORNING, date(2024, 3, 7), date(2024, 3, 6)),
        (datetime(2024, 3, 7, 20, tzinfo=UTC), date(2024, 3, 7), date(2024, 3, 6)),
        (datetime(2024, 3, 7, 21, tzinfo=UTC), date(2024, 3, 8), date(2024, 3, 7)),
        (datetime(2024, 3, 9, 13, tzinfo=UTC), date(2024, 3, 11), date(2024, 3, 8)),
    ],
    ids=["morning", "in session", "at the close", "weekend"],
)
def test_the_next_session_reads_the_last_that_has_closed(
    tmp_path: Path, at: datetime, session: date, through: date
) -> None:
    """DA-07."""
    warmed = prewarm(engine_at(tmp_path, at))

    assert (warmed.session, warmed.through) == (session, through)
    assert warmed.symbols == ("AGG", "GLD", "IEF", "QQQ", "SPY", "TLT")
    assert warmed.blocked == ()


def test_only_what_strategies_that_are_asked_declare_is_brought(tmp_path: Path) -> None:
    """DA-04: what the owner has switched off, and holds nothing, needs no bars."""
    engine = engine_at(tmp_path, MORNING)
    off = StrategyChanged(
        strategy=StrategyId("hedge"), enabled=False, weight=None, actor="ann", reason="rest"
    )
    Ledger(engine.journal).record((off,), at=MORNING)

    assert prewarm(engine).symbols == ("GLD", "QQQ", "SPY", "TLT")


def test_what_could_not_be_decided_on_is_told_in_time(tmp_path: Path) -> None:
    """DA-01, DA-07: hours before the decision, not at it."""
    engine = engine_at(tmp_path, MORNING)
    file = tmp_path / "bars" / "SPY.csv"
    file.write_text(file.read_text().replace("2024-03-06", "2024-03-04"))

    warmed = prewarm(replace(engine, market=make_engine(tmp_path, FIRST, seed=7).market))

    assert warmed.blocked == ("SPY",)
    assert "2024-03-06" in warmed.problems[0].text


def test_nothing_is_recorded(tmp_path: Path) -> None:
    engine = engine_at(tmp_path, MORNING)

    prewarm(engine)

    assert list(engine.journal.read()) == []
    assert not (tmp_path / "bars.db").exists()


def test_a_calendar_that_ends_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        prewarm(engine_at(tmp_path, datetime(2031, 6, 1, tzinfo=UTC)))
