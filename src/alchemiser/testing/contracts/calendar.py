"""What every calendar of the New York Stock Exchange must answer, as numbered cases.

Subclass `CalendarContract` in a test module and give a fixture `calendar`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.errors import InputError

_SESSIONS_2024 = 252


def _utc(*parts: int) -> datetime:
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


class CalendarContract:
    """State the cases; a subclass named `Test…` with a fixture `calendar` runs them."""

    def test_ca_01_usual_hours_are_utc_in_summer_and_winter(self, calendar: CalendarPort) -> None:
        """DA-09: half past nine to four in New York, before and after daylight saving."""
        winter, summer = calendar.session(date(2024, 3, 8)), calendar.session(date(2024, 3, 11))

        assert winter is not None
        assert summer is not None
        assert (winter.open_at, winter.close_at) == (
            _utc(2024, 3, 8, 14, 30),
            _utc(2024, 3, 8, 21, 0),
        )
        assert (summer.open_at, summer.close_at) == (
            _utc(2024, 3, 11, 13, 30),
            _utc(2024, 3, 11, 20, 0),
        )

    def test_ca_02_early_closes_are_known(self, calendar: CalendarPort) -> None:
        """DA-09: one in the afternoon before Independence Day, after Thanksgiving, at Christmas."""
        closes = {
            date(2024, 7, 3): _utc(2024, 7, 3, 17, 0),
            date(2024, 11, 29): _utc(2024, 11, 29, 18, 0),
            date(2024, 12, 24): _utc(2024, 12, 24, 18, 0),
        }

        found = {day: calendar.session(day) for day in closes}

        assert {day: one and one.close_at for day, one in found.items()} == closes

    def test_ca_03_days_without_a_session_are_none(self, calendar: CalendarPort) -> None:
        """DA-09: weekends, holidays, and a day of mourning that no rule foretells."""
        closed = (
            date(2024, 8, 3),
            date(2024, 8, 4),
            date(2024, 7, 4),
            date(2024, 3, 29),
            date(2025, 1, 9),
        )

        assert [calendar.session(day) for day in closed] == [None] * len(closed)

    def test_ca_04_ranges_are_inclusive_and_ascending(self, calendar: CalendarPort) -> None:
        """DA-09: they hold the same sessions that single days answer."""
        found = calendar.sessions(date(2024, 6, 28), date(2024, 7, 5))

        days = [28, 1, 2, 3, 5]
        assert [one.day.day for one in found] == days
        assert found == tuple(calendar.session(one.day) for one in found)

    def test_ca_05_an_inverted_or_empty_range_has_no_sessions(self, calendar: CalendarPort) -> None:
        """DA-09."""
        assert calendar.sessions(date(2024, 7, 6), date(2024, 7, 7)) == ()
        assert calendar.sessions(date(2024, 7, 5), date(2024, 7, 1)) == ()

    def test_ca_06_sessions_never_overlap(self, calendar: CalendarPort) -> None:
        """DA-09: each closes before the next opens, over a year with both clock changes."""
        year = calendar.sessions(date(2024, 1, 1), date(2024, 12, 31))

        assert len(year) == _SESSIONS_2024
        assert all(a.close_at < b.open_at for a, b in pairwise(year))
        assert all(timedelta(hours=3) < one.close_at - one.open_at for one in year)

    def test_ca_07_a_day_that_is_not_covered_is_an_error(self, calendar: CalendarPort) -> None:
        """DA-09: not knowing is not the same as closed."""
        old = date(1789, 7, 14)

        assert _is_refused(lambda: calendar.session(old), old), "a day in 1789"
        assert _is_refused(lambda: calendar.sessions(old, date(2024, 7, 5)), old), "a range"


def _is_refused(ask: Callable[[], object], day: date) -> bool:
    try:
        ask()
    except InputError as error:
        return str(day) in str(error)
    return False
