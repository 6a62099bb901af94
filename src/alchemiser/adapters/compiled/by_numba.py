"""Compile loops, with all that they call, by numba."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from inspect import getsource
from pathlib import Path
from types import FunctionType
from typing import Any, Final, TypeVar, cast

import numba
from numba.core import config

Loop = TypeVar("Loop", bound=Callable[..., None])

_OPTIONS: Final[dict[str, Any]] = {
    "nogil": True,
    "error_model": "numpy",
    # Nothing is allocated, so that nobody needs to count who refers to an array at each call.
    "_nrt": False,
    # A call would hand over some two hundred words of arrays: more than most of the loops cost.
    "forceinline": True,
    "no_cfunc_wrapper": True,
}
_INNER: Final[dict[str, Any]] = {
    **_OPTIONS,
    # Python calls the loop alone: what takes hundreds of arrays from it takes longer to compile
    # than most of what is called.
    "no_cpython_wrapper": True,
}


def digest(loop: Callable[..., None]) -> str:
    """Return what tells one machine code from another: source, compiler, and how it is asked."""
    functions = _reached(loop)
    # What a function names besides others is told by its module, or by its value.
    modules = sorted({name for one in functions for name in _modules_of(one)})
    numbers = sorted({text for one in functions for text in _numbers_of(one)})
    sources = [getsource(sys.modules[name]) for name in modules]
    parts = (*sources, *numbers, loop.__qualname__, repr(_INNER), str(numba.__version__))
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def compiled(loop: Loop, example: tuple[object, ...], folder: Path | None) -> Loop:
    """Return `loop` compiled with all that it calls, or as it is kept in `folder`.

    Bits are those of the source: no operation is replaced, fused or moved.

    Args:
        loop: What is compiled.
        example: Arguments of the types that it is for; it is called with them.
        folder: Where it is kept for this `digest`, or None to keep it nowhere.

    Raises:
        OSError: When what is kept cannot be read, or what is compiled not be written.
    """
    outer, inner = numba.njit(**_OPTIONS, cache=folder is not None), numba.njit(**_INNER)
    # Names of its own for each function, in which it finds the others compiled.
    names = {one: dict(one.__globals__) for one in _reached(loop)}
    with _kept_in(folder):
        made = {
            one: (outer if one is loop else inner)(FunctionType(one.__code__, table, one.__name__))
            for one, table in names.items()
        }
        for one, table in names.items():
            table.update({name: made[called] for name, called in _called(one).items()})
        ready = made[cast("FunctionType", loop)]
        ready(*example)
    return cast("Loop", ready)


def _reached(loop: Callable[..., None]) -> list[FunctionType]:
    """Return `loop` and every function that it calls, at any remove."""
    reached: list[FunctionType] = []
    stack = [cast("FunctionType", loop)]
    while stack:
        one = stack.pop()
        if one not in reached:
            reached.append(one)
            stack.extend(_called(one).values())
    return reached


def _called(function: FunctionType) -> dict[str, FunctionType]:
    named = {name: function.__globals__.get(name) for name in function.__code__.co_names}
    return {name: one for name, one in named.items() if isinstance(one, FunctionType)}


def _modules_of(function: FunctionType) -> Iterator[str]:
    house = function.__module__.partition(".")[0]
    for one in (function, *function.__globals__.values()):
        if isinstance(one, FunctionType | type) and one.__module__.partition(".")[0] == house:
            yield one.__module__


def _numbers_of(function: FunctionType) -> Iterator[str]:
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if isinstance(value, int | float):
            yield f"{function.__module__}.{name}={value!r}"


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
