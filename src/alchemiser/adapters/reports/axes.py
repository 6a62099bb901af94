"""How the axes of a chart are divided, so that no two of their marks read alike."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from alchemiser.ports.report_document import Chart, Mark, Unit

MARKS: Final = 7
"""Marks of an axis of values, at most."""
_WEEK: Final = timedelta(days=6)
"""A chart that is no longer than this would mark hours."""
_DIGITS: Final = {Unit.FRACTION: 1, Unit.RATIO: 2, Unit.SHARES: 4}
_DIGITS_MAX: Final = 8
_PERCENT: Final = 100
_FLAT: Final = 1e-9
"""A chart whose values differ by less, relatively, is a line across."""
_MARGIN: Final = 0.01
_FROM_ZERO: Final = frozenset({Mark.AREA, Mark.BARS, Mark.STACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Say how a chart is divided.

    Attributes:
        digits: Decimals of the marks of values, in percent where they are fractions.
        values: The lowest and highest value that is shown; None leaves it to the chart.
        marks: The days that are marked; none leaves it to the chart.
        days: The first and last day that is shown, None likewise.
    """

    digits: int
    values: tuple[float, float] | None
    marks: tuple[date, ...]
    days: tuple[date, date] | None


def is_drawn(chart: Chart) -> bool:
    """Say whether there is any value to draw."""
    return any(math.isfinite(value) for line in chart.lines for value in line.values)


def axes_of(chart: Chart) -> Axes:
    """Return the axes of a chart that `is_drawn`.

    Left to itself, a chart of few days marks hours and less, and one of a single value parts it
    into what cannot be told apart.
    """
    low, high = _extent(chart)
    values = None
    if high - low <= _FLAT * max(abs(low), abs(high)):
        margin = max(_MARGIN * max(abs(low), abs(high)), _least(chart.unit))
        low, high = values = low - margin, high + margin
    one_day = timedelta(days=1)
    first, last = chart.days[0], chart.days[-1]
    return Axes(
        digits=_digits(high - low, chart.unit),
        values=values,
        marks=chart.days if last - first <= _WEEK else (),
        days=(first - one_day, last + one_day) if first == last else None,
    )


def _extent(chart: Chart) -> tuple[float, float]:
    known = [value for line in chart.lines for value in line.values if math.isfinite(value)]
    if chart.mark in _FROM_ZERO:
        known.append(0.0)
    return min(known), max(known)


def _least(unit: Unit) -> float:
    return _MARGIN if unit is Unit.FRACTION else 1.0


def _digits(size: float, unit: Unit) -> int:
    """Return the decimals that tell `MARKS` marks over `size` apart."""
    shown = size * _PERCENT if unit is Unit.FRACTION else size
    needed = math.ceil(-math.log10(shown / MARKS))
    return min(max(needed, _DIGITS.get(unit, 0)), _DIGITS_MAX)
