"""Columns of a report's tables carry what stands in them."""

import math
from decimal import Decimal
from typing import Final

from alchemiser.application.reports.shapes import Of, figures, table
from alchemiser.ports.report_document import Unit

Thing = tuple[str, float | None]
COLUMNS: Final[tuple[Of[Thing], ...]] = (
    Of("name", "Name", lambda one: one[0]),
    Of("part", "Part", lambda one: one[1], Unit.FRACTION),
    Of("exact", "Exact", lambda _: Decimal("0.1234567890123456"), Unit.MONEY),
)


def test_floats_have_twelve_digits_and_all_else_is_as_it_was() -> None:
    made = table("things", "Things.", COLUMNS, [("a", 1 / 3), ("b", None), ("c", math.inf)])

    exact = Decimal("0.1234567890123456")
    assert made.rows == (("a", 0.333333333333, exact), ("b", None, exact), ("c", math.inf, exact))
    assert [(one.name, one.title, one.unit) for one in made.columns] == [
        ("name", "Name", Unit.TEXT),
        ("part", "Part", Unit.FRACTION),
        ("exact", "Exact", Unit.MONEY),
    ]


def test_without_a_thing_there_are_columns_and_no_row() -> None:
    made = table("things", "Things.", COLUMNS, (), shown=3, empty="Nothing.")

    assert (made.rows, len(made.columns), made.shown, made.empty) == ((), 3, 3, "Nothing.")


def test_figures_stand_under_one_caption() -> None:
    made = figures("figures", "All.", [("n", "Number", 3, Unit.COUNT)])

    (one,) = made.figures
    assert (made.caption, one.name, one.title, one.value, one.unit, one.low) == (
        "All.",
        "n",
        "Number",
        3,
        Unit.COUNT,
        None,
    )
