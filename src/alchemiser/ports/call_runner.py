"""How the event loop makes a blocking call."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class CallRunnerPort(Protocol):
    """Run blocking port calls for the event loop: in threads live, in line in a virtual world."""

    async def call(self, function: Callable[[], T]) -> T:
        """Return what `function` returns, or raise what it raises."""

    def begin(self, function: Callable[[], T]) -> Awaitable[T]:
        """Begin the call within a running loop, and return what tells how it has ended.

        In line it has ended already.
        """
