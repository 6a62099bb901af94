"""Requests are rationed before the broker does it."""

from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from enum import Enum
from threading import Lock
from typing import Final

_BURST: Final = 0.25
"""What may be sent at once, as a share of the limit; the rest comes back over the minute, so that
no minute sees more than the limit."""

_RESERVED: Final = 0.2
"""The share of the burst that is kept from most requests, half of it for cancels alone."""

_KNOWN: Final = ("/v2/orders", "/v2/account", "/v2/positions", "/v2/clock")
"""What is looked at before an order is released, and after."""

_MINUTE: Final = 60.0
_Place = tuple[int, int]
"""A rank, and a number that is given out in turn."""
_DUST: Final = 1e-6
"""What a sum of floats may lack of a request."""


class Claim(Enum):
    """Say what a request is for: its rank among those that wait, and its part of the reserve.

    What the account has and what becomes of orders goes before what is sent: none is released
    without, and a look at either is several requests, one after the other.
    """

    CANCEL = (0, 1.0)
    KNOWLEDGE = (1, 0.5)
    ORDER = (2, 0.5)
    OTHER = (3, 0.0)

    def __init__(self, rank: int, reserve: float) -> None:
        """Take the parts of a value."""
        self.rank = rank
        self.reserve = reserve

    @classmethod
    def of(cls, method: str, path: str) -> "Claim":
        """Return what the request of that method and path is for."""
        if method == "DELETE":
            return cls.CANCEL
        if method != "GET":
            return cls.ORDER
        return cls.KNOWLEDGE if path.startswith(_KNOWN) else cls.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Hold what the broker last said of its own count; None where it said nothing.

    Attributes:
        limit: Requests a minute.
        remaining: Requests left.
        reset: When the count begins anew, seconds since 1970.
    """

    limit: int | None = None
    remaining: int | None = None
    reset: int | None = None


class Budget:
    """Ration requests with a token bucket; for any thread."""

    def __init__(self, stopwatch: Callable[[], float], per_minute: int) -> None:
        """Allow `per_minute` requests in any minute."""
        self._stopwatch = stopwatch
        self._burst = max(2.0, per_minute * _BURST)
        self._reserve = min(self._burst * _RESERVED, self._burst - 1.0)
        self._a_second = max(per_minute * (1 - _BURST), 1.0) / _MINUTE
        self._tokens = self._burst
        self._seen = stopwatch()
        self._quota = Quota()
        self._line: list[_Place] = []
        self._number = 0
        self._lock = Lock()

    @contextmanager
    def line(self, claim: Claim) -> Iterator[Callable[[], float]]:
        """Stand in line for one request, behind all of a better claim or of the same.

        What it gives takes the request and returns 0, or returns the seconds after which to ask
        again. Whoever leaves without keeps nobody waiting.
        """
        with self._lock:
            self._number += 1
            place = (claim.rank, self._number)
            insort(self._line, place)
        try:
            yield lambda: self._take(claim, place)
        finally:
            with self._lock:
                if place in self._line:
                    self._line.remove(place)

    def _take(self, claim: Claim, place: _Place) -> float:
        with self._lock:
            self._refill()
            before = self._line.index(place)
            lacking = before + self._reserve * (1 - claim.reserve) + 1.0 - self._tokens
            if lacking > _DUST:
                return lacking / self._a_second
            self._tokens -= 1.0
            self._line.remove(place)
            return 0.0

    def quota(self) -> Quota:
        """Return what the broker last said of its own count."""
        with self._lock:
            return self._quota

    def told(self, headers: Mapping[str, str], *, exhausted: bool) -> None:
        """Take note of the broker's own count; when it is `exhausted`, only the reserve is left."""
        limit, remaining, reset = (
            _whole(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining", "reset")
        )
        with self._lock:
            if (limit, remaining, reset) != (None, None, None):
                self._quota = Quota(limit=limit, remaining=remaining, reset=reset)
            if exhausted:
                self._refill()
                self._tokens = min(self._tokens, self._reserve)

    def _refill(self) -> None:
        now = self._stopwatch()
        self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._a_second)
        self._seen = now


def wished_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the broker asks to wait, or None; by its own clock, not by ours."""
    told = _whole(headers.get("retry-after"))
    if told is not None:
        return float(told)
    reset, now = _whole(headers.get("x-ratelimit-reset")), server_time(headers)
    return None if reset is None or now is None else max(0.0, reset - now.timestamp())


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return when the server answered, UTC, to the second; None when it does not say."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _whole(text: str | None) -> int | None:
    try:
        value = Decimal(text or "")
    except InvalidOperation:
        return None
    return int(value) if value.is_finite() and 0 <= value < Decimal(2) ** 53 else None
