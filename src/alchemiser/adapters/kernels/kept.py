"""When the fast engine's kernel runs compiled, and where what is compiled is kept."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pickle import UnpicklingError
from shutil import rmtree

from alchemiser.domain.fast.kernel.entry import Kernel


@dataclass(frozen=True, slots=True)
class CompiledKernels:
    """Run sessions with the compiled kernel, where there are enough of them; a `KernelsPort`.

    Attributes:
        folder: Where what is compiled is kept, or None: each process compiles it anew then, as it
            does where the folder cannot be written.
        least: Fewer cells than this run as arrays, since loading the compiler takes longer.
        tell: Told before the kernel is compiled; a function of a module, so that it can be pickled.
    """

    folder: Path | None
    least: int
    tell: Callable[[], None]

    def kernel_for(self, cells: int) -> Kernel | None:
        """Return the compiled kernel, or None for fewer cells than `least`."""
        return _kernel(self.folder, self.tell) if cells >= self.least else None


@cache
def _kernel(folder: Path | None, tell: Callable[[], None]) -> Kernel:
    """Return the kernel, ready to run: the same one for the life of the process."""
    from alchemiser.adapters.kernels.by_numba import (  # noqa: PLC0415 - loads the compiler
        compiled,
        digest,
    )

    kept = None if folder is None else _made(folder / digest())
    if kept is None or not any(kept.rglob("*.nbi")):
        tell()
    try:
        return compiled(kept)
    except (OSError, EOFError, ImportError, ValueError, UnpicklingError):
        # What was kept cannot be read, or nothing more be written: the next process begins anew.
        if kept is not None:
            rmtree(kept, ignore_errors=True)
        return compiled(None)


def _made(folder: Path) -> Path | None:
    """Return `folder`, made where there was none, or None when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None
