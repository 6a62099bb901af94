"""The wall clock, and a clock that is moved by hand."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock

from alchemiser.domain.values.errors import InvalidValueError

NAP_SECONDS_MAX = 0.5
"""Longest sleep at a stretch: a suspended machine or a changed clock is noticed after this."""


class SystemClock:
    """Tell the machine's time in UTC; implements ClockPort for any thread.

    When the machine's clock is set back, this one stands still until it has caught up.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the present moment, UTC; never earlier than the last answer."""
        with self._lock:
            self._last = max(self._last, datetime.now(UTC))
            return self._last

    async def wait_until(self, at: datetime) -> None:
        """Return once `now()` is at or past `at`. Cancellable."""
        while (left := (at - self.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, NAP_SECONDS_MAX))


class VirtualClock:
    """Tell a time that only its owner and its waiters move; implements ClockPort for one loop.

    Time jumps to the earliest waiter, one pass of the event loop after it began to wait, so that
    every task that can run has run. Equal moments are served in the order of waiting.
    """

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)
        self._tickets = count()
        self._waiting: set[tuple[datetime, int]] = set()

    def now(self) -> datetime:
        """Return the present virtual moment, UTC."""
        return self._now

    def advance_to(self, at: datetime) -> None:
        """Move to `at`; nothing happens when that is past, because time never runs back."""
        self._now = max(self._now, _utc(at))

    async def wait_until(self, at: datetime) -> None:
        """Return once `now()` is at or past `at`; jumps there when nobody waits for less."""
        ticket = (_utc(at), next(self._tickets))
        self._waiting.add(ticket)
        try:
            while self._now < at:
                await asyncio.sleep(0)
                if ticket == min(self._waiting):
                    self.advance_to(at)
        finally:
            self._waiting.discard(ticket)


def stopwatch() -> Callable[[], float]:
    """Return what tells seconds since some moment, whatever is done to the machine's clock."""
    return time.monotonic


def rest() -> Callable[[float], Awaitable[None]]:
    """Return what waits some seconds and can be cancelled."""
    return asyncio.sleep


def _utc(at: datetime) -> datetime:
    if at.utcoffset() != timedelta(0):
        msg = f"a clock is set in UTC; {at.isoformat()} is not."
        raise InvalidValueError(msg)
    return at
