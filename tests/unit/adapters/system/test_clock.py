"""The wall clock stands still rather than run back; the virtual one jumps in order."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from alchemiser.adapters.system.clock import SystemClock, VirtualClock
from alchemiser.domain.values.errors import InvalidValueError

START = datetime(2024, 8, 5, 13, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_system_clock_tells_the_machines_time() -> None:
    before = datetime.now(UTC)

    assert before <= SystemClock().now() <= datetime.now(UTC)


def test_system_clock_stands_still_when_the_machine_is_set_back() -> None:
    clock = SystemClock()
    clock._last = ahead = datetime.now(UTC) + timedelta(hours=1)

    assert clock.now() == clock.now() == ahead


def test_system_clock_wakes_soon_after_the_machine_was_suspended() -> None:
    """CC-02: a wait is made of short naps, so a jump of the clock is noticed."""
    clock = SystemClock()
    at = clock.now() + timedelta(hours=1)

    async def suspended() -> None:
        waiting = asyncio.create_task(clock.wait_until(at))
        await asyncio.sleep(0)
        clock._last = at
        await asyncio.wait_for(waiting, timeout=5)

    asyncio.run(suspended())

    assert clock.now() >= at


def test_virtual_clock_moves_only_when_told() -> None:
    """BT-10."""
    clock = VirtualClock(START)
    clock.advance_to(START + SECOND)

    assert clock.now() == START + SECOND
    clock.advance_to(START)
    assert clock.now() == START + SECOND


def test_virtual_clock_jumps_to_the_moment_itself() -> None:
    clock = VirtualClock(START)

    asyncio.run(clock.wait_until(START + timedelta(days=400, microseconds=3)))

    assert clock.now() == START + timedelta(days=400, microseconds=3)


def test_virtual_clock_serves_waiters_in_the_order_of_their_moments() -> None:
    """BT-10: whoever starts first, the earlier moment comes first; equals by turn."""
    clock = VirtualClock(START)
    told: list[tuple[str, int]] = []

    async def tick(name: str, every: int, times: int) -> None:
        for _ in range(times):
            await clock.wait_until(clock.now() + every * SECOND)
            told.append((name, int((clock.now() - START) / SECOND)))

    async def world() -> None:
        await asyncio.gather(tick("slow", 10, 1), tick("third", 3, 4), tick("fifth", 5, 2))

    asyncio.run(world())

    assert told == [
        ("third", 3),
        ("fifth", 5),
        ("third", 6),
        ("third", 9),
        ("slow", 10),
        ("fifth", 10),
        ("third", 12),
    ]


def test_virtual_clock_forgets_a_cancelled_waiter() -> None:
    clock = VirtualClock(START)

    async def world() -> None:
        early = asyncio.create_task(clock.wait_until(START + SECOND))
        late = asyncio.create_task(clock.wait_until(START + 7 * SECOND))
        early.cancel()
        await asyncio.wait_for(late, timeout=5)

    asyncio.run(world())

    assert clock.now() == START + 7 * SECOND


@pytest.mark.parametrize(
    "moment", [START.replace(tzinfo=None), START.astimezone(timezone(timedelta(hours=-4)))]
)
def test_virtual_clock_refuses_another_time_zone(moment: datetime) -> None:
    def wait(clock: VirtualClock) -> Awaitable[None]:
        return clock.wait_until(moment)

    uses: list[Callable[[], object]] = [
        lambda: VirtualClock(moment),
        lambda: VirtualClock(START).advance_to(moment),
        lambda: asyncio.run(VirtualClock(START).wait_until(moment)),
    ]
    for use in uses:
        with pytest.raises(InvalidValueError, match="UTC"):
            use()
