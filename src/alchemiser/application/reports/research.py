"""Reports of many variants: what was tried, how far to believe it, and the chosen in full."""

from collections.abc import Sequence

from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.reports import circumstances
from alchemiser.application.reports.backtest import backtest_sections
from alchemiser.application.reports.circumstances import Origin
from alchemiser.application.research.evidence import Evidence
from alchemiser.application.research.sweep import Surface, SweepReport
from alchemiser.application.research.walk_forward import WalkForwardReport
from alchemiser.ports.report_document import (
    Column,
    Figure,
    Figures,
    ReportDocument,
    Section,
    Table,
    Text,
    Unit,
)

SHOWN = 30
"""Variants that people are shown."""


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
    figures = (
        ("trials", "Variants tried", one.trials, Unit.COUNT),
        ("independent", "Worth so many independent ones", one.independent, Unit.RATIO),
        ("deflated_sharpe", "Chance that the best is more than luck", one.deflated_sharpe, None),
        ("overfitting", "The best of one half below the middle later", one.overfitting, None),
        ("loss", "The best of one half losing money later", one.loss, None),
    )
    caption = "What choosing the best of many is worth."
    return Section(
        name="belief",
        title="How far to believe it",
        blocks=(
            Text(text=one.verdict),
            Figures(
                name="figures",
                caption=caption,
                figures=tuple(
                    Figure(name=name, title=title, value=value, unit=unit or Unit.FRACTION)
                    for name, title, value, unit in figures
                ),
            ),
        ),
    )


def _chosen(report: SweepReport) -> Text:
    return Text(text=f"The best by {report.by}: {report.chosen}. All that follows is its course.")


def _trials(report: SweepReport) -> Table:
    order = sorted(report.trials, key=lambda one: (one.figure != one.figure, -one.figure))
    return Table(
        name="trials",
        caption=f"Every variant, the best by {report.by} first; by the fast engine.",
        columns=(
            Column(name="variant", title="Variant"),
            Column(name="figure", title=report.by, unit=Unit.RATIO),
            Column(name="cagr", title="Growth a year", unit=Unit.FRACTION),
            Column(name="sharpe", title="Sharpe ratio", unit=Unit.RATIO),
            Column(name="max_drawdown", title="Largest fall", unit=Unit.FRACTION),
            Column(name="turnover", title="Turnover a year", unit=Unit.RATIO),
            Column(name="hit_rate", title="Trades that gained", unit=Unit.FRACTION),
            Column(name="final_equity", title="Final equity", unit=Unit.MONEY),
        ),
        rows=tuple(
            (
                one.label,
                one.figure,
                one.cagr,
                one.sharpe,
                one.max_drawdown,
                one.turnover,
                one.hit_rate,
                one.final_equity,
            )
            for one in order
        ),
        shown=SHOWN,
    )


def _surface(one: Surface, by: str) -> Section:
    first, second = one.axes
    columns = (
        Column(name="value", title=first.label),
        *(Column(name=str(v), title=str(v), unit=Unit.RATIO) for v in second.values),
    )
    tables = (
        ("figures", f"{by} by {first.label} (down) and {second.label} (across).", one.figures),
        ("around", "The mean of each and its neighbours: a lonely peak is luck.", one.around),
    )
    return Section(
        name="surface",
        title="Surface",
        blocks=tuple(
            Table(
                name=name,
                caption=caption,
                columns=columns,
                rows=tuple(
                    (str(value), *row) for value, row in zip(first.values, rows, strict=True)
                ),
            )
            for name, caption, rows in tables
        ),
    )


def _windows(report: WalkForwardReport) -> Section:
    by = report.by
    figures = (
        ("in_sample", f"Mean {by} where it was chosen", report.inside, Unit.RATIO),
        ("out_of_sample", f"{by} of all tests in one", report.outside, Unit.RATIO),
        ("won", "Tests that earned money", report.won, Unit.FRACTION),
    )
    table = Table(
        name="windows",
        caption="What was chosen in each window, and what came of it in its test.",
        columns=(
            Column(name="trained_from", title="Trained from", unit=Unit.DAY),
            Column(name="trained_to", title="to", unit=Unit.DAY),
            Column(name="tested_from", title="Tested from", unit=Unit.DAY),
            Column(name="tested_to", title="to", unit=Unit.DAY),
            Column(name="chosen", title="Chosen"),
            Column(name="inside", title=f"{by} before", unit=Unit.RATIO),
            Column(name="outside", title=f"{by} then", unit=Unit.RATIO),
            Column(name="earned", title="Earned", unit=Unit.FRACTION),
        ),
        rows=tuple(
            (*one.train, *one.test, one.chosen, one.inside, one.outside, one.earned)
            for one in report.stretches
        ),
    )
    return Section(
        name="windows",
        title="Windows",
        blocks=(
            Figures(
                name="figures",
                caption="In and out of sample.",
                figures=tuple(
                    Figure(name=name, title=title, value=value, unit=unit)
                    for name, title, value, unit in figures
                ),
            ),
            table,
        ),
    )


def _failed(failures: Sequence[tuple[str, str]]) -> tuple[Section, ...]:
    if not failures:
        return ()
    table = Table(
        name="failed",
        caption="Variants that could not be run.",
        columns=(Column(name="variant", title="Variant"), Column(name="reason", title="Reason")),
        rows=tuple(failures),
    )
    return (Section(name="failed", title="What could not be run", blocks=(table,)),)
