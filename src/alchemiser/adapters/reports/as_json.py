"""A report for programs: every value of it, exact to its last digit."""

import json
import math
from datetime import date
from decimal import Decimal

from alchemiser.ports.report_document import Chart, Figures, ReportDocument, Section, Table, Text

FORMAT = 1
"""Raised when a program that reads reports has to change."""

Value = dict[str, object]


def as_json(document: ReportDocument) -> str:
    """Return `document` as one JSON object; what is not known is null."""
    value = {
        "format": FORMAT,
        "title": document.title,
        "subtitle": document.subtitle,
        "units": document.money,
        "sections": {section.name: _section(section) for section in document.sections},
    }
    return f"{json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(',', ':'))}\n"


def _section(section: Section) -> Value:
    texts: list[str] = []
    figures: Value = {}
    tables: Value = {}
    charts: Value = {}
    for block in section.blocks:
        match block:
            case Text():
                texts.append(block.text)
            case Figures():
                figures |= _figures(block)
            case Table():
                names = [column.name for column in block.columns]
                tables[block.name] = [
                    dict(zip(names, map(_plain, row), strict=True)) for row in block.rows
                ]
            case Chart():
                charts[block.name] = _chart(block)
    parts = {"text": texts, "figures": figures, "tables": tables, "charts": charts}
    return {"title": section.title, **{name: part for name, part in parts.items() if part}}


def _figures(block: Figures) -> Value:
    found: Value = {}
    for figure in block.figures:
        found[figure.name] = _plain(figure.value)
        if figure.low is not None:
            found[f"{figure.name}_interval"] = [_plain(figure.low), _plain(figure.high)]
    return found


def _chart(block: Chart) -> Value:
    lines = {line.title: [_plain(value) for value in line.values] for line in block.lines}
    return {"days": [day.isoformat() for day in block.days], "lines": lines}


def _plain(value: object) -> object:
    match value:
        case date():
            return value.isoformat()
        case float() if not math.isfinite(value):
            return None
        case Decimal():
            return float(value)
        case _:
            return value
