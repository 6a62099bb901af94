"""Where machine code is kept, and what becomes of it where it cannot be."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pickle import UnpicklingError
from shutil import rmtree
from typing import Any, TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class NumbaCompiler:
    """Implement `CompilerPort` by numba, which is loaded when something is to be compiled.

    Attributes:
        folder: Where what is compiled is kept, or None: each process compiles it anew then, as it
            does where the folder cannot be written.
        tell: Told before something is compiled; a function of a module, so that it can be pickled.
    """

    folder: Path | None
    tell: Callable[[], None]

    def compiled(self, loop: Loop, example: Callable[[], tuple[object, ...]]) -> Loop:
        """Return `loop` in machine code: the same one for the life of the process."""
        return cast("Loop", _compiled(self, loop, example))


@cache
def _compiled(
    compiler: NumbaCompiler, loop: Callable[..., None], example: Callable[[], tuple[Any, ...]]
) -> Callable[..., None]:
    from alchemiser.adapters.compiled.by_numba import (  # noqa: PLC0415 - loads the compiler
        compiled,
        digest,
    )

    kept = None if compiler.folder is None else _made(compiler.folder / digest(loop))
    if kept is None or not any(kept.rglob("*.nbi")):
        compiler.tell()
    try:
        return compiled(loop, example(), kept)
    except (OSError, EOFError, ImportError, ValueError, UnpicklingError):
        # What was kept cannot be read, or nothing more be written: the next process begins anew.
        if kept is not None:
            rmtree(kept, ignore_errors=True)
        return compiled(loop, example(), None)


def _made(folder: Path) -> Path | None:
    """Return `folder`, made where there was none, or None when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None
