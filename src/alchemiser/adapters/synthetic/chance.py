"""The draws that a certification rests on."""

from alchemiser.adapters.synthetic.noise import normal, uniform
from alchemiser.domain.values.numbers import Floats


class Chance:
    """Draw what `seed` determines, the same on every machine; implements ChancePort."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uniform(self, stream: str, count: int) -> Floats:
        """Return `count` numbers in [0, 1), in steps of 2**-16."""
        return uniform(self._seed, f"chance/{stream}", count)

    def normal(self, stream: str, count: int) -> Floats:
        """Return `count` numbers of mean 0 and standard deviation 1."""
        return normal(self._seed, f"chance/{stream}", count)
