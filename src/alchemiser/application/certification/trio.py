"""The processes in which code is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from alchemiser.ports.candidate import Process, Surroundings

HASH_SEEDS: Final = (77, 2, 3, 4, 5)
"""Others than those of the first two processes; what depends on the order of sets shows in one."""
MANY: Final = 500
"""Cuts from which on every hash seed is tried."""
FEW_SEEDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trio:
    """Hold the processes in which code is tried.

    Attributes:
        plain: Sees what trading sees.
        tempted: Sees views of arrays that hold the future as well.
        elsewhere: Works in other surroundings, closely watched.
        others: Differ in nothing but the order of sets.
    """

    plain: Process
    tempted: Process
    elsewhere: Process
    others: tuple[Process, ...]

    @classmethod
    def begun(cls, start: Callable[[Surroundings], Process]) -> "Trio":
        """Prepare all of them."""
        return cls(
            plain=start(Surroundings()),
            tempted=start(Surroundings(hash_seed=1)),
            elsewhere=start(Surroundings(hash_seed=HASH_SEEDS[0], elsewhere=True)),
            others=tuple(start(Surroundings(hash_seed=seed)) for seed in HASH_SEEDS[1:]),
        )

    def main(self) -> tuple[Process, ...]:
        """Return those in which most is tried."""
        return self.plain, self.tempted, self.elsewhere

    def others_for(self, cuts: int) -> tuple[Process, ...]:
        """Return as many of the others as so many cuts are worth."""
        return self.others if cuts >= MANY else self.others[:FEW_SEEDS]

    def close(self) -> None:
        """End all of them."""
        for process in (*self.main(), *self.others):
            process.close()
