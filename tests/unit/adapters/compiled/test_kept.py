"""The compiled kernel has the bytes of the arrays, is kept on disk, and needs no disk."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from alchemiser.adapters.compiled import kept
from alchemiser.adapters.compiled.kept import NumbaCompiler
from alchemiser.adapters.system.cache import kernel_folder
from alchemiser.domain.fast.kernel import entry, sessions
from alchemiser.domain.fast.simulate import simulate
from tests.drawn_sessions import drawn, told
from tests.unit.adapters.compiled.loops import chained, example

AGAIN = """
import sys
from pathlib import Path
from alchemiser.adapters.compiled.kept import NumbaCompiler
from alchemiser.domain.fast.kernel import entry, sessions
from alchemiser.domain.fast.simulate import simulate
from tests.drawn_sessions import drawn
def tell(): sys.exit("compiled again")
kernel = NumbaCompiler(Path(sys.argv[1]), tell).compiled(sessions.run, entry.example)
sys.stdout.write(simulate(drawn(3), kernel).equity.tobytes().hex())
"""
"""What another process does with what is kept."""

heard: list[str] = []


def hear() -> None:
    heard.append("compiling")


def again() -> None:
    heard.append("compiling again")


@pytest.fixture(autouse=True)
def _nothing_heard() -> None:
    heard.clear()


def test_it_has_the_bytes_of_the_arrays_and_is_kept_for_the_next_process(tmp_path: Path) -> None:
    """BT-03."""
    compiler = NumbaCompiler(tmp_path / "kept", hear)
    kernel = compiler.compiled(sessions.run, entry.example)
    assert heard == ["compiling"]
    made = [drawn(seed, columns, rows=60) for columns in (1, 5, 8, 33, 300) for seed in range(20)]
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda one: simulate(one, kernel), made))

    elsewhere = pickle.loads(pickle.dumps(compiler))  # noqa: S301 - ours
    assert list(map(told, runs)) == [told(simulate(one)) for one in made]
    assert elsewhere.compiled(sessions.run, entry.example) is kernel
    command = [sys.executable, "-c", AGAIN, str(tmp_path / "kept")]
    again = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert bytes.fromhex(again.stdout) == simulate(drawn(3)).equity.tobytes()


def test_what_was_kept_and_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    found = np.zeros((2, 2))
    NumbaCompiler(tmp_path, hear).compiled(chained, example)(np.ones(2), found[0])
    kept_there = list(tmp_path.rglob("*.nbi"))
    for index in kept_there:
        index.write_bytes(b"broken")

    NumbaCompiler(tmp_path, again).compiled(chained, example)(np.ones(2), found[1])

    assert kept_there
    assert found.tolist() == [[1.0, 1.5], [1.0, 1.5]]
    assert not any(index.exists() for index in kept_there)


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
