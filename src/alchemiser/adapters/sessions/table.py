"""The exchange's sessions, read from the table that `generate` writes."""

import csv
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Final

from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import InputError

FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2030, 12, 31)
TABLE: Final = "sessions.csv"
SATURDAY: Final = 5

Hours = tuple[time, time]


@dataclass(frozen=True, slots=True)
class _Table:
    closed: frozenset[date]
    special: dict[date, Hours]
    hours_since: list[date]
    hours: list[Hours]


@dataclass(frozen=True, slots=True)
class _Year:
    """Hold the sessions of one year, ascending, their labels, and each by its label."""

    days: tuple[date, ...]
    sessions: tuple[Session, ...]
    of: dict[date, Session]


class SessionTable:
    """Answer from a table of weekdays: what is not closed and not special has the usual hours.

    The table is read at the first question, once a process.
    """

    def session(self, day: date) -> Session | None:
        """Return the session labelled `day`, or None on a day without one.

        Raises:
            InputError: When `day` lies outside 1990 to 2030.
        """
        if not FIRST_DAY <= day <= LAST_DAY:
            msg = (
                f"{day} lies outside the exchange calendar, which covers {FIRST_DAY} to "
                f"{LAST_DAY}: choose a day within it or install a newer release."
            )
            raise InputError(msg)
        return _year(day.year).of.get(day)

    def sessions(self, start: date, end: date) -> tuple[Session, ...]:
        """Return the sessions from `start` to `end`, both inclusive, ascending.

        A day outside 1990 to 2030 is an error as in `session`.
        """
        for day in (start, end) if start <= end else ():
            self.session(day)
        return _between(start, end)


@cache  # bounded by the years that the table covers
def _year(number: int) -> _Year:
    days = (date(number, 1, 1) + timedelta(days=n) for n in range(366))
    held = [one for day in days if day.year == number and (one := _session(day)) is not None]
    of = {one.day: one for one in held}
    return _Year(tuple(of), tuple(held), of)


def _session(day: date) -> Session | None:
    table = _table()
    if day.weekday() >= SATURDAY or day in table.closed:
        return None
    usual = table.hours[bisect_right(table.hours_since, day) - 1]
    opens, closes = table.special.get(day, usual)
    return Session(
        day=day,
        open_at=datetime.combine(day, opens, UTC),
        close_at=datetime.combine(day, closes, UTC),
    )


def _between(start: date, end: date) -> tuple[Session, ...]:
    """Return the sessions of a span: a tuple that nobody keeps, since spans differ every day."""
    years = [_year(number) for number in range(start.year, end.year + 1)]
    spans = [one.sessions for one in years]
    if spans:
        spans[-1] = spans[-1][: bisect_right(years[-1].days, end)]
        spans[0] = spans[0][bisect_left(years[0].days, start) :]
    return spans[0] if len(spans) == 1 else tuple(chain.from_iterable(spans))


@cache
def _table() -> _Table:
    text = files(__package__).joinpath(TABLE).read_text(encoding="ascii")
    closed: set[date] = set()
    special: dict[date, Hours] = {}
    usual: dict[date, Hours] = {}
    for row in csv.DictReader(text.splitlines()):
        day = date.fromisoformat(row["day"])
        if row["kind"] == "closed":
            closed.add(day)
            continue
        chosen = special if row["kind"] == "special" else usual
        chosen[day] = (time.fromisoformat(row["open"]), time.fromisoformat(row["close"]))
    return _Table(frozenset(closed), special, list(usual), list(usual.values()))
