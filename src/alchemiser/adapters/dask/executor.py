"""Pieces on a Dask cluster; import this only where one is wanted: distributed is an extra."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, Generic

from distributed import Client, KilledWorker
from distributed.client import ClosedClientError

from alchemiser.adapters.dask.meeting import SECONDS_MAX, compared, greet, works
from alchemiser.adapters.dask.quiet import quiet
from alchemiser.application.work import sentence
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.executor import ATTEMPTS_MAX, Failed, Finished, Piece, Result, Shared

GREETING_SECONDS_MAX: Final = 30
"""How long Dask's client may take to connect, once the scheduler has answered."""
IMPORT_SECONDS_MAX: Final = 30
"""How long a worker may take to import the code, and to tell its digest."""
SILENCE_SECONDS_MAX: Final = 30
"""After how long without a result the scheduler is asked whether it is there."""
MISSED_MAX: Final = 2
"""How often in a row it may not be, or have no worker: one that died is started again by Dask."""
DEADLY: Final = "its workers died of it"
"""Why a piece was given up without an error of its own."""


class DaskExecutor:
    """Do pieces on the workers of the scheduler at `address`; implements ExecutorPort."""

    def __init__(self, address: str, code: Callable[[], str] | None = None) -> None:
        """Use the cluster at `address`, such as `tcp://10.0.0.5:8786`.

        Args:
            address: The scheduler's.
            code: A function of a module that returns a digest of the code where it is called, which
                has to be the same everywhere; None to compare versions alone.
        """
        self._address = address
        self._code = code

    def run(
        self,
        work: Callable[[Shared, Piece], Result],
        shared: Shared,
        pieces: Sequence[Piece],
    ) -> Iterator[Finished[Result] | Failed]:
        """Yield what came of each piece as it ends.

        The scheduler gives the pieces of a worker that died to others, and gives a piece up that
        has been the death of several.

        Raises:
            SettingsError: When there is no scheduler, it has no workers, or they have other
                versions or other code than this process; before any piece is begun.
            PortUnavailableError: When the scheduler is lost later.
        """
        if not pieces:
            return
        greet(self._address)
        with quiet(), _client(self._address) as client:
            workers = compared(self._address)
            if self._code is not None:
                _check_code(client, self._code, workers)
                # Others may join later.
                work = partial(with_same_code, self._code, self._code(), work)
            errand = _Errand[Result](client, self._address, work, shared)
            try:
                yield from errand.run(pieces)
            except (OSError, CancelledError, ClosedClientError) as error:
                raise PortUnavailableError(_lost(self._address)) from error


