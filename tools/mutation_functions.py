"""Which functions a change of a module's source changes, and how they are changed in place."""

import gc
from collections.abc import Iterator, Mapping
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType

Functions = Mapping[int, CodeType]
"""Code of functions by their place among the functions of a module."""


def changed_functions(old: CodeType, new: CodeType) -> Functions | None:
    """Return the functions of a module that `new` changes.

    None when it changes something else as well: what runs once, as the module is imported.
    """
    if _outside(old) != _outside(new):
        return None
    pairs = enumerate(zip(_functions(old), _functions(new), strict=True))
    changed = {place: code for place, (was, code) in pairs if timeless(was) != timeless(code)}
    # A lambda or a comprehension outside every function has run, or is held by a table.
    return None if any("<" in code.co_name for code in changed.values()) else changed


def live_functions(old: CodeType) -> dict[int, list[FunctionType]]:
    """Return the functions in memory that were made from the module's code, by their place."""
    made: dict[tuple[str, int], list[FunctionType]] = {}
    for thing in gc.get_objects():
        # `type()`, because a proxy of another library may answer `isinstance` with an import.
        if type(thing) is FunctionType and thing.__code__.co_filename == old.co_filename:
            code = thing.__code__
            made.setdefault((code.co_qualname, code.co_firstlineno), []).append(thing)
    return {
        place: made.get((code.co_qualname, code.co_firstlineno), [])
        for place, code in enumerate(_functions(old))
    }


def put_in_place(changed: Functions, live: Mapping[int, list[FunctionType]]) -> None:
    """Let the functions in memory do what the changed code says, wherever they are known."""
    for place, code in changed.items():
        for function in live[place]:
            function.__code__ = code


def timeless(code: CodeType) -> CodeType:
    """Return `code` without the numbers of its lines."""
    inner = tuple(
        timeless(const) if isinstance(const, CodeType) else const for const in code.co_consts
    )
    return code.replace(co_firstlineno=1, co_linetable=b"", co_consts=inner)


def _functions(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            if _is_function(const):
                yield const
            else:
                yield from _functions(const)


def _outside(code: CodeType) -> tuple[object, ...]:
    """Return what a module or a class does outside its functions."""
    consts = (
        const
        if not isinstance(const, CodeType)
        else (const.co_qualname, const.co_flags)
        if _is_function(const)
        else _outside(const)
        for const in code.co_consts
    )
    # 1, True and 1.0 are equal, and so are 0 and -0.0.
    return code.co_code, code.co_names, *((type(const), repr(const)) for const in consts)


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & CO_OPTIMIZED)
