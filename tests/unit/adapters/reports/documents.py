"""A small report whose every word was chosen by somebody hostile."""

from datetime import date
from decimal import Decimal
from math import nan

from alchemiser.ports.report_document import (
    Chart,
    Column,
    Figure,
    Figures,
    Line,
    ReportDocument,
    Section,
    Table,
    Text,
    Unit,
)

HOSTILE = "</script><img src=x onerror=alert(1)> `|*_ \"'&amp;"
DAYS = (date(2023, 12, 28), date(2023, 12, 29), date(2024, 1, 2))


def a_document() -> ReportDocument:
    return ReportDocument(
        title=HOSTILE,
        subtitle=HOSTILE,
        money="dollars",
        sections=(
            Section(name="first", title=HOSTILE, blocks=(Text(text=HOSTILE), figures(), table())),
            Section(name="second", title="Second", blocks=(chart(), empty())),
        ),
    )


def figures() -> Figures:
    return Figures(
        name="figures",
        caption=HOSTILE,
        figures=(
            Figure(
                name="cagr", title=HOSTILE, value=0.0725, unit=Unit.FRACTION, low=-0.03, high=0.21
            ),
            Figure(name="beta", title="Beta", value=nan, unit=Unit.RATIO, low=nan, high=nan),
        ),
    )


def table() -> Table:
    return Table(
        name="trades",
        caption=HOSTILE,
        columns=(
            Column(name="symbol", title=HOSTILE),
            Column(name="closed", title="Sold", unit=Unit.DAY),
            Column(name="gain", title="Gain", unit=Unit.MONEY),
            Column(name="part", title="Of its cost", unit=Unit.FRACTION),
        ),
        rows=(
            (HOSTILE, DAYS[0], Decimal("1234.25"), 0.0725),
            ("SPY", DAYS[1], -7.25, -0.3),
            ("QQQ", None, nan, nan),
        ),
        shown=2,
        shaded=True,
    )


def empty() -> Table:
    return Table(
        name="none",
        caption="No rows.",
        columns=(Column(name="a", title="A"),),
        rows=(),
        empty="-!-",
    )


def chart() -> Chart:
    return Chart(
        name="equity",
        caption="How it went.",
        unit=Unit.MONEY,
        days=DAYS,
        lines=(
            Line(title=HOSTILE, values=(100.0, 102.5, 103.75)),
            Line(title="gaps", values=(nan, nan, 7.5)),
        ),
        log=True,
    )
