"""When the venue is open."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alchemiser.domain.values.session import Session
from alchemiser.ports.calendar import CalendarPort

NEW_YORK = ZoneInfo("America/New_York")
_CLOSURE_MAX = timedelta(days=14)
_DAY = timedelta(days=1)


class Timetable:
    """Answer from the exchange's calendar, without the days that were closed by hand."""

    def __init__(self, calendar: CalendarPort) -> None:
        self._calendar = calendar
        self._closed: set[date] = set()

    def close_day(self, day: date) -> None:
        """Make `day` a holiday."""
        self._closed.add(day)

    def sessions(self, start: date, end: date) -> tuple[Session, ...]:
        """Return the sessions from `start` to `end`, both inclusive, ascending."""
        found = self._calendar.sessions(start, end)
        return tuple(one for one in found if one.day not in self._closed)

    def current(self, at: datetime) -> Session | None:
        """Return the session that is open at `at` (UTC), or None."""
        day = local_day(at)
        return next((one for one in self.sessions(day, day) if one.is_open(at)), None)

    def coming(self, at: datetime) -> Session:
        """Return the first session that closes after `at` (UTC): the current one when open."""
        day = local_day(at)
        while True:
            for one in self.sessions(day, day + _CLOSURE_MAX):
                if one.close_at > at:
                    return one
            day += _CLOSURE_MAX + _DAY

    def next_open(self, at: datetime) -> datetime:
        """Return the first opening after `at` (UTC)."""
        session = self.coming(at)
        return session.open_at if session.open_at > at else self.coming(session.close_at).open_at

    def previous(self, at: datetime) -> Session:
        """Return the last session that has closed by `at` (UTC)."""
        day = local_day(at)
        while True:
            for one in reversed(self.sessions(day - _CLOSURE_MAX, day)):
                if one.close_at <= at:
                    return one
            day -= _CLOSURE_MAX + _DAY

    def ends_at(self, day: date) -> datetime:
        """Return when the session of `day` closes, UTC; on a day without one its midnight UTC."""
        session = next(iter(self._calendar.sessions(day, day)), None)
        return datetime.combine(day, time(), UTC) if session is None else session.close_at


def local_day(at: datetime) -> date:
    """Return the date in New York at `at` (UTC)."""
    return at.astimezone(NEW_YORK).date()


def starting_moment(timetable: Timetable, now: datetime, before_close: timedelta) -> datetime:
    """Return `now` (UTC) within a session, else the last session's close less `before_close`."""
    if timetable.current(now) is not None:
        return now
    return (timetable.previous(now).close_at - before_close).astimezone(UTC)
