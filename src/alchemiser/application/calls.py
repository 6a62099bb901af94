"""Calls to ports that are under way, and who is told how each has ended."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from alchemiser.ports.call_runner import CallRunnerPort, Ended, Made
from alchemiser.ports.errors import AuthenticationError

T = TypeVar("T")
Told = Callable[[Ended[T]], None]
"""Takes a call that has ended, whose result raises what the call has raised."""


class Calls:
    """Begin calls, and tell of each once: at once where it is made in line."""

    def __init__(self, runner: CallRunnerPort) -> None:
        """Make the calls by `runner`."""
        self._runner = runner
        self._told: dict[asyncio.Future[Any], Callable[[], None]] = {}

    def begin(self, function: Callable[[], T], told: Told[T]) -> None:
        """Call `function`; `told` takes the call once it has ended."""
        call = self._runner.begin(function)
        if isinstance(call, Made):
            told(call)
        else:
            self.follow(asyncio.ensure_future(call), told)

    def follow(self, call: asyncio.Future[T], told: Told[T]) -> None:
        """Have `told` take `call` once it has ended."""
        # What was begun together is all carried out before a refused key stops everything.
        if call.done() and not isinstance(call.exception(), AuthenticationError):
            told(call)
        else:
            self._told[call] = partial(told, call)

    def collect(self) -> None:
        """Tell of those that have ended meanwhile; raises what their takers raise."""
        for call in [call for call in self._told if call.done()]:
            self._told.pop(call)()

    def under_way(self) -> Iterator[asyncio.Future[Any]]:
        """Yield those that nobody was told of."""
        return iter(tuple(self._told))

    async def last_words(self) -> None:
        """Wait for all that are under way and tell of them, but for keys that are refused."""
        await asyncio.gather(*self._told, return_exceptions=True)
        for call in self.under_way():
            told = self._told.pop(call)
            if not isinstance(call.exception(), AuthenticationError):
                told()
