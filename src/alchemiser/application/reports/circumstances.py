"""What it went through, and how far to believe it: regimes, limits, failures, evidence, origin."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from alchemiser.application.backtest_report import BacktestReport, EngineName
from alchemiser.application.regimes import by_regime
from alchemiser.application.reports.history import Past
from alchemiser.application.reports.words import counted, listed
from alchemiser.domain.statistics.performance import SESSIONS_MIN
from alchemiser.ports.report_document import (
    Column,
    Figure,
    Figures,
    Section,
    Table,
    Text,
    Unit,
)

FAILURES: Final = 30


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
    rows = [
        (one.kind, one.label, one.sessions, one.earned, one.volatility, one.sharpe)
        for one in by_regime(past.returns, report.course.regimes)
    ]
    table = Table(
        name="regimes",
        caption="Sessions by the regime in which their positions had been decided.",
        columns=(
            Column(name="kind", title="Of"),
            Column(name="label", title="Regime"),
            Column(name="sessions", title="Sessions", unit=Unit.COUNT),
            Column(name="mean", title="Mean gain a year", unit=Unit.FRACTION),
            Column(name="volatility", title="Volatility a year", unit=Unit.FRACTION),
            Column(name="sharpe", title="Sharpe ratio", unit=Unit.RATIO),
        ),
        rows=tuple(rows),
        empty="No session was decided with a label.",
    )
    text = (
        "A label is known when a session is decided, so that it belongs to what is earned from "
        "then to the next one. Means are not compounded: sessions of one regime lie scattered."
    )
    return Section(name="regimes", title="Regimes", blocks=(table, Text(text=text)))


def limits(report: BacktestReport) -> Section:
    """Return which limits have bound, how often and when, and which were not looked at."""
    bound = report.course.bound
    days = {code: [one.day for one in bound if one.code == code] for code, _ in report.limited}
    table = Table(
        name="limits",
        caption="Limits that cut what was wanted.",
        columns=(
            Column(name="limit", title="Limit"),
            Column(name="times", title="Times", unit=Unit.COUNT),
            Column(name="sessions", title="Sessions", unit=Unit.COUNT),
            Column(name="first", title="First", unit=Unit.DAY),
            Column(name="last", title="Last", unit=Unit.DAY),
            Column(name="most", title="Most often in"),
        ),
        rows=tuple(
            (code, len(each), len(set(each)), each[0], each[-1], _busiest([d.year for d in each]))
            for code, each in days.items()
        ),
        empty="No limit has bound.",
    )
    every = Table(
        name="every",
        caption="Every time that a limit has bound.",
        columns=(
            Column(name="session", title="Session", unit=Unit.DAY),
            Column(name="limit", title="Limit"),
            Column(name="symbol", title="Symbol"),
        ),
        rows=tuple((one.day, one.code, one.symbol) for one in bound),
        shown=0,
    )
    profile = "no exposure limits" if report.risk_profile == "research" else report.risk_profile
    texts = [f"Limits in force: {profile}."]
    if report.not_checked:
        texts.append(f"Set and not checked by this engine: {listed(report.not_checked)}.")
    elif report.engine is EngineName.FAST:
        texts.append("No limit is set that this engine does not check.")
    blocks = (*(Text(text=text) for text in texts), table, *((every,) if bound else ()))
    return Section(name="limits", title="Risk limits", blocks=blocks)


def _busiest(years: list[int]) -> str:
    year, times = max(Counter(years).items(), key=lambda pair: (pair[1], pair[0]))
    return f"{year} ({times})"


def failures(report: BacktestReport) -> Section:
    """Return the sessions that did not end well."""
    table = Table(
        name="failures",
        caption="Sessions that ended other than completed or skipped.",
        columns=(
            Column(name="session", title="Session", unit=Unit.DAY),
            Column(name="reason", title="Reason"),
        ),
        rows=report.failures,
        shown=FAILURES,
        empty="Every session ended well, or had nothing to do.",
    )
    return Section(name="failures", title="Sessions that failed", blocks=(table,))


def problems(report: BacktestReport) -> Section:
    """Return where the source seems not to have adjusted for a split."""
    table = Table(
        name="problems",
        caption="Moves that look like splits that the source did not adjust for.",
        columns=(
            Column(name="symbol", title="Symbol"),
            Column(name="session", title="Session", unit=Unit.DAY),
            Column(name="code", title="Code"),
            Column(name="text", title="What to do"),
        ),
        rows=tuple((one.symbol, one.session, one.code, one.text) for one in report.problems),
        shown=FAILURES,
        empty="None of the bars that were read moves so.",
    )
    return Section(name="problems", title="Doubtful bars", blocks=(table,))


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
    table = Table(
        name="origin",
        caption="The same command on the same bars gives the same report, byte for byte.",
        columns=(Column(name="name", title="What"), Column(name="value", title="Is")),
        rows=named,
    )
    return Section(name="origin", title="How it was made", blocks=(table,))
