"""The exchange's sessions as the broker knows them, over those that this release knows."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Final

from alchemiser.adapters.alpaca.answers import broken, day, document, rows
from alchemiser.adapters.alpaca.bars_rows import NEW_YORK
from alchemiser.adapters.alpaca.clock import ClockReading
from alchemiser.adapters.alpaca.history import Tell
from alchemiser.adapters.alpaca.paging import Reader
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.session import Session
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.errors import InputError, PortError

CALENDAR: Final = "/v2/calendar"
BACK: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=45)
"""The days round the present in which the broker's word counts."""

_WHAT: Final = "the calendar"


def read_calendar(reader: Reader, first: date, last: date) -> dict[date, Session]:
    """Return the broker's sessions from `first` to `last` by their labels.

    Raises:
        InputError: When the answer is no calendar, or has no session.
        PortUnavailableError: When the broker cannot be reached.
    """
    params = {"start": first.isoformat(), "end": last.isoformat()}
    told = [_session(row) for row in rows(document(reader.get(CALENDAR, params), _WHAT), _WHAT)]
    found = {one.day: one for one in told if first <= one.day <= last}
    if not found:
        raise InputError(broken(_WHAT, f"no session from {first} to {last}"))
    return found


def _session(row: Mapping[str, object]) -> Session:
    """Return the session in one row, whose hours are New York's.

    Raises:
        InputError: When it is none.
    """
    label = day(row.get("date"), _WHAT)
    try:
        opens, closes = (_hour(row.get(key)) for key in ("open", "close"))
        return Session(
            day=label,
            open_at=datetime.combine(label, opens, NEW_YORK).astimezone(UTC),
            close_at=datetime.combine(label, closes, NEW_YORK).astimezone(UTC),
        )
    except (ValueError, InvalidValueError) as error:
        raise InputError(broken(_WHAT, f"a session on {label} that cannot be ({error})")) from error


def _hour(value: object) -> time:
    told = time.fromisoformat(str(value))
    if told.tzinfo is not None:
        msg = f"{value} has a zone"
        raise ValueError(msg)
    return told


class BrokerCalendar:
    """Answer from a table, and for the days round the present from the broker, whose word wins.

    The broker is asked once a day of New York, at the first question. While it cannot be asked,
    what it said before counts, and else the table alone.
    """

    def __init__(
        self, table: CalendarPort, reader: Reader, clock: ClockPort, *, tell: Tell
    ) -> None:
        """Lay the broker's calendar over `table`.

        Args:
            table: The sessions that this release knows.
            reader: Asks the trading address.
            clock: Tells which days are round the present.
            tell: Told once a day of every difference, and of a broker that does not answer.
        """
        self._table = table
        self._reader = reader
        self._clock = clock
        self._tell = tell
        self._lock = Lock()
        self._asked: date | None = None
        self._window: tuple[date, date] | None = None
        self._told: Mapping[date, Session] = {}

    def session(self, day: date) -> Session | None:
        """Return the session labelled `day`, or None on a day without one.

        Raises:
            InputError: When `day` lies outside the years of the table.
        """
        self._ask_once_a_day()
        window = self._window
        if window is None or not window[0] <= day <= window[1]:
            return self._table.session(day)
        return self._told.get(day)

    def sessions(self, start: date, end: date) -> tuple[Session, ...]:
        """Return the sessions from `start` to `end`, both inclusive, ascending.

        Raises:
            InputError: When the range leaves the years of the table.
        """
        self._ask_once_a_day()
        if self._window is None:
            return self._table.sessions(start, end)
        first, last = self._window
        one = timedelta(days=1)
        before = self._table.sessions(start, min(end, first - one)) if start < first else ()
        after = self._table.sessions(max(start, last + one), end) if end > last else ()
        within = (self._told[day] for day in sorted(self._told) if start <= day <= end)
        return (*before, *within, *after)

    def refresh(self) -> None:
        """Ask the broker now.

        Raises:
            InputError: When the answer is no calendar.
            PortUnavailableError: When the broker cannot be reached.
        """
        today = self._clock.now().astimezone(NEW_YORK).date()
        first, last = today - BACK, today + AHEAD
        told = read_calendar(self._reader, first, last)
        self._told, self._window, self._asked = told, (first, last), today
        for text in differences(self._table, told, first, last):
            self._tell(text)

    def _ask_once_a_day(self) -> None:
        with self._lock:
            today = self._clock.now().astimezone(NEW_YORK).date()
            if self._asked == today:
                return
            self._asked = today
            try:
                self.refresh()
            except PortError as error:
                self._tell(f"the broker's calendar is not known today, so the table holds: {error}")


def differences(
    table: CalendarPort, told: Mapping[date, Session], first: date, last: date
) -> list[str]:
    """Return a sentence for each day from `first` to `last` on which `table` is not as `told`.

    Raises:
        InputError: When the range leaves the years of the table.
    """
    known = {one.day: one for one in table.sessions(first, last)}
    return [
        f"the broker has {_hours(told.get(one))} on {one} and this release's calendar "
        f"{_hours(known.get(one))}: the broker's word counts; install a newer release."
        for one in sorted(known.keys() | told.keys())
        if known.get(one) != told.get(one)
    ]


def _hours(session: Session | None) -> str:
    if session is None:
        return "no session"
    return f"{session.open_at:%H:%M} to {session.close_at:%H:%M} UTC"


def is_open(calendar: CalendarPort, reading: ClockReading) -> bool:
    """Say whether regular trading is on: only when calendar and broker's clock both say so.

    Raises:
        InputError: When the day lies outside the calendar.
    """
    session = calendar.session(reading.at.astimezone(NEW_YORK).date())
    return reading.is_open and session is not None and session.is_open(reading.at)
