"""How the event loop makes a blocking call."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Ended(Protocol[T_co]):
    """Tell how a call has ended."""

    def result(self) -> T_co:
        """Return what it has returned, or raise what it has raised."""


@dataclass(slots=True)
class Made(Generic[T]):
    """Hold what a call in line has returned: nothing of it is left to be waited for."""

    value: T

    def result(self) -> T:
        """Return it."""
        return self.value


class CallRunnerPort(Protocol):
    """Run blocking port calls for the event loop: in threads live, in line in a virtual world."""

    async def call(self, function: Callable[[], T]) -> T:
        """Return what `function` returns, or raise what it raises."""

    def begin(self, function: Callable[[], T]) -> Awaitable[T] | Made[T]:
        """Begin the call within a running loop, and return what tells how it has ended.

        In line it has ended already.
        """
