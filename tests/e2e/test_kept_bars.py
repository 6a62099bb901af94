"""A session at a venue reads its history from the local store, and asks for what is missing."""

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from alchemiser.application.backtest import backtest
from alchemiser.application.cycle import run_cycle
from alchemiser.application.report import CycleReport
from alchemiser.container import Parts, build_backtest, build_engine, exchange_day
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.entrypoints.cli.main import run
from alchemiser.settings import Settings
from tests.e2e.local_venue import HISTORY, venue_at

MORNING = datetime(2025, 6, 16, 12, tzinfo=UTC)
MONDAY = datetime(2025, 6, 16, 19, 40, tzinfo=UTC)
FRIDAY = date(2025, 6, 13)
NAMES = (Symbol("AGG"), Symbol("SPY"))


@pytest.fixture(autouse=True)
def leases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep leases apart from those of other tests: every local venue has the same account."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def trade(settings: Settings) -> CycleReport:
    engine = build_engine(settings)
    report = asyncio.run(run_cycle(engine, exchange_day(engine.clock.now())))
    assert report.status == "completed", report.reason
    return report


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


def test_after_a_prewarm_a_session_asks_for_no_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """DA-07, DA-04: exactly what the strategies declare is brought in the morning, and it is all.

    The venue counts the requests: two for bars in the morning, then none; quotes, trades and
    actions of the session itself are asked for.
    """
    with venue_at(MORNING, tmp_path) as venue:
        settings = venue.settings()
        bars, quotes = venue.count(HISTORY), venue.count("/v2/stocks/quotes/latest")

        code = run(["data", "prewarm", "--json", "--config", str(tmp_path / "alchemiser.toml")])
        morning = venue.counted(bars)
        venue.control("/clock", {"to": f"{MONDAY.isoformat()}"})
        report = trade(settings)

        told = json.loads(capsys.readouterr().out)
        assert (code, morning, venue.counted(bars)) == (0, 2, 2)
        assert venue.counted(quotes) > 1
        assert report.status == "completed"
    assert (told["session"], told["through"]) == ("2025-06-16", "2025-06-13")
    assert (told["sessions"] > 250, told["problems"]) == (True, [])
    parts = Parts(settings=settings, day=FRIDAY, code="")
    kept = parts.series_store().coverage(parts.alpaca_market().source())
    (strategy,) = parts.strategies()
    declared = {
        *strategy.strategy.requirements.symbols(),
        *settings.regime.benchmarks().lookbacks(),
    }
    assert sorted(kept) == told["symbols"] == sorted(declared)


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
