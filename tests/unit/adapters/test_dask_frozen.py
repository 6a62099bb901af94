"""A scheduler that freezes at any moment of the talk is told of in time."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

import pytest

from alchemiser.adapters.dask import executor, meeting
from alchemiser.adapters.dask.executor import DaskExecutor
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.executor import Finished
from alchemiser.testing.contracts.executor_work import take_time
from tests.dask_cluster import cluster

LONG = 40
"""Seconds that nothing here comes near, unless it waits without limit."""
EVER = 1_000_000


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with cluster(tmp_path_factory.mktemp("cluster"), workers=1) as address:
        host, port = address.removeprefix("tcp://").split(":")
        yield host, int(port)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting, "SECONDS_MAX", 1)
    for name in ("SECONDS_MAX", "GREETING_SECONDS_MAX", "SILENCE_SECONDS_MAX"):
        monkeypatch.setattr(executor, name, 1)


@contextmanager
def frozen(scheduler: tuple[str, int], after: int) -> Iterator[str]:
    """Hand on what is said to `scheduler` and back, until it has spoken `after` times in all."""
    ended, lock, spoken = Event(), Lock(), 0

    def hand_on(source: socket.socket, sink: socket.socket, counts: int) -> None:
        nonlocal spoken
        with source, sink, suppress(OSError):
            while words := source.recv(1 << 16):
                with lock:
                    spoken += counts
                if spoken > after:
                    ended.wait()
                sink.sendall(words)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    here, there = server.accept()[0], socket.create_connection(scheduler)
                    for way in ((here, there, 0), (there, here, 1)):
                        Thread(target=hand_on, args=way, daemon=True).start()

        Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        ended.set()


def told_in_time(address: str) -> list[object]:
    """Return what comes of two pieces, and the error that ends the work, if any."""
    told: list[object] = []

    def work() -> None:
        try:
            told.extend(DaskExecutor(address).run(take_time, 0, range(2)))
        except (SettingsError, PortUnavailableError) as error:
            told.append(error)

    working = Thread(target=work, daemon=True)
    working.start()
    working.join(LONG)
    assert not working.is_alive()
    return told


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("after", range(10))
def test_a_scheduler_that_freezes_amid_the_talk(scheduler: tuple[str, int], after: int) -> None:
    """AR-05: before it greets Dask's client, while it tells of workers, or takes what is shared."""
    with frozen(scheduler, after) as address:
        *done, error = told_in_time(address)

    assert done == []
    assert isinstance(error, SettingsError | PortUnavailableError)
    assert address in str(error)


def test_a_scheduler_that_does_not_freeze(scheduler: tuple[str, int]) -> None:
    with frozen(scheduler, EVER) as address:
        told = told_in_time(address)

    assert [type(one) for one in told] == [Finished, Finished]
