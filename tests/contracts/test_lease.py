"""A lease keeps a second engine out, in this process and in another, and dies with its holder."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alchemiser.adapters.system.lease import HostLease
from alchemiser.ports.errors import LeaseHeldError, PortUnavailableError
from alchemiser.ports.lease import LeasePort

HOLDER = """
import sys
from pathlib import Path
from alchemiser.adapters.system.lease import HostLease

with HostLease(Path(sys.argv[1])).hold(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "leases"


@pytest.fixture
def lease(folder: Path) -> LeasePort:
    return HostLease(folder)


@contextmanager
def other_engine(folder: Path, key: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(folder), key]
    with subprocess.Popen(  # noqa: S603 - our own script
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def refusal(lease: LeasePort, key: str) -> str:
    with pytest.raises(LeaseHeldError) as refused, lease.hold(key):
        pytest.fail("held twice")
    return str(refused.value)


def test_lease_is_refused_while_it_is_held(folder: Path, lease: LeasePort) -> None:
    """CC-06."""
    with lease.hold("PA3X"):
        refusal(lease, "PA3X")
        refusal(HostLease(folder), "PA3X")


def test_lease_of_another_account_is_free(lease: LeasePort) -> None:
    """CC-06."""
    with lease.hold("PA3X"), lease.hold("PA3Y"):
        refusal(lease, "PA3Y")


def test_lease_is_free_again_after_its_context(lease: LeasePort) -> None:
    with pytest.raises(ZeroDivisionError), lease.hold("PA3X"):
        _ = 7 // 0

    with lease.hold("PA3X"):
        refusal(lease, "PA3X")


def test_refused_lease_does_not_free_the_holders(lease: LeasePort) -> None:
    """CC-06: the loser's clean-up leaves the winner alone."""
    with lease.hold("PA3X"):
        refusal(lease, "PA3X")
        refusal(lease, "PA3X")


def test_lease_keeps_another_process_out_and_names_it(folder: Path, lease: LeasePort) -> None:
    """CC-06: two instances cannot trade one account."""
    with other_engine(folder, "PA3X") as engine:
        assert refusal(lease, "PA3X") == (
            f"Another engine (process {engine.pid}) works account PA3X: "
            "stop it before you start one."
        )


@pytest.mark.parametrize("end", [subprocess.Popen.kill, subprocess.Popen.terminate])
def test_lease_ends_with_the_death_of_its_holder(
    folder: Path, lease: LeasePort, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    """CC-06, RS-11: nobody has to clean up after a crash."""
    with other_engine(folder, "PA3X") as engine:
        end(engine)
        engine.wait()

        with lease.hold("PA3X"):
            refusal(lease, "PA3X")


def test_lease_of_an_odd_key_stays_in_its_folder(folder: Path, lease: LeasePort) -> None:
    with lease.hold("../../etc/é\n"):
        assert [path.suffix for path in folder.iterdir()] == [".lock"]


def test_lease_without_a_writable_folder_is_unavailable(tmp_path: Path) -> None:
    """RS-10: no lease, no trading."""
    (tmp_path / "file").touch()
    lease = HostLease(tmp_path / "file" / "leases")

    with (
        pytest.raises(PortUnavailableError, match="check its folder"),
        lease.hold("PA3X"),
    ):
        pytest.fail("held without a lock")


def test_errors_of_the_engine_pass_through_a_lease(lease: LeasePort) -> None:
    with pytest.raises(FileNotFoundError, match="mine"), lease.hold("PA3X"):
        raise FileNotFoundError("mine")
