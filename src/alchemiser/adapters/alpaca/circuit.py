"""A broker that fails again and again is left alone for a while."""

from collections.abc import Callable
from threading import Lock


class CircuitBreaker:
    """Open after failures in a row, then let one call through to see; for any thread.

    Closed: every call passes. Open: none does. Half open, once `rest` seconds are over: one call
    passes, and what becomes of it closes the circuit or opens it again.
    """

    def __init__(self, stopwatch: Callable[[], float], *, failures: int, rest: float) -> None:
        """Open after `failures` in a row, for `rest` seconds."""
        self._stopwatch = stopwatch
        self._failures_max = failures
        self._rest = rest
        self._failures = 0
        self._opens_at: float | None = None
        self._lock = Lock()

    def admits(self) -> bool:
        """Say whether a call may be made; whoever is told so must say what became of it."""
        with self._lock:
            if self._opens_at is None:
                return True
            now = self._stopwatch()
            if now < self._opens_at:
                return False
            # Others wait until this one has come back, or for another rest if it never does.
            self._opens_at = now + self._rest
            return True

    def is_open(self) -> bool:
        """Say whether calls are being refused."""
        with self._lock:
            return self._opens_at is not None

    def succeeded(self) -> None:
        """Take note of an answer."""
        with self._lock:
            self._failures, self._opens_at = 0, None

    def failed(self) -> bool:
        """Take note of a failure; say whether it opened the circuit."""
        with self._lock:
            self._failures += 1
            if self._failures < self._failures_max:
                return False
            opened = self._opens_at is None
            self._opens_at = self._stopwatch() + self._rest
            return opened
