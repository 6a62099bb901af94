"""What the command line costs before it does anything."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Cli

TIMES_NUMPY_MAX = 5


def _cpu_seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """Return the least processor time of three runs."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, *arguments], check=True, capture_output=True, env=environment
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def test_help_costs_at_most_five_times_an_import_of_numpy(
    bare_environment: dict[str, str], project_root: Path
) -> None:
    """PF-05."""
    environment = bare_environment | {"PYTHONPATH": str(project_root / "src")}

    shown = _cpu_seconds(["-m", "alchemiser", "--help"], environment)

    assert shown <= TIMES_NUMPY_MAX * _cpu_seconds(["-c", "import numpy"], environment)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("journal", "--help"), ("run", "--help")])
def test_help_is_shown_and_all_is_well(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)

    assert (ended.code, ended.err) == (0, "")
    assert "Usage: alchemiser" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
