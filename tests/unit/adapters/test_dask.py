"""A cluster that cannot do the work is told so in one sentence, before any work begins."""

import gc
import os
from pathlib import Path

import pytest
from distributed import Client

from alchemiser.adapters.dask import executor
from alchemiser.adapters.dask.executor import DaskExecutor
from alchemiser.ports.errors import PortUnavailableError
from tests.dask_cluster import cluster
from tests.unit.application.test_work import tripled


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "SECONDS_MAX", 1)


def refusal(address: str) -> str:
    with pytest.raises(PortUnavailableError) as refused:
        list(DaskExecutor(address).run(tripled, 3, range(2)))
    return str(refused.value)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:9", "127.0.0.1:9", "ftp://127.0.0.1:9", "nowhere"]
)
def test_nobody_answers(address: str) -> None:
    assert refusal(address) == (
        f"no Dask scheduler answers at {address}: start one, or leave out --cluster."
    )


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "ftp://127.0.0.1:9", "nowhere"])
def test_no_client_is_left_half_made(address: str) -> None:
    """It would be closed when garbage is collected, under whatever lock is held just then."""
    with pytest.raises(PortUnavailableError) as refused:
        list(DaskExecutor(address).run(tripled, 3, range(2)))

    assert refused.value.__cause__ is not None  # which holds all that it was raised in
    clients = [one for one in gc.get_objects() if type(one) is Client]
    assert {one.status for one in clients} <= {"closed"}


def test_a_scheduler_without_workers(tmp_path: Path) -> None:
    with cluster(tmp_path, workers=0) as address:
        told = refusal(address)

    assert told == (
        f"the Dask scheduler at {address} has no workers: start some with `dask worker`."
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
