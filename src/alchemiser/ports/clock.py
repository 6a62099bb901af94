"""Time, moved by the world: the wall, a backtest or a simulation."""

from datetime import datetime
from typing import Protocol


class ClockPort(Protocol):
    """Tell the time and wait for it."""

    def now(self) -> datetime:
        """Return the present moment, UTC; never earlier than the last answer."""

    async def wait_until(self, at: datetime) -> None:
        """Return once `now()` is at or past `at`; a virtual clock jumps there. Cancellable."""


class MovableClockPort(ClockPort, Protocol):
    """A clock that its owner moves: backtest and simulation."""

    def advance_to(self, at: datetime) -> None:
        """Move to `at`; a moment already past changes nothing."""
