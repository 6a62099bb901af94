"""How an adapter is reached: by its dotted name, when it is first wanted."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def adapter(dotted: str) -> Callable[..., Any]:
    """Return a maker of the adapter at `dotted`, whose module is imported at the first call."""
    module, _, name = f"alchemiser.adapters.{dotted}".rpartition(".")

    def make(*args: object, **named: object) -> Any:  # noqa: ANN401 - whatever stands there
        return getattr(import_module(module), name)(*args, **named)

    return make
