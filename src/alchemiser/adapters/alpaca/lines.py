"""The threads in which requests are made, so that whoever waits for one can walk away."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from alchemiser.ports.errors import OutcomeUnknownError, PortUnavailableError

T = TypeVar("T")


class Lines:
    """Make at most `count` calls at a time; looking up a name has no time limit of its own."""

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="alchemiser-alpaca")

    def call(self, function: Callable[[], T], seconds: float) -> T:
        """Return what `function` returns, or raise what it raises, within `seconds`.

        Raises:
            PortUnavailableError: When it was not begun.
            OutcomeUnknownError: When it has not ended.
        """
        future = self._begin(function)
        if not wait([future], seconds).done:
            if future.cancel():
                raise PortUnavailableError("Alpaca was not asked: no line was free.")
            raise OutcomeUnknownError("Alpaca did not answer in time.")
        return future.result()

    def close(self) -> None:
        """Take no more calls; those that wait for a line are dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self, function: Callable[[], T]) -> Future[T]:
        """Begin a call.

        Raises:
            PortUnavailableError: When no more are taken.
        """
        try:
            return self._threads.submit(function)
        except RuntimeError as error:
            raise PortUnavailableError("The connection to Alpaca is closed.") from error
