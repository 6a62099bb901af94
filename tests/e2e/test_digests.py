"""The same inputs give the same decisions on another processor and another numpy."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.conftest import Cli

MACHINES = ("plain", "without vector instructions", "another numpy", "another hash seed")


@pytest.fixture
def machines(other_numpy: Path, environment: dict[str, str]) -> dict[str, dict[str, str]]:
    assert np.__version__ not in (other_numpy / "numpy" / "version.py").read_text()
    core = np._core._multiarray_umath  # type: ignore[attr-defined]
    features = [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]
    path = os.pathsep.join((str(other_numpy), environment["PYTHONPATH"]))
    values: tuple[dict[str, str], ...] = (
        {},
        {"NPY_DISABLE_CPU_FEATURES": " ".join(features)} if features else {},
        {"PYTHONPATH": path},
        {"PYTHONHASHSEED": "17"},
    )
    return dict(zip(MACHINES, values, strict=True))


def test_demo_has_one_digest_on_every_machine(
    cli: Cli, machines: dict[str, dict[str, str]]
) -> None:
    """BT-10: and the same fills."""
    reports = [cli("demo", "--json", extra=extra).json() for extra in machines.values()]

    assert len({report["digest"] for report in reports}) == 1
    assert all(report["fills"] == reports[0]["fills"] for report in reports)


def test_backtest_on_recorded_bars_has_one_digest_on_every_machine(
    cli: Cli, machines: dict[str, dict[str, str]], shared_data: Path
) -> None:
    """BT-10: the bear market of 2022, in which every kind of rule and ranking is met."""
    words = (
        "backtest", "--strategy", "nuclear", "--strategy", "sixty-forty=0.5",
        "--data", str(shared_data / "total_return_2005_2026.parquet"),
        "--start", "2022-06-01", "--end", "2022-12-30", "--json",
    )  # fmt: skip

    reports = [cli(*words, extra=extra).json() for extra in machines.values()]

    assert reports[0]["decided"]["nuclear"] > 100
    assert len({report["digest"] for report in reports}) == 1
    assert len({report["final_equity"] for report in reports}) == 1
