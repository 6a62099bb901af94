"""Blocking calls for the event loop: in line, or in a bounded pool of threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from alchemiser.ports.call_runner import Made
from alchemiser.ports.errors import PortError

T = TypeVar("T")


class InlineCalls:
    """Make each call at once, in the loop's own thread; implements CallRunnerPort.

    For a virtual world, where a call takes no time and the order of things must not change.
    """

    async def call(self, function: Callable[[], T]) -> T:
        """Return what `function` returns, or raise what it raises."""
        return function()

    def begin(self, function: Callable[[], T]) -> Made[T] | asyncio.Future[T]:
        """Return what tells of the call that has been made; what ports raise is told by it."""
        try:
            return Made(function())
        except PortError as error:
            failed: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            failed.set_exception(error)
            return failed


class ThreadedCalls:
    """Make calls in at most `max_workers` threads; implements CallRunnerPort.

    A caller may give up, by cancellation, on a call that hangs. The thread cannot be stopped, so
    such a call is counted until it returns: the count is what to put a limit on.
    """

    def __init__(self, max_workers: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers, thread_name_prefix="alchemiser-call")
        self._lock = Lock()
        self._abandoned = 0

    async def call(self, function: Callable[[], T]) -> T:
        """Return what `function` returns, or raise what it raises; may wait for a free thread.

        Raises:
            CancelledError: When the caller gives up.
        """
        future = self._pool.submit(function)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.cancel():
                self._count(1)
                future.add_done_callback(self._returned)
            raise

    def begin(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """Begin the call and return what tells how it ends; to cancel that is to give up."""
        return asyncio.create_task(self.call(function))

    def abandoned(self) -> int:
        """Return how many calls still run although their caller has given up."""
        with self._lock:
            return self._abandoned

    def close(self) -> None:
        """Take no more calls; those not yet begun are dropped, those under way are not awaited."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _count(self, change: int) -> None:
        with self._lock:
            self._abandoned += change

    def _returned(self, _: Future[T]) -> None:
        self._count(-1)