@dataclass(slots=True)
class _Errand(Generic[Result]):
    client: Any
    address: str
    work: Callable[[Any, Any], Any]
    shared: Any
    _held: Any = None
    _begun: dict[str, tuple[Any, int, int]] = field(default_factory=dict)
    _done: SimpleQueue[Any] = field(default_factory=SimpleQueue)

    def run(self, pieces: Sequence[Any]) -> Iterator[Finished[Result] | Failed]:
        """Yield what ends; what was given up with dead workers is done again, alone.

        The scheduler charges a death to every piece that the worker had been given.
        """
        self._send_shared()
        suspects: list[int] = []
        for one in self._ended(pieces, range(len(pieces))):
            if isinstance(one, Failed) and one.reason == DEADLY:
                suspects.append(one.place)
            else:
                yield one
        for place in suspects:
            yield from self._ended(pieces, [place])

    def _ended(
        self, pieces: Sequence[Any], places: Sequence[int]
    ) -> Iterator[Finished[Result] | Failed]:
        for place in places:
            self._begin(pieces, place, 1)
        while self._begun:
            future = self._next(self._done)
            _, place, attempts = self._begun.pop(future.key)
            told = self._told(future, place, attempts)
            if told is not None:
                yield told
            else:
                self._begin(pieces, place, attempts + (future.status == "error"))

    def _next(self, told: SimpleQueue[Any]) -> Any:  # noqa: ANN401 - untyped
        """Return what is `told` next.

        Raises:
            PortUnavailableError: When nothing is, and the scheduler does not answer any more.
        """
        missed = 0
        while missed < MISSED_MAX:
            try:
                return told.get(timeout=SILENCE_SECONDS_MAX)
            except Empty:
                missed = 0 if works(self.address) else missed + 1
        raise PortUnavailableError(_lost(self.address))

    def _told(self, future: Any, place: int, attempts: int) -> Finished[Result] | Failed | None:  # noqa: ANN401 - untyped
        """Return what came of a piece, or None when it is to be begun again."""
        try:
            error = future.exception()
            if error is None:
                result = future.result(timeout=SILENCE_SECONDS_MAX)
                return Finished(place=place, result=result, attempts=attempts)
        except (CancelledError, TimeoutError):
            # What came of it went with the worker that held it: that is no fault of the piece.
            self._send_shared()
            return None
        if isinstance(error, KilledWorker):
            return Failed(place=place, reason=DEADLY, attempts=attempts)
        if attempts < ATTEMPTS_MAX:
            return None
        return Failed(place=place, reason=sentence(error), attempts=attempts)

    def _send_shared(self) -> None:
        # The client waits without limit for a scheduler that freezes meanwhile.
        told: SimpleQueue[Any] = SimpleQueue()
        Thread(target=self._scatter, args=(told,), daemon=True).start()
        self._held = self._next(told)
        if self._held is None:
            raise PortUnavailableError(_lost(self.address))

    def _scatter(self, told: SimpleQueue[Any]) -> None:
        """Tell what stands for `shared` on the workers, or None when they cannot be reached."""
        try:
            told.put(self.client.scatter([self.shared], broadcast=True, hash=False)[0])
        except (OSError, CancelledError, ClosedClientError):
            told.put(None)

    def _begin(self, pieces: Sequence[Any], place: int, attempts: int) -> None:
        future = self.client.submit(self.work, self._held, pieces[place], pure=False)
        self._begun[future.key] = (future, place, attempts)
        future.add_done_callback(self._done.put)


def _lost(address: str) -> str:
    return (
        f"the Dask scheduler at {address} or its last worker was lost: start it again, and the "
        "same command with the same --resume file goes on from there."
    )


class _PromptClient(Client):  # type: ignore[misc]
    """Wait for a greeting no longer than `GREETING_SECONDS_MAX`; Dask's own client waits on."""

    def start(self, **options: object) -> None:
        """Connect.

        Raises:
            TimeoutError: When the scheduler does not answer in time; what was begun is closed.
        """
        try:
            super().start(callback_timeout=GREETING_SECONDS_MAX, **options)
        except TimeoutError:
            self.close()
            raise


def _client(address: str) -> Any:  # noqa: ANN401 - untyped
    try:
        return _PromptClient(address, timeout=SECONDS_MAX, set_as_default=False)
    except (OSError, ValueError) as error:
        msg = f"the Dask scheduler at {address} has just left: start one, or leave out --cluster."
        raise SettingsError(msg) from error


def _check_code(client: Any, code: Callable[[], str], workers: Sequence[str]) -> None:  # noqa: ANN401 - untyped
    """Refuse workers whose code is not ours, whatever they call its version.

    Raises:
        SettingsError: Naming the first of them.
    """
    mine = code()
    asked = [client.submit(code, workers=[one], pure=False, key=f"code-{one}") for one in workers]
    for worker, future in zip(workers, asked, strict=True):
        if _digest(future) != mine:
            msg = (
                f"worker {worker} does not have the code of this process: install the same here "
                "and there, and restart it."
            )
            raise SettingsError(msg)


def with_same_code(
    code: Callable[[], str],
    mine: str,
    work: Callable[[Shared, Piece], Result],
    shared: Shared,
    piece: Piece,
) -> Result:
    """Do a piece on a worker whose `code` gives the digest `mine`.

    Raises:
        SettingsError: When it gives another.
    """
    if code() != mine:
        msg = "the worker does not have the code of the command: stop it, or install the same."
        raise SettingsError(msg)
    return work(shared, piece)


def _digest(future: Any) -> str | None:  # noqa: ANN401 - untyped
    """Return what a worker answers, or None where it cannot or does not in time."""
    try:
        error = future.exception(timeout=IMPORT_SECONDS_MAX)
        return None if error is not None else str(future.result(timeout=IMPORT_SECONDS_MAX))
    except (CancelledError, TimeoutError):
        return None
