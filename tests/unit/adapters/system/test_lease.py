"""Leases lie in the user's state folder, whatever journal is used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alchemiser.adapters.system.lease import HostLease
from alchemiser.ports.errors import LeaseHeldError, PortUnavailableError

ASK = "from alchemiser.adapters.system.lease import lease_folder; print(lease_folder())"


def folder(**environment: str) -> str:
    base = {name: value for name, value in os.environ.items() if name != "XDG_STATE_HOME"}
    asked = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", ASK],
        env=base | environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return asked.stdout.strip()


def test_leases_lie_in_the_state_folder_that_the_user_names() -> None:
    assert folder(XDG_STATE_HOME="/var/state") == "/var/state/alchemiser/leases"


@pytest.mark.parametrize("state", ["", "relative/state"])
def test_leases_lie_below_the_home_otherwise(state: str) -> None:
    """The standard says that a relative path is ignored."""
    found = folder(XDG_STATE_HOME=state, HOME="/var/ann")

    assert found == "/var/ann/.local/state/alchemiser/leases"


def test_refusal_names_the_present_holder_and_no_former_one(tmp_path: Path) -> None:
    lease = HostLease(tmp_path)
    with lease.hold("PA3X"):
        pass
    (lock,) = tmp_path.iterdir()
    lock.write_text("12345678901234567890")

    with lease.hold("PA3X"), pytest.raises(LeaseHeldError) as refused, lease.hold("PA3X"):
        pytest.fail("held twice")

    assert f"(process {os.getpid()})" in str(refused.value)


def test_lease_that_cannot_be_written_is_not_held(tmp_path: Path) -> None:
    """RS-10."""
    lease = HostLease(tmp_path)
    with lease.hold("PA3X"):
        pass
    (lock,) = tmp_path.iterdir()
    lock.unlink()
    os.mkfifo(lock)

    with pytest.raises(PortUnavailableError, match="check its disk"), lease.hold("PA3X"):
        pytest.fail("held without a holder's name")


def test_key_may_name_a_folder_in_bytes_that_are_no_text(tmp_path: Path) -> None:
    with HostLease(tmp_path).hold("simulated:/nobody/state\udcff/broker.db"):
        assert len(list(tmp_path.iterdir())) == 1
