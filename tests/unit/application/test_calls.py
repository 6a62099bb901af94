"""Whoever begins a call is told how it has ended, once."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from alchemiser.adapters.system.calls import InlineCalls, ThreadedCalls
from alchemiser.application.calls import Calls
from alchemiser.ports.call_runner import CallRunnerPort, Ended
from alchemiser.ports.errors import AuthenticationError, PortUnavailableError

RUNNERS = pytest.mark.parametrize(
    "make", [InlineCalls, lambda: ThreadedCalls(2)], ids=["inline", "threads"]
)


class Told:
    """Takes calls that have ended, in the order in which it is told of them."""

    def __init__(self) -> None:
        self.results: list[object] = []

    def take(self, call: Ended[int]) -> None:
        """Keep the result, or the name of what was raised."""
        try:
            self.results.append(call.result())
        except PortUnavailableError as error:
            self.results.append(str(error))


def unavailable() -> int:
    raise PortUnavailableError("nobody answers.")


def refused() -> int:
    raise AuthenticationError("the key is refused.")


@RUNNERS
def test_every_call_is_told_of_once(make: Callable[[], CallRunnerPort]) -> None:
    """RS-03: what a port raises is told like any answer."""
    told = Told()

    async def three() -> None:
        calls = Calls(make())
        for function in (lambda: 17, unavailable, lambda: 23):
            calls.begin(function, told.take)
        while under_way := [*calls.under_way()]:
            await asyncio.wait(under_way)
            calls.collect()
        calls.collect()

    asyncio.run(three())

    assert sorted(map(str, told.results)) == ["17", "23", "nobody answers."]


def test_in_line_it_is_told_before_the_next_is_begun() -> None:
    """CC-04: so that the order of things is that of the effects."""
    told = Told()

    async def two() -> list[int]:
        calls = Calls(InlineCalls())
        counts = []
        for number in (17, 23):
            calls.begin(partial(int, number), told.take)
            counts.append(len(told.results))
        return counts

    assert asyncio.run(two()) == [1, 2]
    assert told.results == [17, 23]


@RUNNERS
def test_a_refused_key_keeps_nothing_back_that_was_begun_with_it(
    make: Callable[[], CallRunnerPort],
) -> None:
    """SC-03: it is raised when calls are collected, and the last words are told all the same."""
    told = Told()

    async def with_a_refused_key() -> None:
        calls = Calls(make())
        calls.begin(refused, told.take)
        calls.begin(lambda: 17, told.take)
        await asyncio.gather(*calls.under_way(), return_exceptions=True)
        with pytest.raises(AuthenticationError):
            calls.collect()
        await calls.last_words()

    asyncio.run(with_a_refused_key())

    assert told.results == [17]


def test_last_words_pass_over_refused_keys() -> None:
    told = Told()

    async def refused_twice() -> int:
        calls = Calls(InlineCalls())
        calls.begin(refused, told.take)
        calls.begin(refused, told.take)
        await calls.last_words()
        return len([*calls.under_way()])

    assert asyncio.run(refused_twice()) == 0
    assert told.results == []
