"""When the venue is open."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alchemiser.domain.values.session import Session
from alchemiser.ports.calendar import CalendarPort

NEW_YORK = ZoneInfo("America/New_York")
_CLOSURE_MAX = timedelta(days=14)
_FROM = time(4, tzinfo=NEW_YORK)
_AFTER = timedelta(hours=4)
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

    def current(self, at: datetime, *, extended: bool = False) -> Session | None:
        """Return the session that is open at `at` (UTC), or None.

        Args:
            at: The moment.
            extended: Whether the hours before and after it count.
        """
        day = local_day(at)
        return next(
            (one for one in self._hours(day, day, extended=extended) if one.is_open(at)), None
        )

    def coming(self, at: datetime, *, extended: bool = False) -> Session:
        """Return the first session that closes after `at` (UTC): the current one when open.

        Args:
            at: The moment.
            extended: Whether the hours before and after it count.
        """
        day = local_day(at)
        while True:
            for one in self._hours(day, day + _CLOSURE_MAX, extended=extended):
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

    def ends_at(self, day: date, *, extended: bool = False) -> datetime:
        """Return when the session of `day` closes, UTC; on a day without one its midnight UTC.

        Args:
            day: The session's label.
            extended: Whether the hours after it count.
        """
        session = next(iter(self._calendar.sessions(day, day)), None)
        if session is None:
            return datetime.combine(day, time(), UTC)
        return (extended_hours(session) if extended else session).close_at

    def _hours(self, start: date, end: date, *, extended: bool) -> Iterator[Session]:
        found = self.sessions(start, end)
        return map(extended_hours, found) if extended else iter(found)


def extended_hours(session: Session) -> Session:
    """Return `session` from four in the morning, New York, to four hours after its close."""
    return Session(
        day=session.day,
        open_at=datetime.combine(session.day, _FROM).astimezone(UTC),
        close_at=session.close_at + _AFTER,
    )


def local_day(at: datetime) -> date:
    """Return the date in New York at `at` (UTC)."""
    return at.astimezone(NEW_YORK).date()


def starting_moment(timetable: Timetable, now: datetime, before_close: timedelta) -> datetime:
    """Return `now` (UTC) within a session, else the last session's close less `before_close`."""
    if timetable.current(now) is not None:
        return now
    return (timetable.previous(now).close_at - before_close).astimezone(UTC)
