"""A report as Markdown: sentences, figures, tables, and a few days of each chart."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from alchemiser.adapters.reports.tables import Shown, shown_chart, shown_figures, shown_table
from alchemiser.ports.report_document import Block, Chart, Figures, ReportDocument, Table, Text

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def as_markdown(document: ReportDocument) -> str:
    """Return `document` as Markdown; nothing in it can become markup, whoever chose the words."""
    parts = [f"# {_escaped(document.title)}", _escaped(document.subtitle)]
    for section in document.sections:
        parts.append(f"## {_escaped(section.title)}")
        for block in section.blocks:
            parts += _block(block)
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Text():
            yield _escaped(block.text)
        case Figures():
            yield from _table(shown_figures(block))
        case Table():
            yield from _table(shown_table(block))
        case Chart():
            yield from _table(shown_chart(block))


def _table(table: Shown) -> Iterator[str]:
    yield f"**{_escaped(table.caption)}**"
    if table.rows:
        rule = ("---:" if right else "---" for right in table.right)
        rows = (tuple(cell.text for cell in row) for row in table.rows)
        lines = (tuple(table.titles), *rows)
        head, *body = (_row([_escaped(cell) for cell in line]) for line in lines)
        yield "\n".join([head, _row(list(rule)), *body])
    if table.note:
        yield _escaped(table.note)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
