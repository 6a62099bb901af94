"""Every clock tells UTC, never runs back, and waits until a moment has come."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from alchemiser.adapters.alpaca.clock import VenueClock
from alchemiser.adapters.system.clock import SystemClock, VirtualClock, rest, stopwatch
from alchemiser.ports.clock import ClockPort
from alchemiser.testing.fakes import FixedClock
from tests.alpaca_data import Broker

START = datetime(2024, 8, 5, 13, 30, tzinfo=UTC)


def venue_clock() -> VenueClock:
    told = dict.fromkeys(("timestamp", "next_open", "next_close"), START.isoformat())
    watch = stopwatch()
    began = watch()

    class Venue(Broker):
        """A venue whose clock runs."""

        def get(self, path: str, params: Mapping[str, str]) -> bytes:
            now = START + timedelta(seconds=watch() - began)
            self.clock = told | {"is_open": True, "timestamp": now.isoformat()}
            return super().get(path, params)

    return VenueClock(Venue(), watch, rest())


CLOCKS: list[Callable[[], ClockPort]] = [
    SystemClock,
    lambda: VirtualClock(START),
    lambda: FixedClock(START),
    venue_clock,
]


@pytest.fixture(params=CLOCKS, ids=["system", "virtual", "fixed", "venue"])
def clock(request: pytest.FixtureRequest) -> ClockPort:
    made: ClockPort = request.param()
    return made


def test_clock_tells_utc(clock: ClockPort) -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_clock_never_runs_back(clock: ClockPort) -> None:
    told = [clock.now() for _ in range(1_000)]

    assert told == sorted(told)


def test_clock_returns_once_the_moment_has_come(clock: ClockPort) -> None:
    """CC-02."""
    at = clock.now() + timedelta(milliseconds=30)

    asyncio.run(clock.wait_until(at))

    assert at <= clock.now()


def test_clock_does_not_wait_for_the_past(clock: ClockPort) -> None:
    before = clock.now()

    asyncio.run(clock.wait_until(before - timedelta(days=30)))

    assert clock.now() - before < timedelta(seconds=5)


def test_clocks_wait_can_be_cancelled(clock: ClockPort) -> None:
    """CC-02: a halt need not wait for a timer."""

    async def give_up() -> bool:
        waiting = asyncio.create_task(clock.wait_until(clock.now() + timedelta(days=1)))
        waiting.cancel()
        await asyncio.wait([waiting])
        return waiting.cancelled()

    assert asyncio.run(give_up())
