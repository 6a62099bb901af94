"""A stream in a thread and a loop of its own, for programs that keep no loop."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Any

from alchemiser.ports.errors import PortRejectedError

_PATIENCE = 5.0

_Place = tuple[asyncio.AbstractEventLoop, "asyncio.Task[None]"]


class StreamThread:
    """Run a stream until it is closed."""

    def __init__(
        self, run: Callable[[], Coroutine[Any, Any, None]], tell: Callable[[str], None]
    ) -> None:
        """Run nothing yet.

        Args:
            run: The stream's `run`.
            tell: Takes one sentence for the owner when the stream is refused for good.
        """
        self._run = run
        self._tell = tell
        self._place = Future[_Place]()
        self._thread = Thread(target=self._work, name="alchemiser-stream", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def close(self) -> None:
        """End it, and return once its socket is closed; may be called twice, or before `start`."""
        if self._thread.ident is None:
            return
        loop, task = self._place.result(_PATIENCE)
        with suppress(RuntimeError):  # the loop is over: there is nothing to end
            loop.call_soon_threadsafe(task.cancel)
        self._thread.join(_PATIENCE)

    def _work(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        task = asyncio.ensure_future(self._run())
        self._place.set_result((asyncio.get_running_loop(), task))
        await asyncio.wait({task})
        if task.cancelled():
            return
        try:
            task.result()
        except PortRejectedError as error:
            self._tell(str(error))
