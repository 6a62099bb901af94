"""The venue's time: the wall's, a virtual one at some speed, or one that is moved by hand."""

from datetime import datetime, timedelta

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.clock import ClockPort

SPEED_MAX = 100_000.0
"""Venue seconds a second at most."""


class VenueClock:
    """Tell the venue's time.

    Args:
        wall: The real time.
        start: Where the venue's time begins, UTC; the wall's own unless given.
        speed: Venue seconds a second, from 0 to `SPEED_MAX`; 0 stands still until it is moved.

    Raises:
        InvalidValueError: When `speed` is out of range.
    """

    def __init__(self, wall: ClockPort, *, start: datetime | None = None, speed: float = 1) -> None:
        self._wall = wall
        self._since = wall.now()
        self._base = start or self._since
        self._speed = _speed(speed)

    @property
    def speed(self) -> float:
        """Venue seconds a second; 0 when time moves by hand alone."""
        return self._speed

    def now(self) -> datetime:
        """Return the venue's present moment, UTC; never earlier than the last answer."""
        if not self._speed:
            return self._base
        return self._base + (self._wall.now() - self._since) * self._speed

    def advance(self, by: timedelta) -> None:
        """Move on by `by`.

        Raises:
            InvalidValueError: When it is negative.
        """
        if by < timedelta(0):
            msg = f"time never runs back: {by.total_seconds()} seconds are below zero."
            raise InvalidValueError(msg)
        self._go_on_from(self.now() + by)

    def move_to(self, at: datetime) -> None:
        """Move on to `at` (UTC).

        Raises:
            InvalidValueError: When that is past: time never runs back.
        """
        now = self.now()
        if at < now:
            msg = f"time never runs back: {at.isoformat()} is before {now.isoformat()}."
            raise InvalidValueError(msg)
        self._go_on_from(at)

    def run_at(self, speed: float) -> None:
        """Go on at `speed` venue seconds a second.

        Raises:
            InvalidValueError: When `speed` is out of range.
        """
        speed = _speed(speed)
        self._go_on_from(self.now())
        self._speed = speed

    def _go_on_from(self, at: datetime) -> None:
        self._base, self._since = at, self._wall.now()


def _speed(speed: float) -> float:
    if not 0 <= speed <= SPEED_MAX:
        msg = f"a clock's speed must be from 0 to {SPEED_MAX:.0f}, not {speed}."
        raise InvalidValueError(msg)
    return speed
