"""What a strategy shares with the engine in one process, and must leave as it was."""

import builtins
import os
import sys
import warnings
from collections.abc import Mapping
from decimal import getcontext
from importlib import import_module
from typing import Final

import numpy as np

_GENERATORS: Final = ("random", "numpy.random")
_WATCHED: Final = (
    "alchemiser",
    "builtins",
    "datetime",
    "decimal",
    "json",
    "math",
    "numpy",
    "random",
)

Values = Mapping[str, object]
Attributes = Mapping[tuple[str, str], int]


class SharedState:
    """Remember the shared state, and tell what of it has changed since."""

    def __init__(self) -> None:
        for name in _GENERATORS:
            import_module(name)
        self._values = _values()
        self._attributes = _attributes()

    def changed(self) -> list[str]:
        """Return what has changed since this was last asked, as the end of a sentence."""
        values, attributes = _values(), _attributes()
        found = [name for name, value in self._values.items() if values[name] != value]
        found += [
            f"{owner}.{name}"
            for (owner, name), identity in self._attributes.items()
            if attributes.get((owner, name), identity) != identity
            or ((owner, name) not in attributes and owner in sys.modules)
        ]
        found += [
            f"{owner}.{name}"
            for owner, name in attributes.keys() - self._attributes.keys()
            if owner in _BUILTINS
        ]
        self._values, self._attributes = values, attributes
        return [f"changes {name}" for name in found]


_BUILTINS: Final = frozenset({builtins.__name__})


def _values() -> Values:
    generators = [sys.modules[name] for name in _GENERATORS]
    context = getcontext()
    return {
        "the shared random generator": vars(generators[0])["getstate"](),
        "numpy's shared random generator": repr(vars(generators[1])["get_state"]()),
        "numpy's handling of errors": repr(np.geterr()),
        "numpy's way of printing": repr(np.get_printoptions()),
        "the precision of decimals": (context.prec, context.rounding, context.Emin, context.Emax),
        "the environment": dict(vars(os)["environ"]),
        "the working folder": os.getcwd(),  # noqa: PTH109 - as text
        "the filters of warnings": list(warnings.filters),
        "the import path": list(sys.path),
        "the depth of recursion": sys.getrecursionlimit(),
    }


def _attributes() -> Attributes:
    """Return the identity of everything that the watched modules and our classes hold."""
    found: dict[tuple[str, str], int] = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in _WATCHED:
            continue
        for attribute, value in list(vars(module).items()):
            if _counts(attribute):
                found[name, attribute] = id(value)
            if isinstance(value, type) and value.__module__ == name and name.startswith("alch"):
                parts = ((part, id(one)) for part, one in list(vars(value).items()))
                found |= {(f"{name}.{attribute}", part): one for part, one in parts}
    return found


def _counts(attribute: str) -> bool:
    return attribute not in {"__warningregistry__", "__builtins__", "_"}
