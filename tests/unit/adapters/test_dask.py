"""A cluster that cannot do the work is told so in one sentence, before any work begins."""

import gc
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from signal import SIGCONT, SIGKILL, SIGSTOP, Signals
from threading import Thread
from time import sleep

import pytest
from distributed import Client

from alchemiser.adapters.dask import executor, meeting
from alchemiser.adapters.dask.executor import DaskExecutor, with_same_code
from alchemiser.container.assembly import code_hash
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.executor import Finished
from alchemiser.testing.contracts.executor_work import take_time
from tests.authority import Authority
from tests.dask_cluster import cluster
from tests.unit.application.test_work import tripled


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting, "SECONDS_MAX", 1)
    monkeypatch.setattr(executor, "SECONDS_MAX", 1)


def refusal(address: str, code: Callable[[], str] | None = None) -> str:
    with pytest.raises(SettingsError) as refused:
        list(DaskExecutor(address, code).run(tripled, 3, range(2)))
    return str(refused.value)


def nobody(address: str) -> str:
    return (
        f"no Dask scheduler answers at {address} within 1 seconds: start one, or leave out "
        "--cluster."
    )


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:9", "127.0.0.1:9", "tls://127.0.0.1:9", "ftp://127.0.0.1:9", "nowhere"],
)
def test_nobody_answers(address: str) -> None:
    """AR-05."""
    assert refusal(address) == nobody(address)


def mute(there: socket.socket) -> None:
    """Say nothing for as long as the other does."""
    there.settimeout(20)
    while there.recv(1 << 16):
        pass


def drips(there: socket.socket) -> None:
    """Say a byte now and then, for ever."""
    with suppress(OSError):
        while True:
            there.sendall(b"\x01")
            sleep(0.05)


def says(words: bytes) -> Callable[[socket.socket], None]:
    def speak(there: socket.socket) -> None:
        there.sendall(words)
        mute(there)

    return speak


@contextmanager
def stranger(manner: Callable[[socket.socket], None]) -> Iterator[str]:
    """Listen on loopback, and treat whoever comes in this manner until it leaves."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    there, _ = server.accept()
                    Thread(target=treat, args=(there,), daemon=True).start()

        def treat(there: socket.socket) -> None:
            with there, suppress(OSError):
                manner(there)

        Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


MANNERS: dict[str, Callable[[socket.socket], None]] = {
    "mute": mute,
    "closes": lambda _: None,
    "http": says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "zeros": says(bytes(4096)),
    "ones": says(b"\xff" * 4096),
    "drips": drips,
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("manner", MANNERS)
def test_who_is_no_scheduler_is_told_in_time(manner: str) -> None:
    """AR-05: Dask's own client waits for a greeting without limit."""
    with stranger(MANNERS[manner]) as address:
        assert refusal(address) == nobody(address)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_who_speaks_tls_alone_is_told_in_time(tmp_path: Path, scheme: str) -> None:
    """AR-05."""
    context = Authority(tmp_path).server()

    def hidden(there: socket.socket) -> None:
        with context.wrap_socket(there, server_side=True) as inner:
            mute(inner)

    with stranger(hidden) as address:
        asked = address.replace("tcp", scheme)
        assert refusal(asked) == nobody(asked)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "ftp://127.0.0.1:9", "nowhere"])
def test_no_client_is_left_half_made(address: str) -> None:
    """It would be closed when garbage is collected, under whatever lock is held just then."""
    refusal(address)

    clients = [one for one in gc.get_objects() if type(one) is Client]
    assert {one.status for one in clients} <= {"closed"}


@pytest.mark.usefixtures("impatient")
def test_a_scheduler_without_workers(tmp_path: Path) -> None:
    with cluster(tmp_path, workers=0) as address:
        told = refusal(address)

    assert told == (
        f"the Dask scheduler at {address} has no workers, 1 seconds on: start some with `dask "
        f"worker {address}`."
    )


def test_a_worker_with_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would fail at the first piece, or answer differently."""
    stranger = tmp_path / "path" / "msgspec-0.1.dist-info"
    stranger.mkdir(parents=True)
    (stranger / "METADATA").write_text("Metadata-Version: 2.1\nName: msgspec\nVersion: 0.1\n")
    paths = os.pathsep.join([str(stranger.parent), os.environ.get("PYTHONPATH", "")])
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("PYTHONPATH", paths)
        with cluster(tmp_path, workers=1) as address:
            told = refusal(address)

    assert "msgspec 0.1, and here is Python 3." in told
    assert told.endswith(": make them equal.")


def test_a_worker_with_other_code_of_the_same_version(tmp_path: Path) -> None:
    """BT-10: it is refused by name, and one with the same code is not."""
    with cluster(tmp_path, workers=1) as address:
        # Another text in every process, as other code would have.
        told = refusal(address, token_hex)
        ended = list(DaskExecutor(address, code_hash).run(take_time, 1, range(2)))

    assert told.startswith("worker tcp://127.0.0.1:")
    assert "does not have the code of this process: install the same here and there" in told
    assert [one for one in ended if not isinstance(one, Finished)] == []
    assert len(ended) == 2


def test_a_worker_that_joins_later_with_other_code_does_nothing() -> None:
    """BT-10: its pieces fail, and are given to others or named."""
    assert with_same_code(lambda: "same", "same", tripled, 3, 2) == tripled(3, 2)
    with pytest.raises(SettingsError, match="does not have the code of the command"):
        with_same_code(lambda: "other", "same", tripled, 3, 2)


@pytest.mark.parametrize("signal", [SIGKILL, SIGSTOP])
def test_a_scheduler_that_is_lost_amid_the_work(
    tmp_path: Path,
    signal: Signals,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """BT-10: one sentence, whether it dies or freezes; what was done was told before."""
    with cluster(tmp_path, workers=1) as address:
        scheduler = _scheduler(address)
        running = DaskExecutor(address).run(take_time, 200_000, range(50))
        first = next(running)
        monkeypatch.setattr(meeting, "SECONDS_MAX", 1)
        monkeypatch.setattr(executor, "SILENCE_SECONDS_MAX", 2)
        os.kill(scheduler, signal)
        capfd.readouterr()
        with pytest.raises(PortUnavailableError) as lost:
            list(running)
        if signal is SIGSTOP:
            os.kill(scheduler, SIGCONT)

    assert isinstance(first, Finished)
    assert str(lost.value) == (
        f"the Dask scheduler at {address} or its last worker was lost: start it again, and the "
        "same command with the same --resume file goes on from there."
    )
    assert capfd.readouterr().err == ""


def _scheduler(address: str) -> int:
    with Client(address, set_as_default=False) as client:
        found: int = client.run_on_scheduler(os.getpid)
    return found
