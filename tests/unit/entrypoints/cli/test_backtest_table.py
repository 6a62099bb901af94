"""A backtest as people see it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import numpy as np
from rich.console import Console

from alchemiser.application.backtest_report import BacktestReport, Course, EngineName, ImpactBasis
from alchemiser.application.engine import Identity
from alchemiser.domain.statistics.bootstrap import Interval
from alchemiser.domain.statistics.performance import History, measure
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.schedule import Schedule
from alchemiser.domain.venue_model.costs import CostKind
from alchemiser.entrypoints.cli.backtest_table import backtest


def a_report() -> BacktestReport:
    equity, day = np.array([100.0, 100.0]), date(2024, 7, 2)
    nothing = np.zeros(1)
    history = History(
        start=date(2024, 7, 1),
        end=date(2024, 7, 2),
        equity=equity,
        held=equity[1:] * 0,
        traded=equity[1:] * 0,
        gains=equity[:0],
    )
    return BacktestReport(
        start=date(2024, 7, 2),
        end=date(2024, 7, 2),
        start_equity=Decimal(100),
        sessions=1,
        decided=((StrategyId("trend"), 1),),
        final_equity=Decimal(100),
        performance=measure(history),
        equity=((date(2024, 7, 2), Decimal(100)),),
        digest="0" * 64,
        engine=EngineName.EXACT,
        identity=Identity(code="", configuration=""),
        strategies=((StrategyId("trend"), Decimal(1), "0" * 64),),
        risk_profile="research",
        units="dollars",
        timing=Schedule().contract(),
        impact=ImpactBasis.VOLUMES,
        failures=((date(2024, 7, 2), "the venue was away"),),
        course=Course(
            start=Decimal(100),
            equity=((day, Decimal(100)),),
            held=nothing,
            traded=nothing,
            trades=(),
            books={},
            capital={},
            costs=dict.fromkeys(CostKind, nothing),
            decided={StrategyId("trend"): 1},
            bound=(),
            regimes=(None,),
            data="0" * 64,
            digest="0" * 64,
        ),
    )


def shown(report: BacktestReport) -> list[str]:
    out = StringIO()
    backtest(Console(file=out, width=80), report)
    return out.getvalue().splitlines()


def test_what_is_not_defined_is_a_dash() -> None:
    """A single session in which nothing happened; written all the same."""
    lines = shown(a_report())

    assert "growth a year   0.00 %" in lines
    assert "Sharpe ratio    -" in lines
    assert not [line for line in lines if "likely" in line or "gained" in line]
    assert "worst 5 % days  lose 0.00 % or more, 0.00 % on average" in lines
    assert "Sortino, Calmar -, -" in lines
    assert "closed trades   0" in lines
    assert "2024-07-02: the venue was away" in lines
    assert not [line for line in lines if line.startswith("alpha")]
    assert max(map(len, lines)) == 80


def test_intervals_stand_beside_their_figures_and_the_benchmark_at_the_end() -> None:
    report = a_report()
    full = replace(
        report.performance,
        sharpe=1.0,
        alpha=0.02,
        beta=0.6,
        longest_drawdown=np.nan,
        turnover=np.nan,
        intervals={"sharpe": Interval(low=-0.5, high=2.5), "cagr": Interval(low=np.nan, high=0)},
    )

    lines = shown(replace(report, performance=full))

    assert "Sharpe ratio    1.00 (-0.50 to 2.50)" in lines
    assert "growth a year   0.00 %" in lines
    assert "longest fall    -" in lines
    assert "turnover a year -" in lines
    assert "alpha, beta     2.00 % a year, 0.60" in lines
