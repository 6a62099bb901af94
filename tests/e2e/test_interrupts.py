"""Ctrl-C at any moment of a command: exit code 130, and never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STRIKING = """
import os, signal, sys

class Strike:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Strike())
"""
AT_THE_END = """
import atexit, os, signal
atexit.register(os.kill, os.getpid(), signal.SIGINT)
"""
COMMAND = "from alchemiser.entrypoints.cli import main; main()"


def ended(
    folder: Path, before: str, *words: str, command: str = COMMAND
) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own after `before`."""
    return subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", f"{before}\n{command}", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "moment",
    [
        "alchemiser.entrypoints.cli.main",
        "alchemiser.entrypoints.cli.interrupting",
        "alchemiser.entrypoints.cli.running",
        "typer",
        "rich",
        "alchemiser.entrypoints.cli.app",
        "alchemiser.entrypoints.cli.commands.desk",
        "alchemiser.container",
        "numpy",
    ],
)
def test_whatever_is_imported_just_then_it_is_quiet(tmp_path: Path, moment: str) -> None:
    """AR-05: nothing had begun, and nothing is said."""
    child = ended(tmp_path, STRIKING.format(name=moment), "status")

    assert (child.returncode, child.stdout, child.stderr) == (130, "", "")


def test_command_that_had_begun_says_how_to_go_on(tmp_path: Path) -> None:
    """AR-05: also a program is told."""
    child = ended(tmp_path, STRIKING.format(name="alchemiser.adapters.synthetic"), "demo", "--json")

    assert child.returncode == 130
    assert child.stderr.startswith("Interrupted: the same command goes on")
    assert len(child.stderr.splitlines()) == 1
    assert '"reason": "Interrupted' in child.stdout


def test_command_that_was_over_is_over(tmp_path: Path) -> None:
    """AR-05: its answer is out, and its exit code stands."""
    child = ended(tmp_path, AT_THE_END, "status")

    assert (child.returncode, child.stdout) == (2, "")
    assert len(child.stderr.splitlines()) == 1
    assert "Traceback" not in child.stderr


def test_module_is_as_quiet_as_the_program(tmp_path: Path) -> None:
    """AR-05: `python -m alchemiser`."""
    module = "import runpy; runpy.run_module('alchemiser', run_name='__main__')"
    child = ended(tmp_path, STRIKING.format(name="typer"), "status", command=module)

    assert (child.returncode, child.stdout, child.stderr) == (130, "", "")


def test_who_ignores_interrupts_goes_on(tmp_path: Path) -> None:
    """As under nohup: what a parent has decided stands."""
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    child = ended(tmp_path, ignoring + STRIKING.format(name="typer"), "status")

    assert child.returncode == 2
