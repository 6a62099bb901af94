"""What a strategy shares with the engine in one process, and must leave as it was."""

import builtins
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from decimal import getcontext
from importlib import import_module
from types import FunctionType, MappingProxyType, ModuleType
from typing import Final

import numpy as np

_GENERATORS: Final = ("random", "numpy.random")
_PACKAGE: Final = "alchemiser."
_WATCHED: Final = ("alchemiser", "builtins")
"""Of these everything is watched, of all other modules what can be called."""

Values = Mapping[str, object]
Attributes = Mapping[tuple[str, str], tuple[int, ...]]


class SharedState:
    """Remember the shared state, and tell what of it has changed since.

    `own` says which files are the strategy's, whose modules are nobody else's; `others` are modules
    that it is shown in the place of true ones.
    """

    def __init__(
        self, own: Callable[[str], bool], others: Mapping[str, ModuleType] = MappingProxyType({})
    ) -> None:
        for name in _GENERATORS:
            import_module(name)
        self._own = own
        self._others = others
        self._values = _values()
        self._attributes = self._attributes_now()

    def changed(self) -> list[str]:
        """Return what has changed since this was last asked, as the end of a sentence."""
        values, attributes = _values(), self._attributes_now()
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

    def _attributes_now(self) -> Attributes:
        found: dict[tuple[str, str], tuple[int, ...]] = {}
        # A name may stand for no module at all: so is an import forbidden.
        every: tuple[tuple[str, object], ...] = (*sys.modules.items(), *self._others.items())
        for name, module in every:
            if isinstance(module, ModuleType) and not self._own(str(vars(module).get("__file__"))):
                for key, identity in _attributes_of(name, module):
                    found[key] = (*found.get(key, ()), identity)
        return found


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


def _attributes_of(name: str, module: ModuleType) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield the identity of what the module holds that can be called, and of ours everything."""
    ours = name.partition(".")[0] in _WATCHED
    for attribute, value in list(vars(module).items()):
        if ours or (callable(value) and not _stands_in(value)):
            yield (name, attribute), id(value)
        if name.startswith(_PACKAGE) and isinstance(value, type) and value.__module__ == name:
            for part, one in list(vars(value).items()):
                yield (name, f"{attribute}.{part}"), id(one)


def _stands_in(value: object) -> bool:
    """Say that the value answers for another, as what a library imports when it is first used.

    Such a one goes once it is asked for anything, its class included, and that is no change.
    """
    return isinstance(type(value).__getattribute__, FunctionType)
