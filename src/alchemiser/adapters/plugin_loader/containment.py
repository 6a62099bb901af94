"""The one place where whatever a plugin raises is caught."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import localcontext
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Raised:
    """Hold what a plugin raised."""

    error: BaseException

    def __str__(self) -> str:
        """Return the error in a few words, on one line."""
        text = " ".join(str(self.error).split()).rstrip(".")
        return f"{type(self.error).__name__}: {text}" if text else type(self.error).__name__


def contained(call: Callable[[], T]) -> T | Raised:
    """Return what `call` returns, or what it raised; an attempt to end the process counts too."""
    try:
        # Books are exact only at their own precision: what `call` makes of it ends with the call.
        with localcontext():
            return call()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
        return Raised(error)
