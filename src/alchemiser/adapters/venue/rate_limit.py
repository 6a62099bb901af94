"""How many requests a minute the venue answers."""

from datetime import datetime, timedelta
from math import ceil

_MINUTE = timedelta(minutes=1)


class RateLimit:
    """Count requests in windows of a real minute.

    Args:
        limit: Requests a window; 0 counts nothing.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._ends: datetime | None = None
        self._used = 0

    def take(self, now: datetime) -> bool:
        """Count one request at `now` (UTC) and say whether it may pass."""
        if not self._limit:
            return True
        if self._ends is None or now >= self._ends:
            self._ends, self._used = now + _MINUTE, 0
        self._used += 1
        return self._used <= self._limit

    def headers(self, now: datetime, ahead: timedelta = timedelta(0)) -> dict[str, str]:
        """Return what is told about the limit with each answer; nothing where there is none.

        Args:
            now: The real moment, UTC.
            ahead: How far the venue's time, in which clients are told everything, is ahead of it.
        """
        if not self._limit:
            return {}
        left = max(0, self._limit - self._used)
        ends = self._ends or now + _MINUTE
        return {
            "X-RateLimit-Limit": str(self._limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(ceil((ends + ahead).timestamp())),
        }
