"""Small parts of the streams: backoff, halts and the mailbox."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.alpaca.streams.halts import Halts
from alchemiser.adapters.alpaca.streams.keys import KeyReader
from alchemiser.adapters.alpaca.streams.mailbox import Mailbox
from alchemiser.adapters.alpaca.streams.refusals import StreamBrokenError
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.domain.values.identifiers import Symbol
from tests.unit.adapters.alpaca.streams.server import Word, fill, told

SPY = Symbol("SPY")
AT = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)
LATER = AT + timedelta(seconds=1)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_is_bounded_and_begins_within_a_second(failures: int, draw: float) -> None:
    """RS-06, B08: 1 to 60 s, evenly drawn from zero."""
    wait = StreamSettings().backoff(failures, draw)

    assert 0 <= wait <= min(60, 2 ** min(failures - 1, 10))


def test_backoff_doubles_up_to_a_minute() -> None:
    bounds = [StreamSettings().backoff(failures, 1.0) for failures in range(1, 9)]

    assert bounds == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("status", "reason", "is_halted"),
    [
        ("2", "D", True),
        ("H", "T1", True),
        ("P", "LUDP", True),
        ("5", "M", True),
        ("Q", "T3", False),
        ("E", "", False),
        ("3", "M", False),
        ("T", "LUDP", False),
    ],
)
def test_statuses_halt_and_resume(status: str, reason: str, is_halted: bool) -> None:
    """D05: codes of both tapes."""
    halts = Halts()
    halts.status(SPY, status=status, reason=reason, at=AT)

    assert (SPY in halts.halted()) is is_halted


def test_quotes_that_resume_are_no_trading() -> None:
    halts = Halts()
    halts.status(SPY, status="H", reason="T1", at=AT)
    halts.status(SPY, status="Q", reason="T3", at=LATER)

    assert halts.halted() == {SPY}


def test_a_trade_ends_a_halt_only_when_its_resumption_may_have_been_missed() -> None:
    halts = Halts()
    halts.status(SPY, status="H", reason="T1", at=AT)
    halts.traded(SPY, LATER)
    assert halts.halted() == {SPY}

    halts.lose_track()
    halts.traded(SPY, AT)
    assert halts.halted() == {SPY}
    assert halts.known() == set()

    halts.traded(SPY, LATER)
    assert halts.halted() == set()
    assert halts.known() == {SPY}


def test_symbols_that_are_not_kept_are_forgotten() -> None:
    halts = Halts()
    halts.status(SPY, status="H", reason="T1", at=AT)
    halts.keep(())

    assert (halts.halted(), halts.known()) == (frozenset(), frozenset())


def test_mailbox_remembers_so_many_and_no_more() -> None:
    async def scenario() -> None:
        counts = Counter[str]()
        mailbox = Mailbox(reports_max=100, remembered_max=6, counts=counts)
        for number in (1, 2, 3, 4, 5, 5):
            assert mailbox.put(told(fill(number)))
        assert counts["duplicates"] == 1
        assert mailbox.put(told(fill(1)))
        assert counts["duplicates"] == 1
        popped = 0
        while mailbox.pop() is not None:
            popped += 1
        assert popped == 6

    asyncio.run(scenario())


def test_mailbox_of_one_report_passes_them_all() -> None:
    async def scenario() -> None:
        counts = Counter[str]()
        mailbox = Mailbox(reports_max=1, remembered_max=100, counts=counts)
        for number in range(1, 6):
            await mailbox.room()
            assert mailbox.put(told(fill(number)))
            assert not mailbox.put(told(fill(number + 1)))
            assert mailbox.pop() == told(fill(number))
        assert counts["overflows"] == 5

    asyncio.run(scenario())


def test_keys_that_cannot_be_read_in_time_break_the_connection() -> None:
    """E05: no fallback."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        free = asyncio.Event()

        def keys(*, refresh: bool) -> tuple[str, Word]:
            asyncio.run_coroutine_threadsafe(free.wait(), loop).result(5)
            return f"{refresh}", Word()

        with pytest.raises(StreamBrokenError, match="in time"):
            await KeyReader(keys, 0.05).pair()
        free.set()

    asyncio.run(scenario())
