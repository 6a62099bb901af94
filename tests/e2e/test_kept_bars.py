"""A session at a venue reads its history from the local store, and asks for what is missing."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

from alchemiser.application.backtest import backtest
from alchemiser.application.cycle import run_cycle
from alchemiser.application.report import CycleReport
from alchemiser.container import Parts, build_backtest, build_engine, exchange_day
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.settings import Settings
from tests.e2e.local_venue import HISTORY, venue_at

MONDAY = datetime(2025, 6, 16, 19, 40, tzinfo=UTC)
FRIDAY = date(2025, 6, 13)
NAMES = (Symbol("AGG"), Symbol("SPY"))


def trade(settings: Settings) -> CycleReport:
    engine = build_engine(settings)
    return asyncio.run(run_cycle(engine, exchange_day(engine.clock.now())))


def test_a_second_session_asks_for_what_the_first_has_not_kept(tmp_path: Path) -> None:
    """DA-06: the whole history once; then two requests for the sessions since, one a basis."""
    with venue_at(MONDAY, tmp_path) as venue:
        settings, asked = venue.settings(), venue.count(HISTORY)

        first = trade(settings)
        whole = venue.counted(asked)
        venue.control("/clock", {"to": "2025-06-17T19:40:00Z"})
        second = trade(settings)
        more = venue.counted(asked) - whole

    assert (first.status, second.status) == ("completed", "completed")
    assert (whole, more) == (2, 2)


def test_bars_that_are_kept_are_those_of_the_source(tmp_path: Path) -> None:
    """DA-08: also those that were brought in parts, on both bases."""
    with venue_at(MONDAY, tmp_path) as venue:
        parts = Parts(settings=venue.settings(), day=FRIDAY, code="")
        kept, source = parts.market(), parts.alpaca_market()
        early = kept.bars(NAMES, through=date(2025, 6, 6))
        late, again = (kept.bars(NAMES, through=FRIDAY) for _ in range(2))

        assert early.sessions[-1] == date(2025, 6, 6)
        direct = source.bars(NAMES, through=FRIDAY)
        assert panel_digest(late) == panel_digest(again) == panel_digest(direct)


def test_a_backtest_reads_what_sessions_have_kept(tmp_path: Path) -> None:
    """DA-08, DA-06: the same store by the same code, so that little is left to ask for."""
    with venue_at(MONDAY, tmp_path) as venue:
        settings = venue.settings()
        trade(settings)
        asked = venue.count(HISTORY)

        setup = build_backtest(settings, [], period=(date(2025, 6, 2), FRIDAY))
        report = backtest(setup, lambda _done, _all: None)

        assert report.sessions == 10
        assert venue.counted(asked) == 0
