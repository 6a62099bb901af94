"""What runs the fast engine's sessions: arrays, or a compiled kernel."""

from typing import Protocol

from alchemiser.domain.fast.kernel.entry import Kernel


class KernelsPort(Protocol):
    """Say what runs sessions. The choice is one of speed: the bytes of the results are the same.

    It can be pickled, so that other processes have it too.
    """

    def kernel_for(self, cells: int) -> Kernel | None:
        """Return what runs so many `cells`, symbols of books in sessions; None for arrays."""
        ...
