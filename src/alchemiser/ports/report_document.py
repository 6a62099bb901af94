"""A report as values: sections of figures, tables and charts, whatever it will look like."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Cell = str | int | float | Decimal | date | None
"""One value of a report; None and NaN are not known."""


class Unit(StrEnum):
    """Say in what a value is counted, and so how it is written."""

    COUNT = "count"
    """A whole number."""
    DAY = "day"
    FRACTION = "fraction"
    """A part of one, written as a percentage."""
    MONEY = "money"
    """Dollars, or total-return units."""
    RATIO = "ratio"
    """A number without a unit."""
    SHARES = "shares"
    TEXT = "text"


class Mark(StrEnum):
    """Say how a chart shows its lines."""

    AREA = "area"
    BARS = "bars"
    LINES = "lines"
    STACK = "stack"
    """Areas on top of one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Say something in sentences."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One value with its name.

    Attributes:
        name: Its key for programs.
        title: Its name for people.
        value: The value.
        unit: In what it is counted.
        low: The lower end of its interval at 95 %, or None.
        high: The upper end, or None.
    """

    name: str
    title: str
    value: Cell
    unit: Unit
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A list of figures under one caption."""

    name: str
    caption: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its key for programs, its name for people, and its unit."""

    name: str
    title: str
    unit: Unit = Unit.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of values.

    Attributes:
        name: Its key for programs.
        caption: What the rows are, in one sentence.
        columns: One an entry of each row.
        rows: The values; a program is given all of them.
        shown: How many of the first rows people are shown; None shows all.
        shaded: Whether the background of fractions tells their sign and size.
        empty: What is said when there is no row.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shown: int | None = None
    shaded: bool = False
    empty: str = "There is none."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A named series of a chart, one value a day; NaN where there is none."""

    title: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Series over days.

    Attributes:
        name: Its key for programs.
        caption: What it shows, in one sentence that stands for it where it cannot be seen.
        unit: Of the values.
        days: T days, ascending.
        lines: Each of T values.
        mark: How it is drawn.
        log: Whether a logarithmic axis makes sense: every value is above zero.
    """

    name: str
    caption: str
    unit: Unit
    days: tuple[date, ...]
    lines: tuple[Line, ...]
    mark: Mark = Mark.LINES
    log: bool = False


Block = Text | Figures | Table | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report with a heading; its name is unique in the report."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """A whole report.

    Attributes:
        title: Its heading.
        subtitle: What it is about, in one sentence.
        money: What `Unit.MONEY` counts: `dollars` or `total-return units`.
        sections: Its parts, in the order of reading.
    """

    title: str
    subtitle: str
    money: str
    sections: Sequence[Section] = field(default_factory=tuple)
