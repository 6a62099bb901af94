"""Who does independent pieces of work."""

import os
import re
from pathlib import Path
from typing import Final

from alchemiser.adapters.files.finished import FinishedWorkFile
from alchemiser.adapters.processes.pool import ProcessExecutor
from alchemiser.adapters.processes.serial import SerialExecutor
from alchemiser.container.assembly import code_hash
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.executor import ExecutorPort
from alchemiser.ports.finished_work import FinishedWorkPort

_ADDRESS: Final = re.compile(
    r"((tcp|tls|ws|wss)://)?[^\s/:]+:\d+|((tcp|tls|ws|wss)://)?\[[^\s/]+\]:\d+"
)


def build_executor(workers: int | None, cluster: str | None) -> ExecutorPort:
    """Return who does pieces: the Dask cluster at an address, or processes of this machine.

    Args:
        workers: How many processes, or None for one a processor; one does them here.
        cluster: The address of a Dask scheduler, or None.

    Raises:
        SettingsError: When both are given, there is no worker, or the extra is missing.
    """
    if cluster is not None:
        if workers is not None:
            msg = "--workers is for this machine, and --cluster has its own: leave one out."
            raise SettingsError(msg)
        return _dask(cluster)
    if workers is None:
        workers = os.cpu_count() or 1
    if workers < 1:
        msg = f"--workers {workers} does no work: write 1 or more."
        raise SettingsError(msg)
    return SerialExecutor() if workers == 1 else ProcessExecutor(workers)


def build_finished_work(path: Path | None) -> FinishedWorkPort | None:
    """Return where results are kept for the next time: the file `path`, or nowhere."""
    return None if path is None else FinishedWorkFile(path)


def _dask(address: str) -> ExecutorPort:
    if not _ADDRESS.fullmatch(address):
        msg = f"--cluster {address} is no address: write one such as tcp://10.0.0.5:8786."
        raise SettingsError(msg)
    try:
        from alchemiser.adapters.dask.executor import DaskExecutor  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        msg = "--cluster needs the extra [dask]: install alchemiser[dask]."
        raise SettingsError(msg) from error
    return DaskExecutor(address, code_hash)
