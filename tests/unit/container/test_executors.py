"""Work goes where the options say."""

import sys
from pathlib import Path

import pytest

from alchemiser.adapters.dask.executor import DaskExecutor
from alchemiser.adapters.processes.pool import ProcessExecutor
from alchemiser.adapters.processes.serial import SerialExecutor
from alchemiser.container.executors import build_executor, build_finished_work
from alchemiser.domain.values.errors import SettingsError


def test_one_worker_is_this_process_and_more_are_others() -> None:
    assert isinstance(build_executor(1, None), SerialExecutor)
    assert isinstance(build_executor(2, None), ProcessExecutor)
    for address in ("tcp://127.0.0.1:8786", "localhost:8786", "tls://[::1]:8786"):
        assert isinstance(build_executor(None, address), DaskExecutor)


def test_unless_told_there_is_one_for_each_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)

    assert isinstance(build_executor(None, None), SerialExecutor)


@pytest.mark.parametrize(
    ("workers", "cluster", "told"),
    [
        (0, None, "--workers 0 does no work: write 1 or more."),
        (-3, None, "--workers -3 does no work: write 1 or more."),
        (
            None,
            "nowhere",
            "--cluster nowhere is no address: write one such as tcp://10.0.0.5:8786.",
        ),
        (None, "", "--cluster  is no address"),
        (None, "http://127.0.0.1:8786", "is no address: write one such as tcp:"),
        (2, "tcp://a:1", "--workers is for this machine, and --cluster has its own"),
    ],
)
def test_what_cannot_be_is_told(workers: int | None, cluster: str | None, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        build_executor(workers, cluster)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "alchemiser.adapters.dask.executor", None)

    with pytest.raises(SettingsError, match=r"install alchemiser\[dask\]"):
        build_executor(None, "tcp://127.0.0.1:8786")


def test_results_are_kept_where_the_option_says(tmp_path: Path) -> None:
    kept = build_finished_work(tmp_path / "kept")

    assert build_finished_work(None) is None
    assert kept is not None
    with kept.open("work") as finished:
        assert not finished.results
