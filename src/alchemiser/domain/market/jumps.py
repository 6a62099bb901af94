"""Price jumps that look like a split."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from alchemiser.domain.values.numbers import Floats

_RATIOS: Final = np.array([2.0, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100])
_NEARNESS: Final = 0.05
_SIGMAS: Final = 8.0
_WINDOW: Final = 60
_RETURNS_MIN: Final = 20


@dataclass(frozen=True, slots=True)
class Jump:
    """Hold the row of a jump and the factor by which the price moved there."""

    row: int
    factor: float


def split_like_jump(close: Floats, start: int) -> Jump | None:
    """Return the latest jump at or after row `start` that looks like a split, or None.

    Such a jump is within 5 % of a usual split ratio or its inverse, and larger than eight times
    the root mean square of the 60 returns before it (at least 20 of them): a true move of a
    volatile symbol seldom is both.

    Args:
        close: float64 (T,), dollars, above zero or NaN.
        start: First row to look at.
    """
    before = max(0, start - _WINDOW - 1)
    prices = close[before:]
    with np.errstate(over="ignore", divide="ignore"):
        factors = prices[1:] / prices[:-1]
        sizes = np.maximum(factors, 1 / factors)
    for place in np.flatnonzero(sizes > _RATIOS[0] * (1 - _NEARNESS))[::-1].tolist():
        row = before + place + 1
        if row < start:
            break
        if is_split_like(float(sizes[place]), factors[max(0, place - _WINDOW) : place] - 1):
            return Jump(row, float(factors[place]))
    return None


def is_split_like(size: float, returns: Floats) -> bool:
    """Say whether a jump by the factor `size`, above 1, is no usual move after `returns`."""
    usual = returns[~np.isnan(returns)]
    if len(usual) < _RETURNS_MIN or np.min(np.abs(size / _RATIOS - 1)) > _NEARNESS:
        return False
    return size - 1 > _SIGMAS * float(np.sqrt(np.mean(usual * usual)))
