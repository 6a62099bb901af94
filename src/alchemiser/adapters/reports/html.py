"""A report as one HTML file that opens from disk; import this only where one is wanted."""

import json
import math
from html import escape
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined
from plotly.offline import get_plotlyjs

from alchemiser.adapters.reports.axes import axes_of, is_drawn
from alchemiser.adapters.reports.tables import shown_chart, shown_figures, shown_table
from alchemiser.ports.report_document import Block, Chart, Figures, ReportDocument, Table

_UNSAFE: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def as_html(document: ReportDocument) -> str:
    """Return `document` as a page that fetches nothing; all its words are escaped."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_part("page.html.j2"))
    charts = [
        _traces(f"{section.name}-{block.name}", block)
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Chart) and is_drawn(block)
    ]
    return template.render(
        document=document,
        kind=_kind,
        is_drawn=is_drawn,
        shown_table=shown_table,
        shown_figures=shown_figures,
        shown_chart=shown_chart,
        style=_part("page.css"),
        script=_part("charts.js"),
        plotly=get_plotlyjs() if charts else "",
        charts=_script_json(charts),
    )


def _kind(block: Block) -> str:
    match block:
        case Chart():
            return "chart"
        case Table():
            return "table"
        case Figures():
            return "figures"
        case _:
            return "text"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _traces(identifier: str, chart: Chart) -> dict[str, object]:
    axes = axes_of(chart)
    return {
        "id": identifier,
        "unit": chart.unit.value,
        "mark": chart.mark.value,
        "log": chart.log,
        "digits": axes.digits,
        "range": axes.values,
        "marked": [day.isoformat() for day in axes.marks],
        "span": [day.isoformat() for day in axes.days or ()],
        "days": [day.isoformat() for day in chart.days],
        # Plotly reads a few tags in names: an escaped one is read as it was written.
        "lines": [
            {
                "name": escape(line.title),
                "values": [float(f"{v:.7g}") if math.isfinite(v) else None for v in line.values],
            }
            for line in chart.lines
        ],
    }


def _script_json(value: object) -> str:
    """Return `value` as JSON that cannot end the script element it stands in."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).translate(_UNSAFE)
