"""Workers end with the command that began them, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_its_command(project_root: Path, tmp_path: Path, how: int) -> None:
    environment = {name: value for name, value in os.environ.items() if name[:3] != "COV"}
    command = [sys.executable, "-m", "tests.unit.adapters.processes.orphans", str(tmp_path)]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=project_root, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        numbers = [int(wait_for(tmp_path / name).read_text()) for name in ("0", "1")]
        process.send_signal(how)

    end = monotonic() + 20
    while any(is_alive(number) for number in numbers):
        assert monotonic() < end, numbers
        sleep(0.02)


def wait_for(path: Path) -> Path:
    end = monotonic() + 60
    while not path.exists():
        assert monotonic() < end, path
        sleep(0.02)
    return path


def is_alive(number: int) -> bool:
    status = Path(f"/proc/{number}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
