"""The compiled kernel has the bytes of the arrays, is kept on disk, and needs no disk."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from platform import libc_ver

import numpy as np
import pytest

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

LIGHT = """
import sys
from pathlib import Path
import numpy as np
from alchemiser.adapters.compiled.kept import NumbaCompiler
from tests.unit.adapters.compiled.loops import chained, example
def tell(): sys.exit("compiled again")
found = np.zeros(2)
NumbaCompiler(Path(sys.argv[1]), tell).compiled(chained, example)(np.ones(2), found)
sys.stdout.write(f"{found.tolist()} {'numba' in sys.modules}")
"""
"""The same with a small loop."""

LASTING = """
import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
import numpy as np
from alchemiser.adapters.compiled.kept import NumbaCompiler
from tests.unit.adapters.compiled.loops import chained, example
made = NumbaCompiler(Path(sys.argv[1]), lambda: None).compiled(chained, example)
values = np.ones(12_500)
for run in range(20):
    if run == 10:
        before = getrusage(RUSAGE_SELF).ru_minflt
    for found in [np.empty_like(values) for _ in range(8)]:
        made(values, found)
    del found
sys.stdout.write(str(getrusage(RUSAGE_SELF).ru_minflt - before))
"""
"""Tell how many pages ten runs have asked the system for, of some 200 that each writes to."""

heard: list[str] = []


def hear() -> None:
    heard.append("compiling")


def again() -> None:
    heard.append("compiling again")


def read() -> None:
    heard.append("compiling what could have been read")


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


@pytest.mark.parametrize("broken", [b"", b"broken", None])
def test_what_was_kept_and_is_not_whole_is_made_anew(tmp_path: Path, broken: bytes | None) -> None:
    """Of a file that was cut off or changed, no instruction is run."""
    found = np.zeros((3, 2))
    NumbaCompiler(tmp_path, hear).compiled(chained, example)(np.ones(2), found[0])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"x" if broken is None else broken)

    NumbaCompiler(tmp_path, again).compiled(chained, example)(np.ones(2), found[1])

    NumbaCompiler(tmp_path, read).compiled(chained, example)(np.ones(2), found[2])

    assert heard == ["compiling", "compiling again"]
    assert found.tolist() == [[1.0, 1.5]] * 3
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = np.zeros(2)

    NumbaCompiler(tmp_path / "file" / "kept", hear).compiled(chained, example)(np.ones(2), found)

    assert found.tolist() == [1.0, 1.5]
    assert (tmp_path / "file").is_file()


def test_what_is_kept_is_run_without_what_compiles(tmp_path: Path) -> None:
    """It takes time and memory to load that a run does not have to spare."""
    NumbaCompiler(tmp_path, hear).compiled(chained, example)
    command = [sys.executable, "-c", LIGHT, str(tmp_path)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours

    assert ran.stdout == "[1.0, 1.5] False"


@pytest.mark.skipif(libc_ver()[0] != "glibc", reason="other allocators have rules of their own")
def test_runs_that_follow_each_other_ask_for_no_new_memory(tmp_path: Path) -> None:
    """A page that is new to the process takes longer than most of what is written to it."""
    NumbaCompiler(tmp_path, hear).compiled(chained, example)
    command = [sys.executable, "-c", LASTING, str(tmp_path)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours

    assert int(ran.stdout) < 200


@pytest.mark.parametrize("named", ["", "not/absolute"])
def test_it_is_kept_in_the_users_cache(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert kernel_folder() == tmp_path / ".cache" / "alchemiser" / "kernels"

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert kernel_folder() == tmp_path / "other" / "alchemiser" / "kernels"
