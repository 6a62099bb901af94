"""What a worker process runs; the only module that it needs to find its work."""

import os
import pickle
import signal
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, Final

_HELD: Final[list[Any]] = []
"""The work and what its pieces share, in a worker that has begun."""


def begin(held: bytes) -> None:
    """Make this process a worker: `held` are the work and what is shared, pickled once for all.

    Ctrl-C is for the command, which ends its workers; where the command was killed, they end
    themselves.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _HELD[:] = pickle.loads(held)  # noqa: S301 - from our own parent, through a pipe of its own


def ready() -> bool:
    """Say that this worker has begun."""
    return bool(_HELD)


def do(piece: object) -> Any:  # noqa: ANN401 - whatever the work returns
    """Return what the work makes of `piece`."""
    work: Callable[[object, object], object]
    work, shared = _HELD
    return work(shared, piece)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
