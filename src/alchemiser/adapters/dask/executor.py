"""Pieces on a Dask cluster; import this only where one is wanted: distributed is an extra."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any, Final, Generic

from distributed import Client, Future, KilledWorker, as_completed
from distributed.comm import get_address_host_port

from alchemiser.application.work import sentence
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.executor import ATTEMPTS_MAX, Failed, Finished, Piece, Result, Shared

SECONDS_MAX: Final = 10
"""How long the scheduler may take to answer, and its first worker to be there."""

PACKAGES: Final = ("alchemiser", "numpy", "msgspec")
"""What results may depend on, besides Python."""
DEADLY: Final = "its workers died of it"
"""Why a piece was given up without an error of its own."""


class DaskExecutor:
    """Do pieces on the workers of the scheduler at `address`; implements ExecutorPort."""

    def __init__(self, address: str) -> None:
        """Use the cluster at `address`, such as `tcp://10.0.0.5:8786`."""
        self._address = address

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
            PortUnavailableError: When the scheduler or its workers cannot be reached, or have other
                versions than this process.
        """
        if not pieces:
            return
        with _client(self._address) as client:
            _check(client, self._address)
            yield from _Errand[Result](client, work, shared).run(pieces)


@dataclass(slots=True)
class _Errand(Generic[Result]):
    client: Any
    work: Callable[[Any, Any], Any]
    shared: Any
    _held: Any = None
    _places: dict[str, tuple[int, int]] = field(default_factory=dict)

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
        begun = [self._begun(pieces, place, 1) for place in places]
        futures = as_completed(begun, loop=self.client.loop)
        for future in futures:
            place, attempts = self._places.pop(future.key)
            told = self._told(future, place, attempts)
            if told is not None:
                yield told
            else:
                attempts += future.status == "error"
                futures.add(self._begun(pieces, place, attempts))

    def _told(self, future: Any, place: int, attempts: int) -> Finished[Result] | Failed | None:  # noqa: ANN401 - untyped
        """Return what came of a piece, or None when it is to be begun again."""
        try:
            error = future.exception()
            if error is None:
                return Finished(place=place, result=future.result(), attempts=attempts)
        except CancelledError:
            # Its data went with the last worker that held them: that is no fault of the piece.
            self._send_shared()
            return None
        if isinstance(error, KilledWorker):
            return Failed(place=place, reason=DEADLY, attempts=attempts)
        if attempts < ATTEMPTS_MAX:
            return None
        return Failed(place=place, reason=sentence(error), attempts=attempts)

    def _send_shared(self) -> None:
        self._held = self.client.scatter([self.shared], broadcast=True, hash=False)[0]

    def _begun(self, pieces: Sequence[Any], place: int, attempts: int) -> "Future[Result]":
        future = self.client.submit(self.work, self._held, pieces[place], pure=False)
        self._places[future.key] = (place, attempts)
        return future


def _client(address: str) -> Any:  # noqa: ANN401 - untyped
    try:
        # Of an address that is none, a client would be left half made: closed whenever garbage is
        # collected, it waits for ever if another client is about to begin just then.
        get_address_host_port(address)
        return Client(address, timeout=SECONDS_MAX, set_as_default=False)
    except (OSError, ValueError) as error:
        msg = f"no Dask scheduler answers at {address}: start one, or leave out --cluster."
        raise PortUnavailableError(msg) from error


def _check(client: Any, address: str) -> None:  # noqa: ANN401 - untyped
    """Refuse a cluster without workers, or with other code than ours.

    Raises:
        PortUnavailableError: With what to do about it.
    """
    try:
        client.wait_for_workers(1, timeout=SECONDS_MAX)
    except TimeoutError as error:
        msg = f"the Dask scheduler at {address} has no workers: start some with `dask worker`."
        raise PortUnavailableError(msg) from error
    told = client.get_versions(packages=list(PACKAGES))
    mine = _versions(told["client"])
    for worker, about in sorted(told["workers"].items()):
        found = _versions(about)
        if found != mine:
            msg = f"worker {worker} has {_told(found)}, and here is {_told(mine)}: make them equal."
            raise PortUnavailableError(msg)


def _versions(about: Mapping[str, Any]) -> dict[str, str | None]:
    python = about["host"]["python"].split(".")
    found = {"Python": ".".join(python[:2])}
    return {**found, **{name: about["packages"].get(name) for name in PACKAGES}}


def _told(versions: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} {version or 'missing'}" for name, version in versions.items())
