"""Loops become machine code that rounds as they do, wherever it can be kept."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alchemiser.adapters.compiled.by_numba import NumbaCompiler
from tests.unit.adapters.compiled.loops import chained

SCRIPT = """
import sys
sys.path[:0] = [sys.argv[1]]
import numpy as np
import loops
from alchemiser.adapters.compiled.by_numba import NumbaCompiler
found = np.zeros(3)
NumbaCompiler().compiled(loops.chained)(np.array([0.1, 0.2, 0.3]), found)
print(found.tolist())
"""


def test_machine_code_rounds_each_step_and_reorders_none() -> None:
    values = np.random.default_rng(1).normal(0.0, 1.0, 3_000)
    plain, compiled = np.zeros_like(values), np.zeros_like(values)

    chained(values, plain)
    NumbaCompiler().compiled(chained)(values, compiled)

    assert plain.tobytes() == compiled.tobytes()


def test_division_by_zero_is_infinite_as_in_numpy() -> None:
    found = np.zeros(2)

    NumbaCompiler().compiled(divided)(np.array([1.0, 0.0]), found)

    assert found[0] == 1.0
    assert np.isinf(found[1])


def divided(values: NDArray[np.float64], found: NDArray[np.float64]) -> None:
    """Fill in one over each value."""
    for at in range(values.size):
        found[at] = 1.0 / values[at]


def test_folders_that_cannot_be_written_cost_no_more_than_time(
    tmp_path: Path, bare_environment: dict[str, str]
) -> None:
    source = Path(__file__).with_name("loops.py").read_text(encoding="utf-8")
    (tmp_path / "loops.py").write_text(source, encoding="utf-8")
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder", encoding="utf-8")
    (tmp_path / "__pycache__").write_text("no folder", encoding="utf-8")
    environment = bare_environment | {"HOME": str(blocked), "XDG_CACHE_HOME": str(blocked)}

    told = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-B", "-c", SCRIPT, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.stderr == ""
    assert told.stdout.strip() == "[0.1, 0.25, 0.425]"
