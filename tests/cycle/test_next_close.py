"""What is decided on closed bars gets nothing out of the close that it trades at."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.fast import fast_backtest
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.schedule import Timing
from alchemiser.rules import asset, cumulative_return, when
from tests.cycle.test_fast import PLAIN, all_sessions, engine_of, nobody, setup_of, with_first
from tests.cycle.world import SYMBOLS

Run = Callable[[BacktestSetup, Callable[[int, int], None]], BacktestReport]
FELL = when(cumulative_return("SPY", 1) < 0, asset("SPY"), asset("AGG"))
"""Buys at a close that has just fallen, and sells at one that has just risen."""
LAST = len(all_sessions()) - 1


def run_on(
    home: Path, run: Run, timing: Timing, algorithm: Algorithm, last: float | None = None
) -> BacktestReport:
    """Return a backtest of a market that falls and rises by turns, with another `last` close."""
    bars = home / "bars"
    bars.mkdir(exist_ok=True)
    for name in SYMBOLS:
        closes = [100.0 + 5 * (place % 2) * (name == "SPY") for place in range(LAST + 1)]
        if name == "SPY":
            closes[-1] = last or closes[-1]
        rows = [
            f"{session.day},{close}" for session, close in zip(all_sessions(), closes, strict=True)
        ]
        (bars / f"{name}.csv").write_text("\n".join(["session,close", *rows]) + "\n")
    case = replace(PLAIN, trees=(0,), timing=timing, algorithm=algorithm)
    engine = with_first(engine_of(home, case), strategy=RuleStrategy(FELL), weight=Decimal("0.1"))
    (home / "broker.db").unlink(missing_ok=True)
    return run(setup_of(engine), nobody)


@pytest.mark.parametrize("algorithm", [Algorithm.MARKETABLE_LIMIT, Algorithm.LIMIT_ON_CLOSE])
@pytest.mark.parametrize("run", [backtest, fast_backtest])
def test_strategy_that_lives_on_its_sessions_own_close_lives_on_near_close_alone(
    run: Run, algorithm: Algorithm, tmp_path: Path
) -> None:
    """BT-02, BT-03: a day late, it buys what has risen and sells what has fallen."""
    gains = {}
    for timing in (Timing.NEAR_CLOSE, Timing.NEXT_CLOSE):
        (tmp_path / timing).mkdir()
        report = run_on(tmp_path / timing, run, timing, algorithm)
        gains[timing] = float(report.final_equity / report.start_equity) - 1

    assert gains[Timing.NEAR_CLOSE] > 0.03
    assert gains[Timing.NEXT_CLOSE] < -0.03


@pytest.mark.parametrize("run", [backtest, fast_backtest])
def test_close_of_a_session_turns_nothing_that_is_decided_for_it(run: Run, tmp_path: Path) -> None:
    """BT-02: SPY rises in the last session, or falls instead."""
    held = {}
    for timing in (Timing.NEAR_CLOSE, Timing.NEXT_CLOSE):
        for last in (110.0, 95.0):
            home = tmp_path / f"{timing}{last}"
            home.mkdir()
            report = run_on(home, run, timing, Algorithm.MARKETABLE_LIMIT, last)
            assert report.failures == ()
            held[timing, last] = report.course.traded[-1] > 0

    assert held[Timing.NEXT_CLOSE, 110.0] == held[Timing.NEXT_CLOSE, 95.0]
    assert held[Timing.NEAR_CLOSE, 110.0] != held[Timing.NEAR_CLOSE, 95.0]
