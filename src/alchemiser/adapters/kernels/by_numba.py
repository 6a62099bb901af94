"""Compile the kernel of the fast engine with numba."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from inspect import getsource
from pathlib import Path
from types import FunctionType
from typing import Any, Final, cast

import numba
import numpy as np
from numba.core import config

from alchemiser.domain.fast.inputs import Costs, FastInputs
from alchemiser.domain.fast.kernel import auctions, deals, limits, sessions, sums, values, wishes
from alchemiser.domain.fast.kernel.entry import Kernel, run_with

_MODULES: Final = (values, sums, wishes, limits, auctions, deals, sessions)


_OPTIONS: Final[dict[str, Any]] = {
    "nogil": True,
    "error_model": "numpy",
    # Nothing is allocated, so that nobody needs to count who refers to an array at each call.
    "_nrt": False,
    # A call would hand over some two hundred words of arrays: more than most of the loops cost.
    "forceinline": True,
}


def digest() -> str:
    """Return what tells one kernel from another: its source, its compiler, and how it is asked."""
    parts = (*map(getsource, _MODULES), repr(_OPTIONS), __name__, str(numba.__version__))
    return sha256("".join(parts).encode()).hexdigest()[:16]


def compiled(folder: Path | None) -> Kernel:
    """Return `sessions.run` compiled with all that it calls, or as it is kept in `folder`.

    Bits are those of the source: no operation is replaced, fused or moved.

    Args:
        folder: Where it is kept for this version of the source, or None to keep it nowhere.

    Raises:
        OSError: When what is kept cannot be read, or what is compiled not be written.
    """
    compiler = numba.njit(**_OPTIONS, cache=folder is not None)
    # One table of names for all functions, in which each finds the others compiled.
    names = {name: one for module in _MODULES for name, one in vars(module).items()}
    names["__name__"] = __name__
    with _kept_in(folder):
        for one in [one for one in names.values() if _is_of_kernel(one)]:
            names[one.__name__] = compiler(FunctionType(one.__code__, names, one.__name__))
        kernel = cast("Kernel", names["run"])
        one = np.ones((1, 1))
        costs = Costs(buy=one, sell=one)
        least = FastInputs(prices=one, weights=one[None], capital=one[0], costs=costs)
        run_with(kernel, least, one, one > 0)
    return kernel


def _is_of_kernel(one: object) -> bool:
    return isinstance(one, FunctionType) and one.__module__ in {m.__name__ for m in _MODULES}


@contextmanager
def _kept_in(folder: Path | None) -> Iterator[None]:
    """Let numba keep what it compiles meanwhile in `folder`."""
    settings = vars(config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = "" if folder is None else str(folder)
    try:
        yield
    finally:
        settings["CACHE_DIR"] = before
