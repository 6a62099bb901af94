"""The one way to write tables and figures: each column with what stands in it of a row."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from alchemiser.domain.values.numbers import round_significant
from alchemiser.ports.report_document import Cell, Column, Figure, Figures, Table, Unit

R = TypeVar("R")
FigureRow = tuple[str, str, Cell, Unit]
"""Key, name, value and unit."""


@dataclass(frozen=True, slots=True)
class Of(Generic[R]):
    """A column of a table about things of one kind, and what stands in it of each of them."""

    name: str
    title: str
    value: Callable[[R], Cell]
    unit: Unit = Unit.TEXT


def table(  # noqa: PLR0913 - a table is all of this
    name: str,
    caption: str,
    columns: Sequence[Of[R]],
    rows: Iterable[R],
    *,
    shown: int | None = None,
    shaded: bool = False,
    empty: str = "There is none.",
) -> Table:
    """Return `rows` as a table, floats to twelve significant digits; the rest is as in `Table`."""
    things = tuple(rows)
    cells = [_rounded([column.value(one) for one in things]) for column in columns]
    return Table(
        name=name,
        caption=caption,
        columns=tuple(Column(name=o.name, title=o.title, unit=o.unit) for o in columns),
        rows=tuple(zip(*cells, strict=True)),
        shown=shown,
        shaded=shaded,
        empty=empty,
    )


def _rounded(cells: list[Cell]) -> list[Cell]:
    """Round the floats among `cells`, all at once."""
    places = [place for place, cell in enumerate(cells) if isinstance(cell, float)]
    floats = np.array([cells[place] for place in places], dtype=np.float64)
    for place, value in zip(places, round_significant(floats).tolist(), strict=True):
        cells[place] = value
    return cells


def figures(name: str, caption: str, rows: Iterable[FigureRow]) -> Figures:
    """Return a list of figures under one caption."""
    return Figures(
        name=name,
        caption=caption,
        figures=tuple(Figure(name=a, title=b, value=c, unit=d) for a, b, c, d in rows),
    )
