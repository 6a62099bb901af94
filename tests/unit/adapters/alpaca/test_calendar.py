"""The broker's sessions win over the table's, round the present."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from alchemiser.adapters.alpaca.calendar import BrokerCalendar, is_open
from alchemiser.adapters.alpaca.clock import ClockReading
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import InputError, PortUnavailableError
from tests.alpaca_data import Broker, Row, silent

TABLE: Final = SessionTable()
NOW: Final = datetime(2024, 12, 23, 16, tzinfo=UTC)
WINTER: Final = TABLE.sessions(date(2024, 11, 1), date(2025, 3, 1))
MOURNING: Final = date(2025, 1, 9)


def overlaid(
    sessions: tuple[Session, ...], told: list[str] | None = None, now: datetime = NOW
) -> tuple[BrokerCalendar, Broker, VirtualClock]:
    broker, clock = Broker(calendar=sessions), VirtualClock(now)
    tell = ([] if told is None else told).append
    return BrokerCalendar(TABLE, broker, clock, tell=tell), broker, clock


def test_the_broker_is_asked_once_a_day() -> None:
    calendar, broker, clock = overlaid(WINTER)

    for _ in range(3):
        calendar.session(MOURNING)
        calendar.sessions(date(2024, 1, 1), date(2024, 12, 31))
    same_day = broker.requests()["/v2/calendar"]
    clock.advance_to(NOW + timedelta(days=1))
    calendar.session(MOURNING)

    assert (same_day, broker.requests()["/v2/calendar"]) == (1, 2)


def test_a_closure_that_only_the_broker_knows_counts_and_is_told() -> None:
    """FAULTS G04, G05: a day of mourning after this release was made."""
    ahead = date(2025, 1, 15)
    told: list[str] = []
    calendar, _, _ = overlaid(tuple(one for one in WINTER if one.day != ahead), told)

    days = [one.day for one in calendar.sessions(date(2025, 1, 14), date(2025, 1, 16))]

    assert calendar.session(ahead) is None
    assert days == [date(2025, 1, 14), date(2025, 1, 16)]
    assert [text.partition(":")[0] for text in told] == [
        "the broker has no session on 2025-01-15 and this release's calendar 14"
    ]


def test_a_session_and_hours_that_only_the_broker_knows_count() -> None:
    """FAULTS G03, G05: on a Saturday, and an early close."""
    saturday = date(2024, 12, 28)
    sound = TABLE.session(date(2024, 12, 27))
    assert sound is not None
    extra = Session(
        day=saturday,
        open_at=sound.open_at + timedelta(days=1),
        close_at=sound.close_at + timedelta(days=1),
    )
    early = replace(sound, close_at=sound.close_at - timedelta(hours=3))
    rest = (one for one in WINTER if one.day != sound.day)
    told: list[str] = []
    calendar, _, _ = overlaid((*rest, early, extra), told)

    assert calendar.session(saturday) == extra
    assert calendar.session(sound.day) == early
    assert calendar.sessions(sound.day, saturday) == (early, extra)
    assert len(told) == 2


def test_hours_keep_to_new_york_over_the_change_of_clocks() -> None:
    """FAULTS G02."""
    spring = TABLE.sessions(date(2024, 2, 1), date(2024, 4, 30))
    told: list[str] = []
    calendar, _, _ = overlaid(spring, told, datetime(2024, 3, 8, 16, tzinfo=UTC))

    assert calendar.sessions(date(2024, 3, 1), date(2024, 3, 31)) == TABLE.sessions(
        date(2024, 3, 1), date(2024, 3, 31)
    )
    assert told == []


def test_a_range_that_reaches_over_both_edges_has_each_session_once() -> None:
    calendar, _, _ = overlaid(WINTER)
    start, end = date(2023, 1, 1), date(2026, 1, 1)

    assert calendar.sessions(start, end) == TABLE.sessions(start, end)


def test_without_the_broker_the_table_holds_and_it_is_told_once_a_day() -> None:
    calendar, broker, _ = overlaid(())
    broker.fails = True
    told: list[str] = []
    calendar = BrokerCalendar(TABLE, broker, VirtualClock(NOW), tell=told.append)

    for _ in range(3):
        assert calendar.session(MOURNING) is None
        assert calendar.sessions(MOURNING, MOURNING) == ()
    assert [text.partition(",")[0] for text in told] == ["the broker's calendar is not known today"]
    with pytest.raises(PortUnavailableError):
        calendar.refresh()


def test_what_the_broker_said_before_outlives_a_failure() -> None:
    ahead = date(2025, 1, 15)
    calendar, broker, clock = overlaid(tuple(one for one in WINTER if one.day != ahead))
    assert calendar.session(ahead) is None
    broker.fails = True
    clock.advance_to(NOW + timedelta(days=1))

    assert calendar.session(ahead) is None


def row(**changed: object) -> Row:
    return {"date": "2024-12-24", "open": "09:30", "close": "13:00"} | changed


@pytest.mark.parametrize(
    "told",
    [
        [],
        None,
        {},
        [1],
        [row(date="2019-01-02")],
        [row(date=None)],
        [row(open=None)],
        [row(open="25:00")],
        [row(open="16:00")],
        [row(open="09:30-05:00")],
    ],
)
def test_an_answer_that_is_no_calendar_closes_no_day(told: object) -> None:
    """FAULTS G05: the table holds."""

    class Odd:
        def get(self, path: str, params: Mapping[str, str]) -> bytes:
            del path, params
            return json.dumps(told).encode()

    calendar = BrokerCalendar(TABLE, Odd(), VirtualClock(NOW), tell=silent)

    assert calendar.session(date(2024, 12, 24)) == TABLE.session(date(2024, 12, 24))
    with pytest.raises(InputError, match="the calendar"):
        calendar.refresh()


@pytest.mark.parametrize(
    ("hour", "broker_says", "open_"),
    [(16, True, True), (16, False, False), (19, True, False), (13, True, False)],
)
def test_trading_is_on_when_both_say_so(
    hour: int,
    broker_says: bool,
    open_: bool,
) -> None:
    """FAULTS G03, G04: 2024-12-24 closes at one in the afternoon."""
    at = datetime(2024, 12, 24, hour, tzinfo=UTC)
    reading = ClockReading(at=at, is_open=broker_says, next_open=at, next_close=at)

    assert is_open(TABLE, reading) is open_


def test_trading_is_not_on_on_a_day_without_a_session() -> None:
    """FAULTS G04: whatever the broker's clock says."""
    at = datetime(2024, 12, 25, 16, tzinfo=UTC)
    reading = ClockReading(at=at, is_open=True, next_open=at, next_close=at)

    assert not is_open(TABLE, reading)
