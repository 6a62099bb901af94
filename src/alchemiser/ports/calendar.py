"""The exchange's sessions."""

from datetime import date
from typing import Protocol

from alchemiser.domain.values.session import Session


class CalendarPort(Protocol):
    """Answer which days are sessions, and when they open and close."""

    def session(self, day: date) -> Session | None:
        """Return the session labelled `day`, or None on a day without one.

        Raises:
            InputError: When `day` lies outside the years the calendar covers.
        """

    def sessions(self, start: date, end: date) -> tuple[Session, ...]:
        """Return the sessions from `start` to `end`, both inclusive, ascending.

        Raises:
            InputError: When the range leaves the years the calendar covers.
        """
