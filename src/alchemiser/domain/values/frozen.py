"""Frozen dataclasses that are made by the thousand.

The constructor that `dataclass(frozen=True)` writes sets each field through `object.__setattr__`,
which costs more than all the rest of it. What is made here fills the instance while it is of a twin
class which may be set, and then freezes it for good by giving it its own class. Nothing else
changes: what is checked in `__post_init__` is checked, and nothing can be set afterwards.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from typing import Final, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def quickly(kind: type[T]) -> type[T]:
    """Return `kind`, a frozen dataclass with slots, with a constructor that takes half the time.

    It pays for classes of four fields and more. What is made is of `kind` itself, so no class may
    be derived from it.
    """
    made = _compiled(kind, _CONSTRUCTOR, "__init__")
    made.__annotations__ = kind.__init__.__annotations__
    kind.__init__ = made  # type: ignore[assignment]
    return kind


def maker(kind: Callable[P, T]) -> Callable[P, T]:
    """Return a function that makes what calling `kind`, a dataclass with slots, makes.

    It takes a third of the time of a `quickly` made one, for a class that is called puts its
    arguments into a dictionary first and a function does not. It is for the few places that every
    order comes by.
    """
    return cast("Callable[P, T]", _compiled(cast("type[object]", kind), _FUNCTION, "make"))


_CONSTRUCTOR: Final = """
def __init__(self, {parameters}):
    become(self, "__class__", OPEN)
    {lines}
"""
_FUNCTION: Final = """
def make({parameters}):
    self = new(OPEN)
    {lines}
    return self
"""


def _compiled(kind: type[object], source: str, name: str) -> object:
    twin = _twin(kind)
    known: dict[str, object] = {"OPEN": twin, "CLOSED": kind}
    known |= {"new": object.__new__, "become": object.__setattr__}
    rows = fields(kind)  # type: ignore[arg-type]
    first = [row for row in rows if row.init and not row.kw_only]
    named = [row for row in rows if row.init and row.kw_only]
    takes = [_parameter(row, known) for row in first]
    takes += ["*", *(_parameter(row, known) for row in named)] if named else []
    lines = [line for row in rows for line in _line(row, known)]
    if twin is not kind:
        lines.append("self.__class__ = CLOSED")
    if hasattr(kind, "__post_init__"):
        lines.append("self.__post_init__()")
    text = source.format(parameters=", ".join(takes), lines="\n    ".join(lines))
    exec(text, known)  # noqa: S102 - of the names of fields
    return known[name]


def _twin(kind: type[object]) -> type[object]:
    """Return a class of the same slots that may be set, which is `kind` unless it is frozen."""
    if kind.__setattr__ is object.__setattr__:
        return kind
    # Only with both of them back are fields set the fast way.
    free = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    return type(kind.__name__, (kind,), {"__slots__": (), **free})


def _parameter(row: "Field[object]", known: dict[str, object]) -> str:
    """Return what stands for a field in the head of the function."""
    if row.default is not MISSING:
        known[f"default_{row.name}"] = row.default
    elif row.default_factory is not MISSING:
        known[f"default_{row.name}"] = MISSING
    else:
        return row.name
    return f"{row.name}=default_{row.name}"


def _line(row: "Field[object]", known: dict[str, object]) -> Iterator[str]:
    """Yield the line that sets a field; one that is neither given nor made is left to the class."""
    name, value = row.name, row.name
    if row.default_factory is not MISSING:
        known[f"make_{name}"], known["MISSING"] = row.default_factory, MISSING
        made = f"make_{name}()"
        value = f"{made} if {name} is MISSING else {name}" if row.init else made
    elif not row.init:
        if row.default is MISSING:
            return
        known[f"default_{name}"] = row.default
        value = f"default_{name}"
    yield f"self.{name} = {value}"
