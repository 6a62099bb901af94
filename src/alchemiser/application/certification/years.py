"""Years with the same calendar: what happens by the calendar happens in both, history in one."""

from calendar import isleap
from datetime import date, timedelta
from functools import cache
from typing import Final

UNKNOWN: Final = 2_040
"""The first year of which nobody can have bars."""
END: Final = 2_262
"""The first year that pandas cannot count in nanoseconds."""
ELECTION: Final = 4
"""Years from one election of a president to the next."""


@cache
def twin(year: int) -> int:
    """Return the first unknown year with the calendar of `year`; before 2262 of any since 1996.

    Its weekdays, its length, its Easter and its place between two elections are the same.
    """
    other = UNKNOWN
    while _calendar(other) != _calendar(year) or other == year:
        other += 1
    return other


@cache
def cousins(year: int) -> tuple[int, ...]:
    """Return every unknown year with the calendar of `year`, but for the movable feasts."""
    weekdays = _calendar(year)[:-1]
    return tuple(other for other in range(UNKNOWN, END) if _calendar(other)[:-1] == weekdays)


def easter(year: int) -> date:
    """Return Easter Sunday, from which the movable holidays are counted.

    Source: the anonymous Gregorian computus, Nature 13 (1876), 487.
    """
    golden = year % 19
    century, within = divmod(year, 100)
    corrections = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + corrections + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (within // 4) - moon - within % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    return date(year, 3, 22) + timedelta(days=moon + weekday - 7 * late)


def _calendar(year: int) -> tuple[int, bool, int, date]:
    """Return what recurs: weekdays, length, the place between elections, and movable feasts."""
    first = date(year, 1, 1).weekday()
    return first, isleap(year), year % ELECTION, easter(year).replace(year=2_000)
