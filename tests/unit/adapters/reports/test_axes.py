"""Marks of an axis are told apart, and what has no value is no empty chart."""

import math
from datetime import date, timedelta

import pytest

from alchemiser.adapters.reports.axes import Axes, axes_of, is_drawn
from alchemiser.ports.report_document import Chart, Line, Mark, Unit

FIRST = date(2024, 7, 1)


def charted(values: tuple[float, ...], unit: Unit = Unit.MONEY, mark: Mark = Mark.LINES) -> Chart:
    days = tuple(FIRST + timedelta(days=number) for number in range(len(values)))
    lines = (Line(title="one", values=values),)
    return Chart(name="a", caption="b.", unit=unit, days=days, lines=lines, mark=mark)


def axes(values: tuple[float, ...], unit: Unit = Unit.MONEY, mark: Mark = Mark.LINES) -> Axes:
    return axes_of(charted(values, unit, mark))


def test_one_session_has_its_day_and_a_day_on_either_side() -> None:
    """BT-10: not thousandths of its first second."""
    found = axes((99_973.44,))

    assert found.marks == (FIRST,)
    assert found.days == (date(2024, 6, 30), date(2024, 7, 2))
    assert found.values == pytest.approx((98_973.7056, 100_973.1744))
    assert found.digits == 0


def test_days_of_a_week_are_marked() -> None:
    few, many = axes(tuple(range(7))), axes(tuple(range(8)))

    assert few.marks == charted(tuple(range(7))).days
    assert few.days is None
    assert many.marks == ()


@pytest.mark.parametrize(
    ("low", "high", "unit", "digits"),
    [
        (99_973.0, 99_974.0, Unit.MONEY, 1),
        (0.0, 100_000.0, Unit.MONEY, 0),
        (0.0, 0.0003, Unit.FRACTION, 3),
        (-0.6, 0.2, Unit.FRACTION, 1),
        (1.0, 1.001, Unit.RATIO, 4),
        (-2.0, 4.0, Unit.RATIO, 2),
        (0.0, 1e-30, Unit.RATIO, 8),
    ],
)
def test_marks_next_to_each_other_read_differently(
    low: float, high: float, unit: Unit, digits: int
) -> None:
    found = axes((low, math.nan, high), unit)

    assert found.digits == digits
    assert found.values is None


def test_what_is_measured_from_zero_shows_it() -> None:
    flat, deep = (axes((-0.0002,) * 2, Unit.FRACTION, mark) for mark in (Mark.LINES, Mark.AREA))

    assert flat.values == pytest.approx((-0.0102, 0.0098))
    assert deep.values is None
    assert deep.digits == 3


@pytest.mark.parametrize(("unit", "margin"), [(Unit.FRACTION, 0.01), (Unit.RATIO, 1.0)])
def test_nothing_is_a_line_across(unit: Unit, margin: float) -> None:
    """Left to itself the chart went from -100 % to 100 %."""
    assert axes((0.0, 0.0, 0.0), unit, Mark.AREA).values == (-margin, margin)


def test_what_has_no_value_is_not_drawn() -> None:
    assert is_drawn(charted((math.nan, 1.0)))
    assert not is_drawn(charted((math.nan, math.inf)))
    assert not is_drawn(charted(()))
