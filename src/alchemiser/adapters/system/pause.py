"""A wait of a thread that can be cut short."""

from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError


class Pause:
    """Wait, until told to stop for good; for any thread."""

    def __init__(self) -> None:
        self._stopped = Future[None]()

    def __call__(self, seconds: float) -> bool:
        """Return True after `seconds`, or False at once when stopped."""
        try:
            self._stopped.result(max(seconds, 0.0))
        except FutureTimeoutError:
            return True
        return False

    def stop(self) -> None:
        """End every wait, and let none begin; may be said twice."""
        if not self._stopped.done():
            self._stopped.set_result(None)
