"""Chance by the number of a case, so that each can be drawn again alone."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, TypeVar

import numpy as np

T = TypeVar("T")

SEED: Final = 20_240_805
_AT_ONCE: Final = 256


class Draws:
    """Draw from one stream that the number of the case decides."""

    def __init__(self, number: int) -> None:
        """Begin the stream of case `number`."""
        self._stream = np.random.default_rng((SEED, number))
        self._units: list[float] = []

    def unit(self) -> float:
        """Return a number in [0, 1)."""
        if not self._units:
            self._units = self._stream.random(_AT_ONCE).tolist()
        return self._units.pop()

    def chance(self, share: float) -> bool:
        """Say yes in `share` of all cases."""
        return self.unit() < share

    def one_of(self, items: Sequence[T]) -> T:
        """Return one of `items`."""
        return items[int(self.unit() * len(items))]

    def some_of(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different ones of `items`, or all when there are fewer."""
        left = list(items)
        return [left.pop(int(self.unit() * len(left))) for _ in range(min(count, len(left)))]

    def count(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self.unit() * (high - low + 1))

    def number(self, low: float, high: float, digits: int = 4) -> Decimal:
        """Return a number from `low` to `high` with so many decimals."""
        value = low + self.unit() * (high - low)
        return Decimal(round(value * 10**digits)).scaleb(-digits)

    def magnitude(self, low: float, high: float, digits: int = 4) -> Decimal:
        """Return a number from `low` to `high`, each power of ten as likely as the next."""
        value = low * (high / low) ** self.unit()
        return Decimal(round(value * 10**digits)).scaleb(-digits)
