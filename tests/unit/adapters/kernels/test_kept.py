"""The compiled kernel has the bytes of the arrays, is kept on disk, and needs no disk."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from alchemiser.adapters.kernels import kept
from alchemiser.adapters.kernels.kept import CompiledKernels
from alchemiser.adapters.system.cache import kernel_folder
from alchemiser.domain.fast.simulate import simulate
from tests.drawn_sessions import drawn, told

AGAIN = """
import sys
from pathlib import Path
from alchemiser.adapters.kernels.kept import CompiledKernels
from alchemiser.domain.fast.simulate import simulate
from tests.drawn_sessions import drawn
def tell(): sys.exit("compiled again")
kernel = CompiledKernels(Path(sys.argv[1]), 0, tell).kernel_for(1)
sys.stdout.write(simulate(drawn(3), kernel).equity.tobytes().hex())
"""
"""What another process does with what is kept."""

heard: list[str] = []


def hear() -> None:
    heard.append("compiling")


def test_it_has_the_bytes_of_the_arrays_and_is_kept_for_the_next_process(tmp_path: Path) -> None:
    """BT-03."""
    compiled = CompiledKernels(tmp_path / "kept", 1_000, hear)
    kernel = compiled.kernel_for(1_000)
    assert kernel is not None
    assert heard == ["compiling"]
    made = [drawn(seed, columns, rows=60) for columns in (1, 5, 8, 33, 300) for seed in range(20)]
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda one: simulate(one, kernel), made))

    assert list(map(told, runs)) == [told(simulate(one)) for one in made]
    assert pickle.loads(pickle.dumps(compiled)).kernel_for(5_000) is kernel  # noqa: S301 - ours
    command = [sys.executable, "-c", AGAIN, str(tmp_path / "kept")]
    again = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert bytes.fromhex(again.stdout) == simulate(drawn(3)).equity.tobytes()


def test_little_work_runs_as_arrays() -> None:
    assert CompiledKernels(None, 1_000, hear).kernel_for(999) is None


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert kept._made(tmp_path / "file" / "kept") is None
    assert kept._made(tmp_path / "kept") == tmp_path / "kept"


@pytest.mark.parametrize("named", ["", "not/absolute"])
def test_it_is_kept_in_the_users_cache(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert kernel_folder() == tmp_path / ".cache" / "alchemiser" / "kernels"

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert kernel_folder() == tmp_path / "other" / "alchemiser" / "kernels"
