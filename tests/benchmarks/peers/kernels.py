"""What runs a contender's work in machine code."""

from alchemiser.adapters.compiled.kept import NumbaCompiler
from alchemiser.adapters.system.cache import kernel_folder
from alchemiser.application.kernels import Kernels


def kernels() -> Kernels:
    """Return what runs any work in machine code."""
    return Kernels(NumbaCompiler(kernel_folder(), _quiet), 0)


def _quiet() -> None:
    """Hear that the kernel is compiled."""
