"""What programs read about past sessions."""

from collections.abc import Sequence
from datetime import date

from alchemiser.application.backtest_report import BacktestReport

Document = dict[str, object]


def backtest(report: BacktestReport) -> Document:
    """Return how a backtest went, without its curve."""
    return {
        **course(report),
        "statistics": report.performance,
        "digest": report.digest,
        "limited": dict(report.limited),
        "not_checked": report.not_checked,
        "failures": [{"session": day, "reason": reason} for day, reason in report.failures],
    }


def stranded(found: Sequence[tuple[str, date]]) -> list[Document]:
    """Return what is held without a price, and the last session that had one."""
    return [{"symbol": name, "session": day} for name, day in found]


def course(report: BacktestReport) -> Document:
    """Return what whoever runs past sessions tells of them."""
    return {
        "status": "completed",
        "start": report.start,
        "end": report.end,
        "sessions": report.sessions,
        "decided": dict(report.decided),
        "final_equity": report.final_equity,
        "cagr": report.performance.cagr,
        "sharpe": report.performance.sharpe,
        "max_drawdown": report.performance.max_drawdown,
        "turnover": report.performance.turnover,
        "engine": report.engine,
        "risk_profile": report.risk_profile,
        "units": report.units,
        "timing": report.timing,
        "impact": report.impact,
        "diversity": report.diversity,
        "problems": report.problems,
        "stranded": stranded(report.stranded),
    }
