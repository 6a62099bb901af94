"""Every executor of ours keeps the contract of executors: here, in processes, and on a cluster."""

from collections.abc import Iterator

import pytest

from alchemiser.adapters.dask.executor import DaskExecutor
from alchemiser.adapters.processes.pool import ProcessExecutor
from alchemiser.adapters.processes.serial import SerialExecutor
from alchemiser.ports.executor import ExecutorPort
from alchemiser.testing.contracts.executor import ExecutorContract, MortalExecutorContract
from tests.dask_cluster import cluster


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("dask"), workers=2) as address:
        yield address


class TestSerial(ExecutorContract):
    """In this process."""

    @pytest.fixture
    def executor(self) -> ExecutorPort:
        return SerialExecutor()


class TestProcesses(MortalExecutorContract):
    """In two processes of this machine."""

    @pytest.fixture
    def executor(self) -> ExecutorPort:
        return ProcessExecutor(2)


class TestDask(MortalExecutorContract):
    """On a scheduler and two workers, each a process of its own."""

    @pytest.fixture
    def executor(self, address: str) -> ExecutorPort:
        return DaskExecutor(address)
