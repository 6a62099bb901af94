"""What people are shown of figures, tables and charts: texts in cells, the same in every form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from alchemiser.application.reports.words import is_known, told
from alchemiser.ports.report_document import Cell, Chart, Column, Figure, Figures, Table, Unit

SHADES: Final = 4
"""Steps of a background, of either sign."""
DEEPEST: Final = 0.10
"""The fraction from which on the deepest step is used."""
LINE_MAX: Final = 32
"""Letters that fit beside other columns on a phone."""
LEFT: Final = frozenset({Unit.TEXT, Unit.DAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """A text, and how its background tells its sign and size: -4 to 4, 0 for none."""

    text: str
    shade: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table as people see it.

    Attributes:
        caption: What it is.
        titles: Of its columns.
        right: Whether each column is aligned to the right.
        whole: Whether the texts of each column are never broken into lines.
        rows: What is shown.
        note: What is said below, or "".
    """

    caption: str
    titles: tuple[str, ...]
    right: tuple[bool, ...]
    whole: tuple[bool, ...]
    rows: tuple[tuple[ShownCell, ...], ...]
    note: str = ""

    @property
    def long(self) -> tuple[bool, ...]:
        """Return whether a text of each column is too long for one line of a narrow page."""
        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.titles)
        return tuple(any(len(cell.text) > LINE_MAX for cell in column) for column in columns)


def shown_table(table: Table) -> Shown:
    """Return the rows that people are shown, and below them what is left out."""
    rows = table.rows if table.shown is None else table.rows[: table.shown]
    left = len(table.rows) - len(rows)
    note = "" if table.rows else table.empty
    if left:
        more = f"{left:,} more" if rows else f"All {left:,}"
        note = f"{more} stand in the report that ends with .json."
    return Shown(
        caption=table.caption,
        titles=tuple(column.title for column in table.columns),
        right=tuple(column.unit not in LEFT for column in table.columns),
        whole=tuple(column.unit is not Unit.TEXT for column in table.columns),
        rows=tuple(_cells(table, row) for row in rows),
        note=note,
    )


def _cells(table: Table, row: tuple[Cell, ...]) -> tuple[ShownCell, ...]:
    return tuple(
        ShownCell(
            text=told(value, column.unit), shade=_shade(value) if _shaded(table, column) else 0
        )
        for column, value in zip(table.columns, row, strict=True)
    )


def _shaded(table: Table, column: Column) -> bool:
    return table.shaded and column.unit is Unit.FRACTION


def _shade(value: Cell) -> int:
    if not isinstance(value, float) or value != value or not value:  # noqa: PLR0124 - NaN
        return 0
    size = min(int(abs(value) / DEEPEST * SHADES) + 1, SHADES)
    return size if value > 0 else -size


def shown_figures(block: Figures) -> Shown:
    """Return figures as a table, with a column for intervals where there is one."""
    has_intervals = any(map(_has_interval, block.figures))
    titles = ("Figure", "Value", "Between")
    width = 3 if has_intervals else 2
    return Shown(
        caption=block.caption,
        titles=titles[:width],
        right=(False, True, True)[:width],
        whole=(False, True, False)[:width],
        rows=tuple(
            tuple(ShownCell(text=text) for text in _figure(figure)[:width])
            for figure in block.figures
        ),
    )


def _has_interval(figure: Figure) -> bool:
    return is_known(figure.low) and is_known(figure.high)


def _figure(figure: Figure) -> tuple[str, str, str]:
    low, high = told(figure.low, figure.unit), told(figure.high, figure.unit)
    between = f"{low} to {high}" if _has_interval(figure) else ""
    return figure.title, told(figure.value, figure.unit), between


def shown_chart(chart: Chart) -> Shown:
    """Return the values of a chart on the last of its days in each year."""
    lines = [line for line in chart.lines if line.values]
    return Shown(
        caption=chart.caption,
        titles=("Day", *(line.title for line in lines)),
        right=(False, *(True for _ in lines)),
        whole=(True, *(True for _ in lines)),
        rows=tuple(
            (
                ShownCell(text=chart.days[row].isoformat()),
                *(ShownCell(text=told(line.values[row], chart.unit)) for line in lines),
            )
            for row in _year_ends(chart.days)
        ),
    )


def _year_ends(days: tuple[date, ...]) -> Iterator[int]:
    for row, day in enumerate(days):
        if row + 1 == len(days) or days[row + 1].year != day.year:
            yield row
