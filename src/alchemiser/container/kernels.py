"""What runs the sessions of the fast engine."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final

from alchemiser.container.adapters import adapter
from alchemiser.ports.kernels import KernelsPort

LEAST: Final = 500_000
"""Cells from which on loading the compiler takes less time than it saves."""


def build_kernels(tell: Callable[[], None], runs: int = 1) -> KernelsPort | None:
    """Return the compiled kernels, or None without the extra [fast].

    Args:
        tell: Told before something is compiled, which takes some ten seconds the first time; a
            function of a module, since it may be in another process.
        runs: How often the same sessions are run; what all of them save counts.
    """
    if find_spec("numba") is None:
        return None
    kernels: KernelsPort = adapter("kernels.kept.CompiledKernels")(
        adapter("system.cache.kernel_folder")(), LEAST // max(runs, 1), tell
    )
    return kernels
