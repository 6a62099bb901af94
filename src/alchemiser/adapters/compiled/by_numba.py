"""Compile loops by numba, and keep what it made for the next process."""

from collections.abc import Callable
from typing import TypeVar

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., None])


class NumbaCompiler:
    """Implement `CompilerPort` by numba: nothing is reordered, and other threads may run beside it.

    Machine code is kept beside the source or, where that cannot be written, in the user's own cache
    folder (`NUMBA_CACHE_DIR` names another); with neither, each process makes its own.
    """

    def compiled(self, loop: Loop) -> Loop:
        """Return `loop` compiled for the types of its first call, which takes about a second."""
        try:
            made: Loop = njit(loop, cache=True, nogil=True, error_model="numpy")
        except RuntimeError:  # numba found no folder that it may write to
            made = njit(loop, nogil=True, error_model="numpy")
        return made
