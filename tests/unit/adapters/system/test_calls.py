"""Calls return and raise as if they were made here; abandoned ones are counted."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial

import pytest

from alchemiser.adapters.system.calls import InlineCalls, ThreadedCalls
from alchemiser.ports.call_runner import CallRunnerPort, Made
from alchemiser.ports.errors import OutcomeUnknownError


def fail() -> int:
    raise OutcomeUnknownError("no answer")


@pytest.mark.parametrize("make", [InlineCalls, lambda: ThreadedCalls(2)], ids=["inline", "threads"])
def test_call_returns_and_raises_what_the_function_does(make: Callable[[], CallRunnerPort]) -> None:
    """RS-03: the error arrives as it was raised."""
    calls = make()

    assert asyncio.run(calls.call(lambda: 17)) == 17
    with pytest.raises(OutcomeUnknownError, match="no answer"):
        asyncio.run(calls.call(fail))


def test_inline_calls_stay_in_the_thread_of_the_loop() -> None:
    """CC-04."""
    assert asyncio.run(InlineCalls().call(threading.get_ident)) == threading.get_ident()


def test_threaded_calls_leave_the_loop_free() -> None:
    """CC-08: two calls that wait for each other both end."""
    meeting = threading.Barrier(2, timeout=5)
    calls = ThreadedCalls(2)

    async def both() -> tuple[int, int]:
        return await asyncio.gather(calls.call(meeting.wait), calls.call(meeting.wait))

    assert sorted(asyncio.run(both())) == [0, 1]
    calls.close()


def test_threaded_calls_use_no_more_threads_than_told() -> None:
    used: set[int] = set()
    calls = ThreadedCalls(3)

    async def many() -> None:
        await asyncio.gather(
            *(calls.call(lambda: used.add(threading.get_ident())) for _ in range(50))
        )

    asyncio.run(many())

    assert 1 <= len(used) <= 3
    calls.close()


def test_abandoned_call_is_counted_until_it_returns() -> None:
    """CC-03: a call that hangs does not hang the engine, and is not forgotten."""
    started, release = threading.Event(), threading.Event()
    calls = ThreadedCalls(1)

    def hang() -> None:
        started.set()
        release.wait(5)

    async def give_up() -> None:
        hung = asyncio.create_task(calls.call(hang))
        queued = asyncio.create_task(calls.call(fail))
        await asyncio.to_thread(started.wait, 5)
        assert calls.abandoned() == 0
        for task in (hung, queued):
            task.cancel()
        await asyncio.wait([hung, queued])
        assert hung.cancelled()
        assert queued.cancelled()
        assert calls.abandoned() == 1, "the queued one never began, so it was dropped"
        release.set()
        assert await calls.call(lambda: "next") == "next"
        assert calls.abandoned() == 0

    asyncio.run(give_up())
    calls.close()


def test_deadline_on_a_call_counts_as_abandoned() -> None:
    """RS-05."""
    release = threading.Event()
    calls = ThreadedCalls(1)

    async def deadline() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(calls.call(lambda: release.wait(5)), timeout=0.02)
        assert calls.abandoned() == 1
        release.set()

    asyncio.run(deadline())
    calls.close()


def test_closed_calls_take_no_more() -> None:
    calls = ThreadedCalls(1)
    calls.close()

    with pytest.raises(RuntimeError):
        asyncio.run(calls.call(lambda: 17))


@pytest.mark.parametrize("make", [InlineCalls, lambda: ThreadedCalls(2)], ids=["inline", "threads"])
def test_a_call_that_was_begun_tells_what_the_function_does(
    make: Callable[[], CallRunnerPort],
) -> None:
    """RS-03: also what the port has raised, which is told once the call is looked at."""
    calls = make()

    async def begun() -> tuple[int, str]:
        right, wrong = calls.begin(lambda: 17), calls.begin(fail)
        assert not isinstance(wrong, Made)
        with pytest.raises(OutcomeUnknownError) as told:
            await wrong
        return right.result() if isinstance(right, Made) else await right, str(told.value)

    assert asyncio.run(begun()) == (17, "no answer")


def test_what_is_begun_in_line_has_ended_in_the_order_of_beginning() -> None:
    """CC-04."""
    made: list[int] = []

    async def begun() -> list[object]:
        return [InlineCalls().begin(partial(made.append, place)) for place in range(3)]

    assert asyncio.run(begun()) == [Made(None)] * 3
    assert made == [0, 1, 2]


def test_begun_call_may_be_given_up_and_counts_until_it_returns() -> None:
    """RS-05."""
    release, begun = threading.Event(), threading.Event()
    calls = ThreadedCalls(1)

    def wait() -> None:
        begun.set()
        release.wait(5)

    async def give_up() -> int:
        call = calls.begin(wait)
        await asyncio.sleep(0)
        assert begun.wait(5)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        return calls.abandoned()

    assert asyncio.run(give_up()) == 1
    release.set()
    calls.close()
