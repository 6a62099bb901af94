"""What makes machine code of plain loops."""

from collections.abc import Callable
from typing import Protocol, TypeVar

Loop = TypeVar("Loop", bound=Callable[..., None])

Example = Callable[[], tuple[object, ...]]
"""Returns arguments that a loop may be called with."""


class CompilerPort(Protocol):
    """Compile functions of the domain that are loops over single numbers.

    It can be pickled, so that other processes have it too.
    """

    def compiled(self, loop: Loop, example: Example) -> Loop:
        """Return what does the same as `loop` in machine code, ready to run.

        Each operation is rounded as Python rounds it, in the order that the loop has them.

        Args:
            loop: A function of a module that takes arrays, numbers and named tuples of these, fills
                arrays without making any, and calls nothing but numpy and other such functions.
            example: A function of a module; what it returns has the types that the loop is for,
                and is used up.
        """
        ...
