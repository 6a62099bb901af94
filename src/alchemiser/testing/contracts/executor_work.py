"""Pieces of work for the cases of executors: functions of a module that every worker can import."""

import os
import signal
from hashlib import sha256
from pathlib import Path

import numpy as np

from alchemiser.domain.values.numbers import Floats


def dot(shared: Floats, piece: int) -> bytes:
    """Return the bytes of a figure of `shared`, float64 (N,), with the weights of `piece`."""
    weights = np.sin(np.arange(len(shared)) + piece)
    return np.sqrt(np.abs(shared * weights)).cumsum().tobytes()


def fail_on_odd(shared: Floats, piece: int) -> int:
    """Return `piece` when it is even.

    Raises:
        ValueError: Otherwise.
    """
    del shared
    if piece % 2:
        msg = f"{piece} is odd"
        raise ValueError(msg)
    return piece


def fail_twice(shared: str, piece: int) -> int:
    """Return `piece` at the third attempt, which files in the folder `shared` count.

    Raises:
        ValueError: Before.
    """
    for attempt in range(2):
        mark = Path(shared) / f"{piece}-{attempt}"
        if not mark.exists():
            mark.touch()
            msg = "not yet"
            raise ValueError(msg)
    return piece


def die_once(shared: str, piece: int) -> int:
    """Return `piece`; the third one kills its worker the first time, as a kernel without memory."""
    mark = Path(shared) / "died"
    if piece == 3 and not mark.exists():  # noqa: PLR2004 - any one
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


def die_on_three(shared: str, piece: int) -> int:
    """Return `piece`; the third one kills its worker each time."""
    del shared
    if piece == 3:  # noqa: PLR2004 - any one
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


def take_time(shared: int, piece: int) -> int:
    """Return `piece` after `shared` rounds of work, of less than a microsecond each."""
    digest = b""
    for _ in range(shared):
        digest = sha256(digest).digest()
    return piece
