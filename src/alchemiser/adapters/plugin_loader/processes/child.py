"""The engine's end of a child process: ask it, wait so long and no longer, end it for good."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from alchemiser.adapters.plugin_loader.processes.frames import ANSWER_MAX, LENGTH

CHUNK: Final = 1 << 16
LAST_SECONDS: Final = 1
"""How long a process that has closed its pipe may take to end by itself."""
FIXED: Final[Mapping[str, str]] = {
    "LC_ALL": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
}
"""The same wherever and whenever a strategy runs, so that it decides the same."""

Stopwatch = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Silence:
    """Tell why a process gave no answer, as the end of a sentence that begins with its name."""

    why: str


class _LateError(Exception):
    """The time is up."""


class _GoneError(Exception):
    """The other end is closed."""


class Child:
    """Hold a process of this interpreter that answers messages; it dies with its owner.

    It leads a process group of its own, sees nothing of this environment but what it is given,
    and has nothing open but two pipes.
    """

    def __init__(
        self,
        module: str,
        environment: Mapping[str, str],
        stopwatch: Stopwatch,
        *,
        folder: str = os.sep,
        answer_max: int = ANSWER_MAX,
    ) -> None:
        """Start `module` in `folder`; `stopwatch` tells seconds, an answer has so many bytes.

        Raises:
            OSError: When the machine has no room for another process.
        """
        self._stopwatch = stopwatch
        self._answer_max = answer_max
        incoming, self._requests = os.pipe()
        self._answers, outgoing = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", module, str(os.getpid())],
                stdin=incoming,
                stdout=outgoing,
                stderr=subprocess.DEVNULL,
                env={**FIXED, "PYTHONPATH": os.pathsep.join(_absolute(sys.path)), **environment},
                cwd=folder,
                start_new_session=True,
            )
        except OSError:
            self._close()
            raise
        finally:
            os.close(incoming)
            os.close(outgoing)
        os.set_blocking(self._requests, False)
        os.set_blocking(self._answers, False)
        self._open = True

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Say whether the process still runs."""
        return self._process.poll() is None

    def ask(self, message: bytes, seconds: float) -> bytes | Silence:
        """Return the answer to `message`; a process that gives none within `seconds` is ended."""
        deadline = self._stopwatch() + seconds
        try:
            self._send(message, deadline)
            (length,) = LENGTH.unpack(self._receive(LENGTH.size, deadline))
            if length <= self._answer_max:
                return self._receive(length, deadline)
        except _LateError:
            self.end()
            return Silence(f"did not answer within {seconds:g} s and was stopped")
        except _GoneError:
            with suppress(subprocess.TimeoutExpired):  # else the verdict would be our own
                self._process.wait(LAST_SECONDS)
            self.end()
            return Silence(f"ended its own process ({self._verdict()})")
        self.end()
        return Silence(f"answered with more than {self._answer_max} bytes")

    def end(self) -> None:
        """End the process and every one it may have begun; done twice, nothing happens."""
        if self._process.returncode is None:
            # Not yet waited for, so that the number of the group cannot belong to another.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._open:
            self._open = False
            self._close()

    def _close(self) -> None:
        os.close(self._requests)
        os.close(self._answers)

    def _send(self, message: bytes, deadline: float) -> None:
        """Write all of `message`.

        Raises:
            _GoneError: When nobody will read it.
        """
        left = memoryview(message)
        while left:
            self._await(self._requests, select.POLLOUT, deadline)
            try:
                left = left[os.write(self._requests, left) :]
            except BrokenPipeError as error:
                raise _GoneError from error

    def _receive(self, count: int, deadline: float) -> bytes:
        """Return the next `count` bytes.

        Raises:
            _GoneError: When they will not come.
        """
        received = bytearray()
        while len(received) < count:
            self._await(self._answers, select.POLLIN, deadline)
            chunk = os.read(self._answers, min(CHUNK, count - len(received)))
            if not chunk:
                raise _GoneError
            received += chunk
        return bytes(received)

    def _await(self, pipe: int, event: int, deadline: float) -> None:
        """Return once `pipe` is ready.

        Raises:
            _LateError: When the deadline has passed.
        """
        poll = select.poll()
        poll.register(pipe, event)
        left = deadline - self._stopwatch()
        if left <= 0 or not poll.poll(left * 1000):
            raise _LateError

    def _verdict(self) -> str:
        code = self._process.returncode
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _absolute(places: Sequence[str]) -> list[str]:
    return [os.path.abspath(place) for place in places if place]  # noqa: PTH100 - as texts
