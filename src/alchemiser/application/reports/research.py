"""Reports of many variants: what was tried, how far to believe it, and the chosen in full."""

from collections.abc import Callable, Sequence
from typing import Final

from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.reports import circumstances
from alchemiser.application.reports.backtest import backtest_sections
from alchemiser.application.reports.circumstances import Origin
from alchemiser.application.reports.shapes import FigureRow, Of, figures, table
from alchemiser.application.reports.words import SELECTED, begun, is_known
from alchemiser.application.research.evidence import Evidence
from alchemiser.application.research.sweep import Surface, SweepReport, Trial
from alchemiser.application.research.walk_forward import Stretch, WalkForwardReport
from alchemiser.ports.report_document import Cell, ReportDocument, Section, Table, Text, Unit

_Across = tuple[str, tuple[float, ...]]

SHOWN: Final = 30
"""Variants that people are shown."""

_FAILED: Final[tuple[Of[tuple[str, str]], ...]] = (
    Of("variant", "Variant", lambda one: one[0]),
    Of("reason", "Reason", lambda one: one[1]),
)
_STRANDED: Final[Of[Trial]] = Of(
    "stranded",
    "No price since",
    lambda one: ", ".join(f"{name} {day}" for name, day in one.stranded),
)


def sweep_document(report: SweepReport, made: Origin) -> ReportDocument:
    """Return everything that is known of a sweep; the same report and origin give the same."""
    surface = () if report.surface is None else (_surface(report.surface, report.by),)
    return _document(
        title=f"Sweep over {len(report.trials):,} variants",
        course=report.best,
        first=(
            _belief(report.evidence),
            Section(name="trials", title="Variants", blocks=(_chosen(report), _trials(report))),
            *surface,
            *_failed(report.failures),
        ),
        made=made,
    )


def walk_forward_document(report: WalkForwardReport, made: Origin) -> ReportDocument:
    """Return everything that is known of a walk forward, likewise."""
    return _document(
        title=f"Walk forward with {report.variants:,} variants",
        course=report.course,
        first=(
            _windows(report),
            _belief(report.evidence),
            *_failed(report.failures),
        ),
        made=made,
    )


def _document(
    title: str, course: BacktestReport, first: tuple[Section, ...], made: Origin
) -> ReportDocument:
    return ReportDocument(
        title=title,
        subtitle=f"{course.start} to {course.end}, the {course.engine} engine, in {course.units}.",
        money=course.units,
        sections=(*first, *backtest_sections(course), circumstances.origin(course, made)),
    )


def _belief(one: Evidence) -> Section:
    count, ratio, part = Unit.COUNT, Unit.RATIO, Unit.FRACTION
    rows: tuple[FigureRow, ...] = (
        ("trials", "Variants tried", one.trials, count),
        ("independent", "Worth so many independent ones", one.independent, ratio),
        ("deflated_sharpe", "Chance that the best is more than luck", one.deflated_sharpe, part),
        ("overfitting", "The best of one half below the middle later", one.overfitting, part),
        ("loss", "The best of one half losing money later", one.loss, part),
    )
    worth = figures("figures", "What choosing the best of many is worth.", rows)
    blocks = (Text(text=one.verdict), worth)
    return Section(name="belief", title="How far to believe it", blocks=blocks)


def _chosen(report: SweepReport) -> Text:
    by, _ = SELECTED[report.by]
    found = (
        f"The best by {by}: {report.chosen}."
        if any(is_known(one.figure) for one in report.trials)
        else f"None has a figure to choose by, {by}; the first stands for all: {report.chosen}."
    )
    return Text(text=f"{found} All that follows is its course.")


def _trials(report: SweepReport) -> Table:
    by, unit = SELECTED[report.by]
    columns: tuple[Of[Trial], ...] = (
        Of("variant", "Variant", lambda one: one.label),
        Of("figure", "Chosen by", lambda one: one.figure, unit),
        Of("cagr", "Growth a year", lambda one: one.cagr, Unit.FRACTION),
        Of("sharpe", "Sharpe ratio", lambda one: one.sharpe, Unit.RATIO),
        Of("max_drawdown", "Largest fall", lambda one: one.max_drawdown, Unit.FRACTION),
        Of("turnover", "Turnover a year", lambda one: one.turnover, Unit.RATIO),
        Of("hit_rate", "Trades that gained", lambda one: one.hit_rate, Unit.FRACTION),
        Of("final_equity", "Final equity", lambda one: one.final_equity, Unit.MONEY),
        *((_STRANDED,) if any(one.stranded for one in report.trials) else ()),
    )
    return table(
        "trials",
        f"Every variant, the best by {by} first; by the fast engine.",
        columns,
        sorted(report.trials, key=lambda one: (one.figure != one.figure, -one.figure)),
        shown=SHOWN,
    )


def _surface(one: Surface, by: str) -> Section:
    first, second = one.axes
    figure, unit = SELECTED[by]
    columns: tuple[Of[_Across], ...] = (
        Of("value", first.label, lambda one: one[0]),
        *(
            Of(str(value), str(value), _cell(place), unit)
            for place, value in enumerate(second.values)
        ),
    )
    names = tuple(map(str, first.values))
    caption = f"{begun(figure)} by {first.label} (down) and {second.label} (across)."
    lonely = "The mean of each and its neighbours: a lonely peak is luck."
    blocks = (
        table("figures", caption, columns, zip(names, one.figures, strict=True)),
        table("around", lonely, columns, zip(names, one.around, strict=True)),
    )
    return Section(name="surface", title="Surface", blocks=blocks)


def _cell(place: int) -> Callable[[_Across], Cell]:
    return lambda one: one[1][place]


def _windows(report: WalkForwardReport) -> Section:
    by, unit = SELECTED[report.by]
    rows: tuple[FigureRow, ...] = (
        ("in_sample", f"Mean {by} where it was chosen", report.inside, unit),
        ("out_of_sample", f"{begun(by)} of all tests in one", report.outside, unit),
        ("won", "Tests that earned money", report.won, Unit.FRACTION),
    )
    columns: tuple[Of[Stretch], ...] = (
        Of("trained_from", "Trained from", lambda one: one.train[0], Unit.DAY),
        Of("trained_to", "to", lambda one: one.train[1], Unit.DAY),
        Of("tested_from", "Tested from", lambda one: one.test[0], Unit.DAY),
        Of("tested_to", "to", lambda one: one.test[1], Unit.DAY),
        Of("chosen", "Chosen", lambda one: one.chosen),
        Of("inside", f"{begun(by)} before", lambda one: one.inside, unit),
        Of("outside", f"{begun(by)} then", lambda one: one.outside, unit),
        Of("earned", "Earned", lambda one: one.earned, Unit.FRACTION),
    )
    caption = "What was chosen in each window, and what came of it in its test."
    blocks = (
        figures("figures", "In and out of sample.", rows),
        table("windows", caption, columns, report.stretches),
    )
    return Section(name="windows", title="Windows", blocks=blocks)


def _failed(failures: Sequence[tuple[str, str]]) -> tuple[Section, ...]:
    if not failures:
        return ()
    failed = table("failed", "Variants that could not be run.", _FAILED, failures)
    return (Section(name="failed", title="What could not be run", blocks=(failed,)),)
