"""The machine's clock is compared with the broker's, or time follows a venue's."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pytest

from alchemiser.adapters.alpaca.clock import SkewCheck, VenueClock, is_local, read_clock
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.errors import InputError, PortRejectedError, PortUnavailableError
from alchemiser.testing.fakes import FixedClock
from tests.alpaca_data import Broker, Row

NOW: Final = datetime(2024, 8, 5, 16, tzinfo=UTC)


def face(at: datetime = NOW) -> Row:
    hours = {"next_open": "2024-08-06T09:30:00-04:00", "next_close": "2024-08-05T16:00:00-04:00"}
    return {"timestamp": at.isoformat(), "is_open": True} | hours


class Watch:
    """A stopwatch that is moved by hand."""

    def __init__(self, step: float = 0.0) -> None:
        self.seconds = 0.0
        self.step = step

    def __call__(self) -> float:
        self.seconds += self.step
        return self.seconds


def check(skew: float, *, answer_takes: float = 0.0) -> SkewCheck:
    broker = Broker(clock=face(NOW - timedelta(seconds=skew)))
    return SkewCheck(broker, FixedClock(NOW), Watch(answer_takes))


def test_the_clock_is_read_to_the_microsecond() -> None:
    told = read_clock(Broker(clock=face() | {"timestamp": "2024-08-05T12:00:00.123456789-04:00"}))

    assert told.at == NOW + timedelta(microseconds=123_456)
    assert told.is_open
    assert told.next_close == datetime(2024, 8, 5, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "changed",
    [
        {"timestamp": None},
        {"timestamp": "2024-08-05T12:00:00"},
        {"is_open": None},
        {"is_open": "true"},
        {"next_open": 5},
    ],
)
def test_an_answer_that_is_no_clock_is_said_so(changed: Row) -> None:
    with pytest.raises(InputError, match="the clock"):
        read_clock(Broker(clock=face() | changed))


@pytest.mark.parametrize(
    ("skew", "warned"),
    [(0, False), (2, False), (-2, False), (2.1, True), (-2.1, True), (30, True), (-30, True)],
)
def test_more_than_two_seconds_are_told(skew: float, warned: bool) -> None:
    """FAULTS G01."""
    told = check(skew).warning()

    assert (told is not None) is warned
    if told is not None:
        assert ("ahead of" if skew > 0 else "behind") in told


@pytest.mark.parametrize("skew", [30.1, -30.1, 300, -86_400])
def test_more_than_thirty_seconds_are_refused(skew: float) -> None:
    """FAULTS G01."""
    with pytest.raises(PortRejectedError, match="time server"):
        check(skew).warning()


def test_a_slow_answer_is_not_taken_for_a_wrong_clock() -> None:
    """FAULTS G01: what the way there and back explains counts as none."""
    assert check(-40, answer_takes=60.0).skew() == timedelta(0)
    assert check(-70, answer_takes=60.0).skew() == timedelta(seconds=-10)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost:8080", True),
        ("https://paper-api.alpaca.markets", False),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_local(url: str, local: bool) -> None:
    assert is_local(url) is local


async def at_once(seconds: float) -> None:
    del seconds
    await asyncio.sleep(0)


def test_time_follows_the_venue_and_a_stopwatch() -> None:
    """FAULTS G01: the venue may live on another day than the machine."""
    watch, broker = Watch(), Broker(clock=face())
    clock = VenueClock(broker, watch, at_once)

    told = [clock.now()]
    watch.seconds += 0.2
    told.append(clock.now())
    broker.clock = face(NOW + timedelta(days=1))
    watch.seconds += 0.2
    told.append(clock.now())

    assert told == [NOW, NOW + timedelta(seconds=0.2), NOW + timedelta(days=1)]
    assert broker.requests()["/v2/clock"] == 2


def test_a_clock_that_stands_still_is_not_run_away_from() -> None:
    """Its owner moves it by hand: an hour at his desk is no hour there."""
    watch, broker = Watch(), Broker(clock=face())
    clock = VenueClock(broker, watch, at_once)

    for _ in range(3_600):
        watch.seconds += 1.0
        assert clock.now() - NOW < timedelta(seconds=0.25)


def test_a_clock_that_was_moved_on_is_noticed_while_waiting() -> None:
    watch, broker = Watch(step=0.01), Broker(clock=face())
    clock = VenueClock(broker, watch, at_once)
    clock.now()
    broker.clock = face(NOW + timedelta(hours=4))

    asyncio.run(clock.wait_until(NOW + timedelta(hours=3)))

    assert clock.now() >= NOW + timedelta(hours=4)


def test_a_clock_that_was_moved_back_stands_still() -> None:
    watch, broker = Watch(), Broker(clock=face())
    clock = VenueClock(broker, watch, at_once)
    clock.now()
    broker.clock = face(NOW - timedelta(hours=4))
    watch.seconds += 1.0

    assert clock.now() == NOW


def test_a_venue_out_of_reach_leaves_the_stopwatch() -> None:
    watch, broker = Watch(step=0.3), Broker(clock=face())
    clock = VenueClock(broker, watch, at_once)
    clock.now()
    broker.fails = True

    asyncio.run(clock.wait_until(NOW + timedelta(seconds=5)))

    assert clock.now() >= NOW + timedelta(seconds=5)


def test_a_venue_that_never_told_the_time_has_none() -> None:
    with pytest.raises(PortUnavailableError):
        VenueClock(Broker(fails=True), Watch(), at_once).now()


def test_waiting_wants_utc() -> None:
    clock = VenueClock(Broker(clock=face()), Watch(), at_once)

    with pytest.raises(InvalidValueError, match="UTC"):
        asyncio.run(clock.wait_until(datetime(2024, 8, 5, tzinfo=timezone(timedelta(hours=2)))))
