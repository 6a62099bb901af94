"""The broker's clock: what the machine's own is compared with, or what time follows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from alchemiser.adapters.alpaca.answers import broken, document, mapping, moment
from alchemiser.adapters.alpaca.paging import Reader
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.errors import InputError, PortError, PortRejectedError, PortUnavailableError

CLOCK: Final = "/v2/clock"
SKEW_WARNED: Final = timedelta(seconds=2)
SKEW_MAX: Final = timedelta(seconds=30)
"""A clock that is wrong by more sends orders at the wrong time."""

LOOK_SECONDS: Final = 0.25
"""A venue's clock may be moved, stand still or run fast; this late that is noticed."""
AWAY_FACTOR: Final = 10.0
"""How many times as long as a vain look took the clock is not looked at again: whoever asks for
the time waits for a look, and time must go on where a venue is mute."""

Stopwatch = Callable[[], float]
"""Tells seconds since some moment, whatever is done to the machine's clock."""
Rest = Callable[[float], Awaitable[None]]
"""Waits some seconds, cancellable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """Hold what the broker's clock shows.

    Attributes:
        at: The broker's present moment, UTC.
        is_open: Whether regular trading is on, as the broker says.
        next_open: When it begins next, UTC.
        next_close: When it ends next, UTC.
    """

    at: datetime
    is_open: bool
    next_open: datetime
    next_close: datetime


def read_clock(reader: Reader) -> ClockReading:
    """Return what the broker's clock shows.

    Raises:
        InputError: When the answer is no clock.
        PortUnavailableError: When the broker cannot be reached.
    """
    what = "the clock"
    told = mapping(document(reader.get(CLOCK, {}), what), what)
    if not isinstance(told.get("is_open"), bool):
        raise InputError(broken(what, "nothing about whether trading is on"))
    return ClockReading(
        at=moment(told.get("timestamp"), what),
        is_open=told["is_open"],
        next_open=moment(told.get("next_open"), what),
        next_close=moment(told.get("next_close"), what),
    )


def is_local(url: str) -> bool:
    """Say whether the host of `url` is this machine itself, under a loopback address or name."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class SkewCheck:
    """Compare the machine's clock with the broker's."""

    def __init__(self, reader: Reader, clock: ClockPort, stopwatch: Stopwatch) -> None:
        self._reader = reader
        self._clock = clock
        self._stopwatch = stopwatch

    def skew(self) -> timedelta:
        """Return how far the machine's clock is certainly ahead of the broker's, or behind (< 0).

        The broker looked at its clock some time between question and answer; a difference that
        this explains counts as none.

        Raises:
            InputError: When the answer is no clock.
            PortUnavailableError: When the broker cannot be reached.
        """
        before, started = self._clock.now(), self._stopwatch()
        told = read_clock(self._reader).at
        elapsed = timedelta(seconds=max(0.0, self._stopwatch() - started))
        after = before + elapsed
        if before <= told <= after:
            return timedelta(0)
        return before - told if told < before else after - told

    def warning(self) -> str | None:
        """Return one sentence when the clocks differ by more than two seconds.

        Raises:
            PortRejectedError: When they differ by more than thirty.
            InputError: When the answer is no clock.
            PortUnavailableError: When the broker cannot be reached.
        """
        skew = self.skew()
        if abs(skew) <= SKEW_WARNED:
            return None
        word = "ahead of" if skew > timedelta(0) else "behind"
        text = (
            f"this machine's clock is {abs(skew).total_seconds():.1f} s {word} the broker's: "
            "set it by a time server."
        )
        if abs(skew) > SKEW_MAX:
            raise PortRejectedError(text)
        return text


class VenueClock:
    """Tell the time of a venue on this machine, which may live on another day.

    Between two looks at the venue's clock time runs by a stopwatch, for a quarter of a second;
    then whoever asks for the time, or waits, looks again. A venue that has become out of reach
    leaves the stopwatch alone, and is looked at less often.
    """

    def __init__(self, reader: Reader, stopwatch: Stopwatch, rest: Rest) -> None:
        """Follow the clock that `reader` reaches; it is first looked at when time is asked for."""
        self._reader = reader
        self._stopwatch = stopwatch
        self._rest = rest
        self._lock = Lock()
        self._told: tuple[datetime, float] | None = None
        self._looks_at = float("-inf")
        self._vain: PortError | None = None
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the venue's present moment, UTC; never earlier than the last answer.

        Raises:
            PortError: When the venue's clock has never been read and cannot be.
        """
        with self._lock:
            at, since = self._followed()
            passed = timedelta(seconds=self._stopwatch() - since)
            self._last = max(self._last, at + passed)
            return self._last

    async def wait_until(self, at: datetime) -> None:
        """Return once `now()` is at or past `at`. Cancellable.

        Raises:
            InvalidValueError: When `at` is not in UTC.
        """
        if at.utcoffset() != timedelta(0):
            msg = f"a clock is asked in UTC; {at.isoformat()} is not."
            raise InvalidValueError(msg)
        while (left := (at - self.now()).total_seconds()) > 0:
            await self._rest(min(left, LOOK_SECONDS))

    def _followed(self) -> tuple[datetime, float]:
        """Return what the venue's clock showed last, and what the stopwatch did then.

        Raises:
            PortUnavailableError: When it has never been read, and could not be just now.
            PortError: When it has never been read and cannot be.
        """
        if self._stopwatch() >= self._looks_at:
            self._look()
        if self._told is None:  # somebody else has just looked in vain
            raise PortUnavailableError(f"the venue tells no time: {self._vain}") from self._vain
        return self._told

    def _look(self) -> None:
        """Look at the clock.

        Raises:
            PortError: When it has never been read and cannot be.
        """
        began = self._stopwatch()
        try:
            self._told = read_clock(self._reader).at, self._stopwatch()
        except PortError as error:
            over = self._stopwatch()
            self._vain, self._looks_at = error, over + LOOK_SECONDS
            if self._told is None:
                raise
            self._looks_at = over + max(LOOK_SECONDS, AWAY_FACTOR * (over - began))
        else:
            self._looks_at = began + LOOK_SECONDS
