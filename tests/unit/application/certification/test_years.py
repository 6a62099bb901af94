"""Twin years share everything that recurs by the calendar, and nobody has bars of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final

import pytest

from alchemiser.application.certification.years import END, UNKNOWN, cousins, easter, twin

PAST: Final = range(1996, 2031)
EASTER: Final = tuple(
    map(
        date.fromisoformat,
        (
            "1996-04-07",
            "1997-03-30",
            "1998-04-12",
            "1999-04-04",
            "2000-04-23",
            "2001-04-15",
            "2002-03-31",
            "2003-04-20",
            "2004-04-11",
            "2005-03-27",
            "2006-04-16",
            "2007-04-08",
            "2008-03-23",
            "2009-04-12",
            "2010-04-04",
            "2011-04-24",
            "2012-04-08",
            "2013-03-31",
            "2014-04-20",
            "2015-04-05",
            "2016-03-27",
            "2017-04-16",
            "2018-04-01",
            "2019-04-21",
            "2020-04-12",
            "2021-04-04",
            "2022-04-17",
            "2023-04-09",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2029-04-01",
            "2030-04-21",
        ),
    )
)
"""Easter Sundays of the western churches, 1996 to 2030; python-dateutil says the same."""


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


@cache
def weekdays_of(year: int) -> list[tuple[int, int, int]]:
    """Return month, day and weekday of every date."""
    return [(day.month, day.day, day.weekday()) for day in days_of(year)]


@pytest.mark.parametrize("sunday", EASTER, ids=str)
def test_easter_is_where_the_almanac_has_it_every_year(sunday: date) -> None:
    """ST-04."""
    assert easter(sunday.year) == sunday


@pytest.mark.parametrize(
    "sunday",
    [
        date(1700, 4, 11),
        date(1734, 4, 25),
        date(1818, 3, 22),
        date(1943, 4, 25),
        date(1954, 4, 18),
        date(2049, 4, 18),
        date(2285, 3, 22),
    ],
    ids=str,
)
def test_easter_keeps_to_its_rare_rules(sunday: date) -> None:
    """The earliest and the latest there are, and the exceptions of the lunar tables."""
    assert easter(sunday.year) == sunday


@pytest.mark.parametrize("year", PAST)
def test_every_date_falls_on_the_same_weekday_in_the_twin(year: int) -> None:
    """ST-04: what trades by weekdays, month ends or leap days sees no difference."""
    assert weekdays_of(twin(year)) == weekdays_of(year)


@pytest.mark.parametrize("year", PAST)
def test_movable_feasts_and_elections_recur_in_the_twin(year: int) -> None:
    """ST-04: Good Friday closes the exchange, and some trade by the presidential cycle."""
    assert easter(twin(year)).replace(year=year) == easter(year)
    assert twin(year) % 4 == year % 4


@pytest.mark.parametrize("year", PAST)
def test_twin_is_the_first_year_that_nobody_can_know(year: int) -> None:
    """ST-04."""
    assert UNKNOWN == 2040
    assert UNKNOWN <= twin(year) < END
    earlier = [
        other
        for other in cousins(year)
        if other < twin(year) and easter(other).replace(year=year) == easter(year)
    ]
    assert earlier == []


def test_no_year_is_its_own_twin() -> None:
    """ST-04: even of a year that nobody knows."""
    for year in range(2040, 2060):
        assert twin(year) != year
        assert weekdays_of(twin(year)) == weekdays_of(year)


@pytest.mark.parametrize("year", PAST)
def test_cousins_are_all_unknown_years_with_the_same_weekdays_and_elections(year: int) -> None:
    """ST-04: several of them tell lots drawn by the date from knowledge of the past."""
    alike = [
        other
        for other in range(2040, 2262)
        if other % 4 == year % 4 and weekdays_of(other) == weekdays_of(year)
    ]

    assert list(cousins(year)) == alike
    assert twin(year) in alike
    assert len(alike) >= 7
    assert {easter(other).replace(year=2000) for other in alike} > {easter(year).replace(year=2000)}


def test_years_are_those_that_pandas_can_count() -> None:
    """ST-04: a date must not be refused for what a library cannot count."""
    assert date(END - 1, 12, 31) < date(1970, 1, 1) + timedelta(days=2**63 // 86_400_000_000_000)
    assert date(END, 12, 31) > date(1970, 1, 1) + timedelta(days=2**63 // 86_400_000_000_000)
