"""Where independent pieces of work are done: in this process, in others, or on a cluster."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

Shared = TypeVar("Shared")
Piece = TypeVar("Piece")
Result = TypeVar("Result")

ATTEMPTS_MAX: Final = 3
"""How often a piece is begun before it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Generic[Result]):
    """Tell what came of a piece.

    Attributes:
        place: Its place among the pieces, from zero.
        result: What the work returned.
        attempts: How often it failed and was begun again, and once more.
    """

    place: int
    result: Result
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Tell that a piece was given up.

    Attributes:
        place: Its place among the pieces, from zero.
        reason: What its last attempt said, as one sentence.
        attempts: How often it was begun.
    """

    place: int
    reason: str
    attempts: int


class ExecutorPort(Protocol):
    """Do pieces of work that do not depend on each other.

    Work is pure: the same pieces give the same results on every executor, whatever the order that
    they end in. A piece that fails is begun again, `ATTEMPTS_MAX` times in all. A worker that dies
    takes nothing with it: what it was doing is done again, and counts as failed only for a piece
    that was alone in dying.
    """

    def run(
        self,
        work: Callable[[Shared, Piece], Result],
        shared: Shared,
        pieces: Sequence[Piece],
    ) -> "Iterator[Finished[Result] | Failed]":
        """Yield what came of each piece as it ends, each once.

        Who stops early closes the iterator, and what has not begun is not done.

        Args:
            work: A function of a module, which other processes can import.
            shared: What all pieces read, such as bars: it reaches each worker once.
            pieces: What is to be done; small.

        Raises:
            SettingsError: When who was named to do the work is not there, or cannot; before any
                piece is begun.
            PortUnavailableError: When there is nobody left to do it.
        """
        ...
