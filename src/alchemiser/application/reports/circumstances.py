"""What it went through, and how far to believe it: regimes, limits, failures, evidence, origin."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

from alchemiser.application.backtest_report import BacktestReport, Bound, EngineName
from alchemiser.application.regimes import RegimeFigures, by_regime
from alchemiser.application.reports.history import Past
from alchemiser.application.reports.shapes import Of, table
from alchemiser.application.reports.words import counted, listed
from alchemiser.domain.market.gate import Finding
from alchemiser.domain.statistics.performance import SESSIONS_MIN
from alchemiser.ports.report_document import (
    Figure,
    Figures,
    Section,
    Text,
    Unit,
)

FAILURES: Final = 30

_REGIME: Final[tuple[Of[RegimeFigures], ...]] = (
    Of("kind", "Of", lambda one: one.kind),
    Of("label", "Regime", lambda one: one.label),
    Of("sessions", "Sessions", lambda one: one.sessions, Unit.COUNT),
    Of("mean", "Mean gain a year", lambda one: one.earned, Unit.FRACTION),
    Of("volatility", "Volatility a year", lambda one: one.volatility, Unit.FRACTION),
    Of("sharpe", "Sharpe ratio", lambda one: one.sharpe, Unit.RATIO),
)
_LIMIT: Final[tuple[Of[tuple[str, list[date]]], ...]] = (
    Of("limit", "Limit", lambda one: one[0]),
    Of("times", "Times", lambda one: len(one[1]), Unit.COUNT),
    Of("sessions", "Sessions", lambda one: len(set(one[1])), Unit.COUNT),
    Of("first", "First", lambda one: one[1][0], Unit.DAY),
    Of("last", "Last", lambda one: one[1][-1], Unit.DAY),
    Of("most", "Most often in", lambda one: _busiest([day.year for day in one[1]])),
)
_BOUND: Final[tuple[Of[Bound], ...]] = (
    Of("session", "Session", lambda one: one.day, Unit.DAY),
    Of("limit", "Limit", lambda one: one.code),
    Of("symbol", "Symbol", lambda one: one.symbol),
)
_FAILURE: Final[tuple[Of[tuple[date, str]], ...]] = (
    Of("session", "Session", lambda one: one[0], Unit.DAY),
    Of("reason", "Reason", lambda one: one[1]),
)
_PROBLEM: Final[tuple[Of[Finding], ...]] = (
    Of("symbol", "Symbol", lambda one: one.symbol),
    Of("session", "Session", lambda one: one.session, Unit.DAY),
    Of("code", "Code", lambda one: one.code),
    Of("text", "What to do", lambda one: one.text),
)
_ORIGIN: Final[tuple[Of[tuple[str, str]], ...]] = (
    Of("name", "What", lambda one: one[0]),
    Of("value", "Is", lambda one: one[1]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Say how a report came to be.

    Attributes:
        command: The command line that made it.
        versions: Names and versions of what has run it.
    """

    command: str
    versions: tuple[tuple[str, str], ...]


def regimes(report: BacktestReport, past: Past) -> Section:
    """Return how it went in each regime of the market."""
    earned = table(
        "regimes",
        "Sessions by the regime in which their positions had been decided.",
        _REGIME,
        by_regime(past.returns, report.course.regimes),
        empty="No session was decided with a label.",
    )
    text = (
        "A label is known when a session is decided, so that it belongs to what is earned from "
        "then to the next one. Means are not compounded: sessions of one regime lie scattered."
    )
    return Section(name="regimes", title="Regimes", blocks=(earned, Text(text=text)))


