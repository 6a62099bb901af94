"""A Dask scheduler and its workers on this machine, each a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from distributed import Client

_SECONDS_MAX: Final = 60


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Run a cluster whose files are in `folder`, and give the scheduler's address.

    A worker that dies is started again by its nanny; a piece is given up at its first death.
    """
    told = folder / "scheduler.json"
    with ExitStack() as running:
        running.enter_context(
            _process(
                folder, "scheduler", "--host=127.0.0.1", "--port=0", f"--scheduler-file={told}"
            )
        )
        _wait_for(told)
        for number in range(workers):
            where = folder / f"worker-{number}"
            where.mkdir()
            running.enter_context(
                _process(
                    where,
                    "worker",
                    f"--scheduler-file={told}",
                    "--host=127.0.0.1",
                    "--nthreads=1",
                    f"--local-directory={where}",
                )
            )
        with Client(scheduler_file=str(told), set_as_default=False) as client:
            if workers:
                client.wait_for_workers(workers, timeout=_SECONDS_MAX)
            address = str(client.scheduler.address)
        yield address


@contextmanager
def _process(where: Path, kind: str, *words: str) -> Iterator[None]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    }
    command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *words]
    with (where / f"{kind}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=where, env=environment, stdout=log, stderr=log)  # noqa: S603 - ours
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(path: Path) -> None:
    end = monotonic() + _SECONDS_MAX
    while not path.exists():
        if monotonic() > end:
            msg = f"no scheduler has written {path}"
            raise TimeoutError(msg)
        sleep(0.05)
