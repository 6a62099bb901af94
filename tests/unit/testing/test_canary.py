"""The search for keys that turned up finds them, or it proves nothing."""

import os
import subprocess
import sys
from pathlib import Path

from alchemiser.adapters.secrets.env import VARIABLES
from tests.canary import WORDS, leaks, told

WORD = "a-word-of-this-test"


def test_every_test_runs_with_the_keys() -> None:
    assert tuple(os.environ[name] for name in VARIABLES) == WORDS


def test_a_planted_word_is_found_wherever_it_lies(tmp_path: Path) -> None:
    """SX-02: also across the pieces in which a large file is read."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "small.log").write_text(f"key={WORD}!")
    (tmp_path / "large.db").write_bytes(b"\0" * ((1 << 20) - 5) + WORD.encode() + b"\0" * 99)
    (tmp_path / "clean.txt").write_text("nothing here")
    (tmp_path / "link").symlink_to(deep / "small.log")

    assert leaks(tmp_path, [WORD]) == [deep / "small.log", tmp_path / "large.db"]
    assert told(f"<p>{WORD}</p>", [WORD]) == [WORD]
    assert told("nothing", [WORD]) == []


def test_a_run_in_which_a_key_turns_up_fails(tmp_path: Path, project_root: Path) -> None:
    """SX-02: the run that ends here was such a run, but for its temporary folder."""
    case = tmp_path / "test_leak.py"
    case.write_text(
        "import os\n"
        "def test_quiet(tmp_path): (tmp_path / 'a.log').write_text('nothing')\n"
        "def test_file(tmp_path):\n"
        "    (tmp_path / 'a.log').write_text(os.environ[os.environ['WHICH']])\n"
    )

    plugins = ("tests.conftest", "no:randomly", "no:cacheprovider")
    options = [f"--rootdir={tmp_path}", *(f"-p{name}" for name in plugins)]

    def run(name: str) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "inner"
        ended = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "pytest", *options, f"--basetemp={folder}", str(case)],
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(project_root), "WHICH": name},
            text=True,
            timeout=60,
        )
        for file in leaks(folder):
            file.unlink()  # else the run that this test is part of would find them too
        return ended

    leaking, clean = run(VARIABLES[1]), run("WHICH")

    assert (leaking.returncode, clean.returncode) == (1, 0)
    assert "a key was told" in leaking.stdout
    assert "a.log" in leaking.stdout
    assert told(leaking.stdout) == []
