"""A command with workers that is killed: `python -m … FOLDER`; they write their numbers there."""

import os
import signal
import sys
from pathlib import Path
from time import sleep

from alchemiser.adapters.processes.pool import ProcessExecutor


def linger(shared: str, piece: int) -> int:
    """Write the worker's number, and take for ever."""
    (Path(shared) / f"{piece}.tmp").write_text(str(os.getpid()))
    (Path(shared) / f"{piece}.tmp").rename(Path(shared) / str(piece))
    sleep(600)
    return piece


if __name__ == "__main__":
    # A shell that starts it in the background has it ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    list(ProcessExecutor(2).run(linger, sys.argv[1], range(2)))
