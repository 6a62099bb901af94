"""Build `.venv` from the locked requirements, and again only when they have changed.

Standard library only: this runs on the bare Python of a fresh machine.
"""

import argparse
import fcntl
import hashlib
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKED = ROOT / "requirements" / "dev.txt"
PROJECTS = (ROOT, *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml")))


def main() -> None:
    """Bring the environment up to date; one process at a time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--with-other-numpy",
        dest="aside",
        action="append_const",
        const="numpy-other",
        help="also install the second numpy that the tests compare digests with",
    )
    parser.add_argument(
        "--with-mutation",
        dest="aside",
        action="append_const",
        const="mutation",
        help="also install what `make mutation` changes the source with",
    )
    parser.add_argument(
        "--with-peers",
        dest="aside",
        action="append_const",
        const="peers",
        help="also install the engines that `make bench-orders` compares with",
    )
    arguments = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 - whichever Python the machine has runs this
        sys.exit("Python 3.11 or later is needed: name one with `make PYTHON=/path/to/python3.11`.")
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _once(VENV / ".locked", (LOCKED,), _install_locked)
        _once(VENV / ".projects", tuple(p / "pyproject.toml" for p in PROJECTS), _install_projects)
        for name in arguments.aside or ():
            locked = ROOT / "requirements" / f"{name}.txt"
            _once(CACHE / name / ".locked", (locked,), partial(_install_aside, name, locked))


def _once(stamp: Path, inputs: Sequence[Path], build: Callable[[], None]) -> None:
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for path in inputs:
        digest.update(path.read_bytes())
    wanted = digest.hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    build()
    stamp.write_text(wanted)


def _install_locked() -> None:
    print("Building .venv; this happens once and takes about a minute.", flush=True)
    venv.create(VENV, clear=True, symlinks=True, with_pip=True)
    _pip("--require-hashes", "--requirement", str(LOCKED))


def _install_projects() -> None:
    editable = [word for project in PROJECTS for word in ("--editable", str(project))]
    _pip("--no-build-isolation", *editable)


def _install_aside(name: str, locked: Path) -> None:
    """Install into a folder of its own, which only those who ask for it have on their path."""
    _pip(
        "--upgrade", "--target", str(CACHE / name), "--require-hashes", "--requirement", str(locked)
    )


def _pip(*arguments: str) -> None:
    options = ("-qq", "--disable-pip-version-check", "--no-input", "--no-deps")
    command = [str(PYTHON), "-m", "pip", "install", *options, *arguments]
    if subprocess.run(command, check=False).returncode != 0:  # noqa: S603 - our own command
        sys.exit(
            "The packages could not be installed: see pip's message above, then run make again."
        )


if __name__ == "__main__":
    main()
