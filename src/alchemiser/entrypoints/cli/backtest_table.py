"""A backtest for people."""

import math
from collections.abc import Callable, Iterator

from rich.console import Console

from alchemiser.application.backtest_report import BacktestReport
from alchemiser.domain.statistics.performance import Performance
from alchemiser.entrypoints.cli import pieces
from alchemiser.entrypoints.cli.pieces import dollars, plain

_NAME = 16


def backtest(console: Console, report: BacktestReport) -> None:
    """Print how a backtest went."""
    decided = ", ".join(f"{name} {count}" for name, count in report.decided)
    timing = report.timing
    rows = (
        ("period", f"{report.start} to {report.end}, {_sessions(report.sessions)}"),
        ("decided", decided),
        ("final equity", f"{dollars(report.final_equity)} {report.units}"),
        *_figures(report.performance),
        ("engine", report.engine),
        ("timing", f"{timing.timing}, decided at {timing.at} on {timing.decides_on}"),
        ("traded", f"{timing.trades} at {timing.price}"),
        ("impact by", report.impact),
        ("limits", report.risk_profile),
        ("digest", report.digest),
        ("bound", ", ".join(f"{name} {count}" for name, count in report.limited)),
        ("not checked", ", ".join(report.not_checked)),
        ("like a split", ", ".join(f"{one.symbol} {one.session}" for one in report.problems)),
        ("no price since", ", ".join(f"{name} {day}" for name, day in report.stranded)),
    )
    for name, value in rows:
        if value:
            console.print(plain(f"{name:<{_NAME}}{value}"), soft_wrap=True)
    pieces.diversity(console, report.diversity)
    for day, reason in report.failures:
        console.print(plain(f"{day}: {reason}"))


def _figures(one: Performance) -> Iterator[tuple[str, str]]:
    yield "growth a year", f"{percent(one.cagr)}{_between(one, 'cagr', percent)}"
    yield "volatility", percent(one.volatility)
    yield "Sharpe ratio", f"{number(one.sharpe)}{_between(one, 'sharpe', number)}"
    if math.isfinite(one.probabilistic_sharpe):
        yield "Sharpe above 0", f"{percent(one.probabilistic_sharpe)} likely"
    yield "Sortino, Calmar", f"{number(one.sortino)}, {number(one.calmar)}"
    yield "largest fall", f"{percent(one.max_drawdown)}{_between(one, 'max_drawdown', percent)}"
    yield "longest fall", _sessions(one.longest_drawdown)
    yield (
        "worst 5 % days",
        (
            f"lose {percent(one.value_at_risk.historical)} or more, "
            f"{percent(one.expected_shortfall.historical)} on average"
        ),
    )
    yield "turnover a year", number(one.turnover)
    yield "exposure", percent(one.exposure)
    gained = f", {percent(one.hit_rate)} of them gained" if one.trades else ""
    yield "closed trades", f"{one.trades}{gained}"
    if math.isfinite(one.beta):
        yield "alpha, beta", f"{percent(one.alpha)} a year, {number(one.beta)}"


def _between(one: Performance, name: str, form: Callable[[float], str]) -> str:
    """Return the interval of a figure in brackets, nothing where there is none."""
    found = one.intervals.get(name)
    if found is None or math.isnan(found.low):
        return ""
    return f" ({form(found.low)} to {form(found.high)})"


def percent(value: float) -> str:
    """Return a fraction as a percentage, a dash when it is not defined."""
    return pieces.percent(value) if math.isfinite(value) else "-"


def number(value: float) -> str:
    """Return a figure with two decimals, a dash when it is not defined."""
    return f"{value:z.2f}" if math.isfinite(value) else "-"


def _sessions(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    return "1 session" if value == 1 else f"{value:.0f} sessions"
