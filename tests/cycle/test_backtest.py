"""The backtest is the live cycle with a clock that it moves itself."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.synthetic.chance import Chance
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.engine import EnabledStrategy, Engine
from alchemiser.application.figures import returns_of
from alchemiser.application.operate import overview
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.rules import asset, cumulative_return, when
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_bars(tmp_path / "bars")
    return tmp_path


def backtested(engine: Engine) -> BacktestReport:
    clock = engine.clock
    assert isinstance(clock, VirtualClock)
    setup = BacktestSetup(
        engine=replace(engine, journal=MemoryJournal()),
        clock=clock,
        sessions=engine.calendar.sessions(FIRST, SECOND),
        risk_profile="owner",
        units="total-return units",
        chance=Chance(7),
    )
    seen: list[tuple[int, int]] = []
    report = backtest(setup, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    return report


def test_backtest_ends_with_the_equity_of_the_same_sessions_run_one_by_one(
    home: Path, tmp_path: Path
) -> None:
    """BT-01, BT-03: same code, same timing, same venue: not a cent of difference."""
    single = tmp_path / "single"
    write_bars(single / "bars")
    for day in (FIRST, SECOND):
        run(single, day, 1)

    report = backtested(make_engine(home, FIRST, 1))

    assert report.final_equity == overview(make_engine(single, SECOND, 1)).equity
    assert dict(report.decided) == {"hedge": 2, "trend": 2}
    assert not report.failures


def test_backtest_tells_how_alike_its_strategies_are(home: Path) -> None:
    """ST-16: on neither day do the two want the same symbol."""
    report = backtested(make_engine(home, FIRST, 1))

    (pair,) = report.diversity
    assert (pair.first, pair.second, pair.sessions) == ("hedge", "trend", 2)
    assert pair.overlap == 0


def test_figures_are_those_of_equity_positions_fills_and_lots(home: Path) -> None:
    """BT-08: on the second day both books rotate, so every lot of the first is closed."""
    engine = make_engine(home, FIRST, 1)

    report = backtested(engine)

    one = report.performance
    start, first, last = 100_000.0, *(float(equity) for _, equity in report.equity)
    assert one.cagr == pytest.approx((last / start) ** 126 - 1)
    assert one.max_drawdown == pytest.approx(1 - last / max(start, first))
    assert 0.9 < one.exposure < 1
    assert 2 < one.turnover / 126 < 3  # all bought, then all sold and bought, but what crossed
    assert one.trades >= 3
    assert one.hit_rate == 0  # everything fell by 3 %
    assert one.intervals == {}


@pytest.mark.parametrize("benchmark", ["SPY", "NONE"])
def test_benchmark_is_measured_from_close_to_close(home: Path, benchmark: str) -> None:
    """The first of two sessions has no return of the benchmark's own: too few for a beta."""
    days = [date(2024, 3, 6), FIRST, SECOND]

    found = returns_of(make_engine(home, FIRST, 1), Symbol(benchmark), days)

    expected = [np.nan, 0.013, -0.03] if benchmark == "SPY" else [np.nan] * 3
    assert found == pytest.approx(np.array(expected), abs=1e-5, nan_ok=True)


def test_benchmark_of_a_backtest_at_the_open_is_measured_from_open_to_open(home: Path) -> None:
    """BT-03: files of closes alone have nothing to compare with."""
    engine = replace(make_engine(home, FIRST, 1), schedule=Schedule(timing=Timing.NEXT_OPEN))

    assert np.isnan(returns_of(engine, Symbol("SPY"), [FIRST, SECOND])).all()

    bars = ["session,close,open", "2024-03-06,60,59", "2024-03-07,70,40", "2024-03-08,80,50"]
    (home / "bars" / "SPY.csv").write_text("\n".join(bars) + "\n")
    engine = replace(make_engine(home, FIRST, 1), schedule=Schedule(timing=Timing.NEXT_OPEN))
    assert returns_of(engine, Symbol("SPY"), [FIRST, SECOND])[1] == pytest.approx(0.25)


def test_backtest_twice_has_one_digest(home: Path, tmp_path: Path) -> None:
    """BT-10."""
    other = tmp_path / "other"
    write_bars(other / "bars")

    digests = {backtested(make_engine(place, FIRST, 1)).digest for place in (home, other)}

    assert len(digests) == 1


@pytest.mark.parametrize(
    ("timing", "held", "price"),
    [("near_close", "TLT", "close"), ("next_open", "SPY", "open"), ("next_close", "SPY", "close")],
)
def test_decision_on_closed_bars_sees_those_of_the_day_before_only(
    home: Path, timing: str, held: str, price: str
) -> None:
    """BT-02, BT-03: SPY rises on the first day and falls on the second; it opens far below."""
    closes = {}
    for path in (home / "bars").glob("*.csv"):
        rows = [row.split(",") for row in path.read_text().splitlines()]
        lines = [f"{day},{close},{0.8 * float(close)}" for day, close in rows[1:]]
        path.write_text("\n".join(["session,close,open", *lines]) + "\n")
        closes[path.stem] = float(rows[3][1])
    tree = when(cumulative_return("SPY", 1) > 0, asset("SPY"), asset("TLT"))
    engine = replace(
        make_engine(home, FIRST, 1),
        schedule=Schedule(timing=Timing(timing)),
        strategies=(
            EnabledStrategy(
                strategy_id=StrategyId("one"),
                weight=Decimal(1),
                strategy=RuleStrategy(tree),
                content_hash="",
            ),
        ),
    )
    clock = VirtualClock(engine.schedule.moment(engine.calendar.sessions(FIRST, FIRST)[0]))
    engine = replace(engine, clock=clock, broker=replace(engine.broker, path=None, clock=clock))  # type: ignore[type-var]

    report = backtested(engine)

    (position,) = engine.broker.account().positions
    assert position.symbol == held
    assert (report.timing.timing, report.timing.price) == (timing, f"the {price}")
    if held == "SPY":
        paid = report.course.traded[0] / float(position.quantity)
        expected = closes["SPY"] * (0.8 if price == "open" else 1.0)
        assert paid == pytest.approx(expected, rel=0.01)


def test_backtest_without_a_session_names_the_remedy(home: Path) -> None:
    engine = make_engine(home, FIRST, 1)
    assert isinstance(engine.clock, VirtualClock)
    setup = BacktestSetup(
        engine=engine,
        clock=engine.clock,
        sessions=(),
        risk_profile="owner",
        units="dollars",
        chance=Chance(7),
    )

    with pytest.raises(SettingsError, match="widen"):
        backtest(setup, lambda _done, _total: None)
