"""What came of it: headline, figures, equity, drawdowns, months and rolling statistics."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.reports.history import Past, compounded, points
from alchemiser.application.reports.shapes import Of, table
from alchemiser.application.reports.words import counted, is_known, percent, told
from alchemiser.domain.statistics.benchmark import beta
from alchemiser.domain.statistics.drawdowns import Drawdown, drawdowns, episodes
from alchemiser.domain.statistics.moments import volatility
from alchemiser.domain.statistics.performance import SESSIONS_MIN, Performance
from alchemiser.domain.statistics.ratios import sharpe
from alchemiser.domain.statistics.returns import cagr_by_sessions, wealth
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.report_document import (
    Block,
    Cell,
    Chart,
    Figure,
    Figures,
    Line,
    Mark,
    Section,
    Text,
    Unit,
)

WORST: Final = 10
"""Drawdowns that are listed."""
A_YEAR: Final = 252
A_QUARTER: Final = 63
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def summary(report: BacktestReport, past: Past) -> Section:
    """Return the headline in plain words, and the figures behind it."""
    headlines = (Text(text=text) for text in _headlines(report, past))
    blocks: tuple[Block, ...] = (*headlines, _figures(report.performance))
    return Section(name="summary", title="In short", blocks=blocks)


def _headlines(report: BacktestReport, past: Past) -> Iterator[str]:
    one = report.performance
    yield (
        f"{told(past.start, Unit.MONEY)} became {told(report.final_equity, Unit.MONEY)} "
        f"{report.units} in {counted(report.sessions, 'session')}, from {report.start} to "
        f"{report.end}: {percent(one.cagr)} a year."
    )
    yield f"Its timing was {report.timing.sentence()}."
    if past.beside is not None:
        growth = float(cagr_by_sessions(past.beside))
        yield f"The benchmark {report.benchmark} made {percent(growth)} a year meanwhile."
    yield from _silent(report)
    yield _worst(past) if past.owed is None else _owing(past.owed)
    yield from _years(past)
    is_traded = bool(report.course.traded.any())
    yield _traded(report, past) if is_traded else "Nothing was traded."
    found = one.intervals.get("cagr")
    if report.sessions < SESSIONS_MIN:
        yield "So few sessions say nothing about a year, whatever stands below."
    elif is_traded and found is not None and is_known(found.low):
        yield (
            f"With other luck the same trading could have made between {percent(found.low)} and "
            f"{percent(found.high)} a year (95 % of the histories drawn anew from this one)."
        )
    if report.problems:
        yield (
            f"Where bars look like a split that the source did not adjust for "
            f"({counted(len(report.problems), 'time')}, listed below), what was earned or lost may "
            "be none."
        )
    yield from _stranded(report)
    if report.failures:
        yield f"{counted(len(report.failures), 'session')} did not end well; they are listed below."


def _stranded(report: BacktestReport) -> Iterator[str]:
    """Yield what is held at the end without a price."""
    for name, day in report.stranded:
        yield (
            f"{name} is still held and has had no price since {day}: it counts at that price, and "
            "the data do not say what became of it."
        )


def _silent(report: BacktestReport) -> Iterator[str]:
    """Yield which strategies decided in less than half of the sessions."""
    for name, decided in report.decided:
        if not decided:
            yield f"{name} never decided, so that its book was left alone."
        elif 2 * decided < report.sessions:
            yield (
                f"{name} decided in {decided:,} of {report.sessions:,} sessions; in the others its "
                "book stayed as it was."
            )


def _owing(day: date) -> str:
    return (
        f"More was lost than there was: on {day} money was owed. What was earned on debts counts "
        "as nothing, and neither growth nor falls are defined."
    )


def _worst(past: Past) -> str:
    found = max(episodes(past.returns), key=lambda one: one.depth, default=None)
    if found is None:
        return "It never ended a session below a peak."
    back = "and that peak was not reached again"
    if found.recovered is not None:
        back = f"and that peak was reached again on {past.days[found.recovered]}"
    return (
        f"The deepest fall from a peak was {percent(found.depth)}, on {past.days[found.trough]}, "
        f"{back}."
    )


def _years(past: Past) -> Iterator[str]:
    by_year = {year: compounded(past.returns[rows]) for year, rows in past.years().items()}
    if len(by_year) > 1:
        best, worst = max(by_year, key=by_year.__getitem__), min(by_year, key=by_year.__getitem__)
        gained = sum(value > 0 for value in by_year.values())
        yield (
            f"Of {len(by_year)} calendar years {gained} gained; the best was {best} with "
            f"{percent(by_year[best])}, the worst {worst} with {percent(by_year[worst])}."
        )


def _traded(report: BacktestReport, past: Past) -> str:
    spent = float(sum(dollars.sum() for dollars in report.course.costs.values()))
    mean = past.mean_equity(np.arange(len(past.days)))
    share = spent / mean * A_YEAR / len(past.days) if mean > 0 else np.nan
    return (
        f"Each year it bought and sold {told(report.performance.turnover, Unit.RATIO)} times its "
        f"equity; trading cost {told(spent, Unit.MONEY)} {report.units} in all, "
        f"{percent(share)} of mean equity a year."
    )


def _figures(one: Performance) -> Figures:
    fraction, ratio, count = Unit.FRACTION, Unit.RATIO, Unit.COUNT
    rows: tuple[tuple[str, str, Cell, Unit], ...] = (
        ("cagr", "Growth a year, of 252 sessions", one.cagr, fraction),
        ("cagr_calendar", "Growth a year, of 365.25 days", one.cagr_calendar, fraction),
        ("volatility", "Volatility a year", one.volatility, fraction),
        ("sharpe", "Sharpe ratio", one.sharpe, ratio),
        ("sortino", "Sortino ratio", one.sortino, ratio),
        ("calmar", "Calmar ratio", one.calmar, ratio),
        ("omega", "Omega ratio", one.omega, ratio),
        ("max_drawdown", "Largest drawdown", one.max_drawdown, fraction),
        ("longest_drawdown", "Longest drawdown, sessions", one.longest_drawdown, count),
        ("drawdown_median", "Drawdown of half of the sessions", one.drawdown_median, fraction),
        ("drawdown_95", "Drawdown of 95 % of the sessions", one.drawdown_95, fraction),
        (
            "value_at_risk",
            "Loss of one session in twenty, at least",
            one.value_at_risk.historical,
            fraction,
        ),
        (
            "expected_shortfall",
            "Mean loss of those sessions",
            one.expected_shortfall.historical,
            fraction,
        ),
        ("tail_ratio", "Tail ratio", one.tail_ratio, ratio),
        ("exposure", "Mean exposure", one.exposure, fraction),
        ("turnover", "Turnover a year", one.turnover, ratio),
        ("alpha", "Alpha a year", one.alpha, fraction),
        ("beta", "Beta", one.beta, ratio),
    )
    return Figures(
        name="figures",
        caption="Figures, with their interval at 95 % where there is one",
        figures=tuple(_figure(one, *row) for row in rows),
    )


def _figure(one: Performance, name: str, title: str, value: Cell, unit: Unit) -> Figure:
    found = one.intervals.get(name)
    low, high = (None, None) if found is None else (found.low, found.high)
    return Figure(name=name, title=title, value=value, unit=unit, low=low, high=high)


def equity(report: BacktestReport, past: Past) -> Section:
    """Return how wealth went, beside the benchmark."""
    lines = [Line(title="Account", values=points(past.equity))]
    if past.beside is not None:
        grown = past.start * wealth(past.beside)[1:]
        lines.append(Line(title=str(report.benchmark), values=points(grown)))
    against = "" if past.beside is None else f", and the same money in {report.benchmark}"
    chart = Chart(
        name="equity",
        caption=f"Equity at the end of each session, {report.units}{against}.",
        unit=Unit.MONEY,
        days=past.days,
        lines=tuple(lines),
        log=bool((past.equity > 0).all()),
    )
    return Section(name="equity", title="Equity", blocks=(chart,))


def falls(past: Past) -> Section:
    """Return how far and for how long equity was below its peak."""
    if past.owed is not None:
        blocks = (Text(text=_owing(past.owed)),)
        return Section(name="drawdowns", title="Drawdowns", blocks=blocks)
    chart = Chart(
        name="drawdown",
        caption="How far equity was below its highest value so far.",
        unit=Unit.FRACTION,
        days=past.days,
        lines=(Line(title="Below the peak", values=points(-drawdowns(past.returns))),),
        mark=Mark.AREA,
    )
    worst = sorted(episodes(past.returns), key=lambda one: (-one.depth, one.first))
    days = past.days
    columns: tuple[Of[Drawdown], ...] = (
        Of("depth", "Depth", lambda one: one.depth, Unit.FRACTION),
        Of("first", "Below its peak from", lambda one: days[one.first], Unit.DAY),
        Of("trough", "Lowest on", lambda one: days[one.trough], Unit.DAY),
        Of(
            "recovered",
            "Peak again on",
            lambda one: None if one.recovered is None else days[one.recovered],
            Unit.DAY,
        ),
        Of("sessions", "Sessions", lambda one: one.sessions, Unit.COUNT),
    )
    deepest = table(
        "episodes",
        "The deepest drawdowns.",
        columns,
        worst,
        shown=WORST,
        empty="Equity never ended a session below its peak.",
    )
    return Section(name="drawdowns", title="Drawdowns", blocks=(chart, deepest))


def months(report: BacktestReport, past: Past) -> Section:
    """Return what each month and each year gained."""
    by_month = {key: compounded(past.returns[rows]) for key, rows in past.months().items()}
    years, beside = past.years(), past.beside

    def of(month: int) -> Of[int]:
        title = MONTHS[month - 1]
        return Of(title.lower(), title, lambda year: by_month.get((year, month)), Unit.FRACTION)

    columns: list[Of[int]] = [
        Of("year", "Year", str),
        *map(of, range(1, len(MONTHS) + 1)),
        Of("total", "Year's gain", lambda y: compounded(past.returns[years[y]]), Unit.FRACTION),
    ]
    if beside is not None:
        title = str(report.benchmark)
        columns.append(
            Of("benchmark", title, lambda y: compounded(beside[years[y]]), Unit.FRACTION)
        )
    gains = table("months", "Gain of each month and year.", columns, years, shaded=True)
    return Section(name="months", title="Months and years", blocks=(gains,))


def rolling(report: BacktestReport, past: Past) -> Section:
    """Return statistics of the last year, as it ended with each session."""
    window = A_YEAR if len(past.days) >= 2 * A_YEAR else A_QUARTER
    if len(past.days) < window:
        text = f"Fewer than {window} sessions were run: too few for statistics that roll."
        return Section(name="rolling", title="Rolling statistics", blocks=(Text(text=text),))
    blocks: list[Block] = [
        _rolled("sharpe", "Sharpe ratio", Unit.RATIO, past, (window, sharpe)),
        _rolled("volatility", "Volatility a year", Unit.FRACTION, past, (window, volatility)),
    ]
    if past.beside is not None:
        other = sliding_window_view(past.beside, window).T
        against = f"Beta to {report.benchmark}"
        slope = (window, lambda moving: beta(moving, other))
        blocks.append(_rolled("beta", against, Unit.RATIO, past, slope))
    return Section(name="rolling", title="Rolling statistics", blocks=tuple(blocks))


def _rolled(
    name: str, title: str, unit: Unit, past: Past, how: tuple[int, Callable[[Floats], Floats]]
) -> Chart:
    window, figure = how
    values = np.full(len(past.days), np.nan)
    values[window - 1 :] = figure(sliding_window_view(past.returns, window).T)
    return Chart(
        name=name,
        caption=f"{title}, of the {window} sessions that end with each day.",
        unit=unit,
        days=past.days,
        lines=(Line(title=title, values=points(values)),),
    )
