"""What programs read about past sessions."""

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
        "stranded": [{"symbol": name, "session": day} for name, day in report.stranded],
    }


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
    }
