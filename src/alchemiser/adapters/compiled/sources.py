"""Which functions a loop consists of, and what tells one of them from another."""

import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from inspect import getsource
from types import FunctionType
from typing import cast


def digest(loop: Callable[..., None], *others: str) -> str:
    """Return what tells one machine code from another: source, and what `others` say."""
    functions = reached(loop)
    # What a function names besides others is told by its module, or by its value.
    modules = sorted({name for one in functions for name in _modules_of(one)})
    numbers = sorted({text for one in functions for text in _numbers_of(one)})
    sources = [getsource(sys.modules[name]) for name in modules]
    return sha256("\0".join((*sources, *numbers, loop.__qualname__, *others)).encode()).hexdigest()


def reached(loop: Callable[..., None]) -> list[FunctionType]:
    """Return `loop` and every function that it calls, at any remove."""
    found: list[FunctionType] = []
    stack = [cast("FunctionType", loop)]
    while stack:
        one = stack.pop()
        if one not in found:
            found.append(one)
            stack.extend(called(one).values())
    return found


def called(function: FunctionType) -> dict[str, FunctionType]:
    """Return the functions that `function` calls, by the names that it has for them."""
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
