"""Calls of the command line that are spared its imports: forked from a process that has them.

Each is a process of its own, as by `python -m alchemiser`: its folder, environment, streams and
exit code are its own, and so is all that it has in memory. What depends on how an interpreter
starts is tried by real starts.

`python nursery.py` reads a call a line, in JSON, and answers each with its exit code.
"""

import gc
import json
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

SECONDS: Final = 120
"""How long a call may take; what takes longer is ended."""
WARM: Final = ("alchemiser.container", "alchemiser.entrypoints.cli")


class Nursery:
    """Hold the process that has imported the command line, and have it fork."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        """Start it; `folder` is where calls leave what they print until it has been read."""
        self._streams = folder / "out", folder / "err"
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            text=True,
        )

    def call(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> tuple[int, str, str]:
        """Run `alchemiser` with `arguments` in `folder`: its exit code and what it printed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        streams = [str(stream) for stream in self._streams]
        call = [arguments, str(folder), dict(environment), *streams]
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        assert code != -signal.SIGALRM, f"{arguments} took longer than {SECONDS} s"
        out, err = (stream.read_text() for stream in self._streams)
        return code, out, err

    def close(self) -> None:
        """End the process, which has no call left to answer."""
        self._process.communicate(timeout=SECONDS)


def main() -> None:
    """Import what commands need, then fork for each call until there are no more."""
    for name in WARM:
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            import_module(module.name)
    gc.freeze()
    for line in sys.stdin:
        if not (child := os.fork()):
            become(*json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


def become(
    arguments: list[str], folder: str, environment: dict[str, str], out: str, err: str
) -> None:
    """Go on as `python -m alchemiser` in `folder`, which ends this process."""
    signal.alarm(SECONDS)
    for number, path in enumerate((os.devnull, out, err)):
        stream = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[0] = folder
    sys.argv = ["alchemiser", *arguments]
    runpy.run_module("alchemiser", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
