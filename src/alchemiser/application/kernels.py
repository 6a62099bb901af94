"""From how much work on past sessions are run and measured in machine code."""

from dataclasses import dataclass

from alchemiser.domain.fast.kernel import entry, sessions
from alchemiser.domain.fast.kernel.entry import Kernel
from alchemiser.domain.market.indicators import series
from alchemiser.domain.rules import measuring
from alchemiser.domain.rules.measuring import ByLoop
from alchemiser.domain.rules.program import loops, running
from alchemiser.domain.rules.program.running import Loops
from alchemiser.ports.compiler import CompilerPort


@dataclass(frozen=True, slots=True)
class Kernels:
    """Compile where there is enough to do. The choice is one of speed: the bytes are the same.

    It can be pickled, so that other processes have it too.

    Attributes:
        compiler: What compiles.
        least: Fewer cells than this, symbols of books in sessions, run as arrays, since loading the
            compiler takes longer.
    """

    compiler: CompilerPort
    least: int

    def kernel_for(self, cells: int) -> Kernel | None:
        """Return what runs so many `cells`; None for arrays."""
        if cells < self.least:
            return None
        return self.compiler.compiled(sessions.run, entry.example)

    def loops_for(self, cells: int) -> Loops | None:
        """Return what evaluates the rule trees that decide so many `cells`; None for arrays."""
        if cells < self.least:
            return None
        return Loops(
            ByLoop(self.compiler.compiled(series.measure, measuring.example)),
            self.compiler.compiled(loops.run, running.example),
        )
