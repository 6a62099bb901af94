"""What makes machine code of plain loops."""

from collections.abc import Callable
from typing import Protocol, TypeVar

Loop = TypeVar("Loop", bound=Callable[..., None])


class CompilerPort(Protocol):
    """Compile functions of the domain that are loops over single numbers."""

    def compiled(self, loop: Loop) -> Loop:
        """Return what does the same as `loop` in machine code, made at its first call.

        Each operation is rounded as Python rounds it, in the order that the loop has them.

        Args:
            loop: A function of a module that takes arrays and numbers, fills arrays, and calls
                nothing but numpy.
        """
        ...
