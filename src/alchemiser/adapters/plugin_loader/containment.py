"""The one place where whatever a plugin raises is caught."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import localcontext
from typing import Final, TypeVar

WORDS_MAX: Final = 300
"""Longest reason in characters that a plugin may give."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Raised:
    """Hold what a plugin raised."""

    error: BaseException

    def __str__(self) -> str:
        """Return the error in a few words, on one line."""
        text = self.words().rstrip(".")
        return f"{type(self.error).__name__}: {text}" if text else type(self.error).__name__

    def words(self) -> str:
        """Return what the error says, on one line; "" when it cannot even say that."""
        text = contained(lambda: spoken(str(self.error)))
        return text if isinstance(text, str) else ""


def contained(call: Callable[[], T]) -> T | Raised:
    """Return what `call` returns, or what it raised; an attempt to end the process counts too."""
    try:
        # Books are exact only at their own precision: what `call` makes of it ends with the call.
        with localcontext():
            return call()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
        return Raised(error)


def spoken(text: str) -> str:
    """Return what a plugin says on one line, of bounded length, that cannot steer a terminal."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= WORDS_MAX else f"{line[: WORDS_MAX - 1]}…"
