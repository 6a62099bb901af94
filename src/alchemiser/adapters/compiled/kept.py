"""Where machine code is kept, and what becomes of it where it cannot be."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., None])

FORM: Final = "1"
"""How code is asked for and entered; another one is another digest."""


@dataclass(frozen=True, slots=True)
class NumbaCompiler:
    """Implement `CompilerPort` by numba, which is loaded only when something is to be compiled.

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
    from alchemiser.adapters.compiled.linked import (  # noqa: PLC0415 - loads what links
        Linked,
        processor,
    )
    from alchemiser.adapters.compiled.sources import digest  # noqa: PLC0415 - only then
    from alchemiser.adapters.compiled.words import Words  # noqa: PLC0415 - only then

    arguments = example()
    words = Words.of(arguments)
    name = digest(loop, str(words), version("numba"), *processor(), FORM)
    kept = None if compiler.folder is None else compiler.folder / f"{name[:32]}.o"
    code = None if kept is None else _read(kept)
    if code is None:
        compiler.tell()
        from alchemiser.adapters.compiled.by_numba import (  # noqa: PLC0415 - loads the compiler
            machine_code,
        )

        code = machine_code(loop, arguments)
        if kept is not None:
            _keep(kept, code)
    return Linked(code, words)


def _read(kept: Path) -> bytes | None:
    """Return the code that is kept there, or None where there is none that is whole."""
    try:
        told = kept.read_bytes()
    except OSError:
        return None
    mark, code = told[:32], told[32:]
    return code if mark == sha256(code).digest() else None


def _keep(kept: Path, code: bytes) -> None:
    """Keep `code` there, whole or not at all, where anything can be written."""
    part = kept.with_suffix(f".{os.getpid()}")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(sha256(code).digest() + code)
        part.replace(kept)
    except OSError:
        # What does not fit is taken away again; the next process compiles anew.
        with suppress(OSError):
            part.unlink(missing_ok=True)
