"""Pieces in processes of this machine."""

import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, Generic

from alchemiser.adapters.processes import worker
from alchemiser.adapters.processes.outcomes import outcome
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.executor import ATTEMPTS_MAX, Failed, Finished, Piece, Result, Shared


class ProcessExecutor:
    """Do pieces in `workers` processes that are started afresh; implements ExecutorPort."""

    def __init__(self, workers: int) -> None:
        """Use so many processes, at least one, and no more than there are pieces."""
        self._workers = workers

    def run(
        self,
        work: Callable[[Shared, Piece], Result],
        shared: Shared,
        pieces: Sequence[Piece],
    ) -> Iterator[Finished[Result] | Failed]:
        """Yield what came of each piece as it ends.

        When a worker dies, nobody can tell which piece was its death: all that were being done are
        done again, one at a time, and a worker that dies then has died of its piece.

        Raises:
            PortUnavailableError: When no worker can be started.
        """
        if pieces:
            crew = _Crew[Result](pickle.dumps((work, shared)), min(self._workers, len(pieces)))
            yield from crew.run(pieces)


@dataclass(slots=True)
class _Crew(Generic[Result]):
    held: bytes
    workers: int
    _left: deque[int] = field(default_factory=deque)
    _suspects: deque[int] = field(default_factory=deque)
    _begun: dict[int, int] = field(default_factory=dict)
    _doing: "dict[Future[Result], int]" = field(default_factory=dict)

    def run(self, pieces: Sequence[Any]) -> Iterator[Finished[Result] | Failed]:
        self._left.extend(range(len(pieces)))
        self._begun.update(dict.fromkeys(self._left, 0))
        while self._left or self._suspects:
            pool = self._started() or self._started()
            if pool is None:
                msg = (
                    "worker processes cannot be started: use one worker; a program of your own "
                    "begins its work under `if __name__ == '__main__':`."
                )
                raise PortUnavailableError(msg)
            try:
                yield from self._until_broken(pool, pieces)
            finally:
                _end(pool)

    def _started(self) -> ProcessPoolExecutor | None:
        """Return a pool whose first worker has begun, or None where that one died before."""
        pool = ProcessPoolExecutor(
            self.workers,
            mp_context=get_context("spawn"),
            initializer=worker.begin,
            initargs=(self.held,),
        )
        with _deaf():
            first = pool.submit(worker.ready)
        if isinstance(first.exception(), BrokenProcessPool):
            _end(pool)
            return None
        return pool

    def _until_broken(
        self, pool: ProcessPoolExecutor, pieces: Sequence[Any]
    ) -> Iterator[Finished[Result] | Failed]:
        """Yield what ends, until all has or a worker dies."""
        while self._submit(pool, pieces) and self._doing:
            ended, _ = wait(self._doing, return_when=FIRST_COMPLETED)
            if any(isinstance(one.exception(), BrokenProcessPool) for one in ended):
                break
            for one in ended:
                yield from self._told(one)
        yield from self._broken()

    def _submit(self, pool: ProcessPoolExecutor, pieces: Sequence[Any]) -> bool:
        """Keep every worker busy; what may be deadly is done alone. Say whether all live."""
        width = 1 if self._suspects else self.workers
        waiting = self._suspects or self._left
        while waiting and len(self._doing) < width:
            try:
                with _deaf():
                    future = pool.submit(worker.do, pieces[waiting[0]])
            except BrokenProcessPool:
                return False
            place = waiting.popleft()
            self._begun[place] += 1
            self._doing[future] = place
        return True

    def _told(self, future: "Future[Result]") -> Iterator[Finished[Result] | Failed]:
        place = self._doing.pop(future)
        told = outcome(future, place, self._begun[place], ATTEMPTS_MAX)
        if told is None:
            self._left.append(place)
        else:
            yield told

    def _broken(self) -> Iterator[Finished[Result] | Failed]:
        """Yield what had ended when a worker died; the rest is done again, each alone."""
        was_alone = len(self._doing) == 1
        for one, place in tuple(self._doing.items()):
            if not isinstance(one.exception(), BrokenProcessPool):
                yield from self._told(one)
                continue
            del self._doing[one]
            self._begun[place] -= not was_alone
            attempts = self._begun[place]
            if attempts < ATTEMPTS_MAX:
                self._suspects.append(place)
            else:
                yield Failed(place=place, reason="its worker died of it", attempts=attempts)


@contextmanager
def _deaf() -> Iterator[None]:
    """Let Ctrl-C wait while workers are started, which inherit that until they ignore it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the workers at once, whatever they are doing: it is not wanted any more."""
    doing = list((pool._processes or {}).values())  # noqa: SLF001 - 3.14 has terminate_workers()
    pool.shutdown(wait=False, cancel_futures=True)
    for process in doing:
        process.terminate()
    for process in doing:
        process.join()
