"""A worker that is killed while it starts is started again; one that can never start is told."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from alchemiser.adapters.processes.pool import ProcessExecutor
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.executor import Finished


class Deadly:
    """Kills the first processes that read it, as many as `times`."""

    def __init__(self, folder: Path, times: int) -> None:
        self.folder, self.times = folder, times

    def __reduce__(self) -> tuple[Callable[[Path, int], "Deadly"], tuple[Path, int]]:
        return read, (self.folder, self.times)


def read(folder: Path, times: int) -> Deadly:
    """Die, or be read."""
    died = len(list(folder.iterdir()))
    if died < times:
        (folder / str(died)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Deadly(folder, times)


def doubled(shared: Deadly, piece: int) -> int:
    """Return twice the piece."""
    del shared
    return 2 * piece


def test_a_worker_that_is_killed_while_it_starts_takes_nothing_with_it(tmp_path: Path) -> None:
    """AR-05."""
    found = list(ProcessExecutor(1).run(doubled, Deadly(tmp_path, 1), [4, 5]))

    assert found == [
        Finished(place=0, result=8, attempts=1),
        Finished(place=1, result=10, attempts=1),
    ]


def test_workers_that_cannot_be_started_are_told(tmp_path: Path) -> None:
    with pytest.raises(PortUnavailableError, match="worker processes cannot be started"):
        list(ProcessExecutor(1).run(doubled, Deadly(tmp_path, 9), [4]))

    assert len(list(tmp_path.iterdir())) == 2
