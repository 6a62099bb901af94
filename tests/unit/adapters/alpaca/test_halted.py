"""What counts as halted: what a stream says, and what is silent in regular hours."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from alchemiser.adapters.alpaca.halted import Halts, Named, none_of
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.values.identifiers import Symbol

AGG, SPY = Symbol("AGG"), Symbol("SPY")
NOON: Final = datetime(2024, 8, 5, 16, tzinfo=UTC)
"""The session is open from 13:30 to 20:00."""
MINUTE: Final = timedelta(minutes=1)
STILL: Final = timedelta(minutes=40)


def halts(
    told: list[str] | None = None,
    *,
    feed: str | None = None,
    silence_max: timedelta | None = None,
    halted: Named = none_of,
    trading: Named = none_of,
) -> Halts:
    tell = ([] if told is None else told).append
    return Halts(
        SessionTable(), tell, feed=feed, silence_max=silence_max, halted=halted, trading=trading
    )


def only_spy(names: object) -> frozenset[Symbol]:
    del names
    return frozenset({SPY})


@pytest.mark.parametrize(
    ("feed", "silence_max", "silent", "halted"),
    [
        (None, None, 15 * MINUTE, False),
        ("sip", None, 15 * MINUTE, False),
        ("sip", None, 16 * MINUTE, True),
        ("iex", None, 60 * MINUTE, False),
        ("iex", None, 61 * MINUTE, True),
        ("iex", timedelta(minutes=2), 3 * MINUTE, True),
        ("iex", timedelta(minutes=2), -MINUTE, False),
    ],
)
def test_what_is_silent_for_longer_than_its_feed_explains_is_halted(
    feed: str | None,
    silence_max: timedelta | None,
    silent: timedelta,
    halted: bool,
) -> None:
    """D05, OS-20."""
    judge = halts(feed=feed, silence_max=silence_max).at((SPY,), NOON)

    assert judge(SPY, NOON - silent) is halted


@pytest.mark.parametrize(
    ("at", "halted"),
    [
        (datetime(2024, 8, 5, 13, 29, tzinfo=UTC), False),  # before the open
        (datetime(2024, 8, 5, 13, 44, tzinfo=UTC), False),  # nothing had to trade yet
        (datetime(2024, 8, 5, 13, 46, tzinfo=UTC), True),
        (datetime(2024, 8, 5, 19, 59, tzinfo=UTC), True),
        (datetime(2024, 8, 5, 20, 1, tzinfo=UTC), False),  # closed
        (datetime(2024, 8, 4, 16, 0, tzinfo=UTC), False),  # a Sunday
        (datetime(2024, 7, 3, 16, 59, tzinfo=UTC), True),  # half a day
        (datetime(2024, 7, 3, 17, 1, tzinfo=UTC), False),
    ],
)
def test_silence_counts_in_regular_hours_alone(
    at: datetime,
    halted: bool,
) -> None:
    judge = halts().at((SPY,), at)

    assert judge(SPY, at - timedelta(days=1)) is halted


def test_what_the_stream_says_stands() -> None:
    """D05: it would have told a halt of what it knows to trade, however seldom that trades."""
    said = halts(halted=only_spy).at((AGG, SPY), NOON)
    known = halts(trading=only_spy).at((AGG, SPY), NOON)

    assert (said(AGG, NOON), said(SPY, NOON)) == (False, True)
    assert (known(AGG, NOON - STILL), known(SPY, NOON - STILL)) == (True, False)


def test_the_owner_hears_of_a_silence_once_until_it_ends() -> None:
    told: list[str] = []
    judged = halts(told)
    for traded_at in (NOON - STILL, NOON - STILL, NOON, NOON - STILL):
        judged.at((SPY,), NOON)(SPY, traded_at)
    judged.at((SPY,), NOON + timedelta(days=1))(SPY, NOON - STILL)

    assert len(told) == 2
    assert told[0].startswith("SPY last traded at 2024-08-05T15:20:00+00:00, more than 15 minutes")
    assert "silence_seconds_max" in told[0]


def test_a_halt_that_the_stream_tells_is_not_told_as_a_silence() -> None:
    told: list[str] = []
    assert halts(told, halted=only_spy).at((SPY,), NOON)(SPY, NOON - STILL)
    assert told == []