def limits(report: BacktestReport) -> Section:
    """Return which limits have bound, how often and when, and which were not looked at."""
    bound = report.course.bound
    days = {code: [one.day for one in bound if one.code == code] for code, _ in report.limited}
    cut = table(
        "limits",
        "Limits that cut what was wanted.",
        _LIMIT,
        days.items(),
        empty="No limit has bound.",
    )
    every = table("every", "Every time that a limit has bound.", _BOUND, bound, shown=0)
    profile = "no exposure limits" if report.risk_profile == "research" else report.risk_profile
    texts = [f"Limits in force: {profile}."]
    if report.not_checked:
        texts.append(f"Set and not checked by this engine: {listed(report.not_checked)}.")
    elif report.engine is EngineName.FAST:
        texts.append("No limit is set that this engine does not check.")
    blocks = (*(Text(text=text) for text in texts), cut, *((every,) if bound else ()))
    return Section(name="limits", title="Risk limits", blocks=blocks)


def _busiest(years: list[int]) -> str:
    year, times = max(Counter(years).items(), key=lambda pair: (pair[1], pair[0]))
    return f"{year} ({times})"


def failures(report: BacktestReport) -> Section:
    """Return the sessions that did not end well."""
    failed = table(
        "failures",
        "Sessions that ended other than completed or skipped.",
        _FAILURE,
        report.failures,
        shown=FAILURES,
        empty="Every session ended well, or had nothing to do.",
    )
    return Section(name="failures", title="Sessions that failed", blocks=(failed,))


def problems(report: BacktestReport) -> Section:
    """Return where the source seems not to have adjusted for a split."""
    found = table(
        "problems",
        "Moves that look like splits that the source did not adjust for.",
        _PROBLEM,
        report.problems,
        shown=FAILURES,
        empty="None of the bars that were read moves so.",
    )
    return Section(name="problems", title="Doubtful bars", blocks=(found,))


def evidence(report: BacktestReport) -> Section:
    """Return how much of the result may be luck."""
    one = report.performance
    rows: list[Figure] = [
        Figure(
            name="probabilistic_sharpe",
            title="Chance that the true Sharpe ratio is above 0",
            value=one.probabilistic_sharpe,
            unit=Unit.FRACTION,
        ),
        Figure(name="skewness", title="Skewness", value=one.skewness, unit=Unit.RATIO),
        Figure(name="kurtosis", title="Kurtosis", value=one.kurtosis, unit=Unit.RATIO),
    ]
    named = (
        ("sharpe", "Sharpe ratio", one.sharpe, Unit.RATIO),
        ("cagr", "Growth a year", one.cagr, Unit.FRACTION),
        ("max_drawdown", "Largest drawdown", one.max_drawdown, Unit.FRACTION),
    )
    for name, title, value, unit in named:
        found = one.intervals.get(name)
        low, high = (None, None) if found is None else (found.low, found.high)
        rows.append(Figure(name=name, title=title, value=value, unit=unit, low=low, high=high))
    few = (
        f"With fewer than {SESSIONS_MIN} sessions there are no intervals. "
        if report.sessions < SESSIONS_MIN
        else ""
    )
    text = (
        f"{few}This is one backtest. How many others were tried before it is not known here; if "
        "it was chosen among many, its Sharpe ratio is to be judged against the best that luck "
        "would reach among as many (the deflated Sharpe ratio), and it falls short of what it "
        "seems."
    )
    figures = Figures(name="figures", caption="What the sessions alone say", figures=tuple(rows))
    return Section(name="evidence", title="Luck or skill", blocks=(Text(text=text), figures))


def origin(report: BacktestReport, made: Origin) -> Section:
    """Return by what the report can be made again."""
    named = (
        ("Command", made.command),
        ("Engine", report.engine.value),
        ("Timing", report.timing.sentence()),
        ("Sessions", f"{counted(report.sessions, 'session')}, {report.start} to {report.end}"),
        *made.versions,
        ("Result (SHA-256)", report.digest),
        ("Bars (SHA-256)", report.course.data),
        ("Engine's sources (SHA-256)", report.identity.code),
        ("Settings (SHA-256)", report.identity.configuration),
        *((f"Strategy {name} (SHA-256)", content) for name, _, content in report.strategies),
    )
    caption = "The same command on the same bars gives the same report, byte for byte."
    made_by = table("origin", caption, _ORIGIN, named)
    return Section(name="origin", title="How it was made", blocks=(made_by,))
