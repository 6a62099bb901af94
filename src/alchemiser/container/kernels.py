"""What runs the sessions of the fast engine."""

from collections.abc import Callable
from typing import Final

from alchemiser.application.kernels import Kernels
from alchemiser.container.compiled import compiler

LEAST: Final = 500_000
"""Cells from which on machine code is linked in a third of the time that it saves, or less."""


def build_kernels(tell: Callable[[], None], runs: int = 1) -> Kernels | None:
    """Return the compiled kernels, or None without the extra [fast].

    Args:
        tell: Told before something is compiled, which takes some ten seconds the first time; a
            function of a module, since it may be in another process.
        runs: How often the same sessions are run; what all of them save counts.
    """
    found = compiler(tell)
    return None if found is None else Kernels(found, LEAST // max(runs, 1))
