"""Exponential means by doubling, the same steps for every row."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.indicators.kernels import room
from alchemiser.domain.market.indicators.windows import add_up, window_sum
from alchemiser.domain.values.numbers import Floats

HALF_A_BIT: Final = 2.0**-54
"""So small a part of a positive number, added to it, is lost in rounding."""


def recurrence(keep: Floats, add: Floats) -> Floats:
    """Solve `y[t] = keep[t] * y[t - 1] + add[t]` for all rows in log2(T) passes.

    Both arrays are finite, float64 (T,) or (T, N). A row with `keep` 0 starts anew: nothing in
    front of it is felt.

    Source: Hillis and Steele (1986), Data Parallel Algorithms, prefix sums by doubling.
    """
    keep, solved = keep.copy(), add.copy()
    reach = 1
    while reach < len(solved):
        solved[reach:] += keep[reach:] * solved[:-reach]
        keep[reach:] *= keep[:-reach]
        reach *= 2
    return solved


def smoothed(series: Floats, counts: NDArray[np.intp], window: int, weight: float) -> Floats:
    """Return an exponential mean, seeded with the plain mean of its first `window` values.

    Args:
        series: The values, finite wherever `counts` is above zero.
        counts: How many values of the present stretch have been seen, this one included.
        window: How many values the seed takes; NaN before it.
        weight: The weight of a new value, in (0, 1].
    """
    start = _only_start(counts)
    if start is not None:
        return _smoothed_from(series, start + window - 1, window, weight)
    later = np.where(counts > window, weight * series, 0.0)
    seed = np.where(counts == window, window_sum(series, window) / window, later)
    keep = np.where(counts > window, 1.0 - weight, 0.0)
    return np.where(counts >= window, recurrence(keep, seed), np.nan)


def _only_start(counts: NDArray[np.intp]) -> int | None:
    """Return the row at which all columns begin their one stretch, or None where they differ."""
    if not counts.size:
        return None
    start = len(counts) - int(counts[-1].flat[0])
    same = (counts[-1] == len(counts) - start).all() and (counts[:start] <= 0).all()
    return start if same else None


def _smoothed_from(series: Floats, first: int, window: int, weight: float) -> Floats:
    """Return `smoothed` of one stretch, defined from the row `first`, to the bit.

    Each pass of `recurrence` then keeps the same share in all rows. What is kept of the greatest
    value may be less than half of the last bit of the least: no further pass changes anything.
    """
    solved = room(*series.shape)
    solved[:first] = np.nan
    later = solved[first:]
    if not len(later):
        return solved
    np.multiply(series[first:], weight, out=later)
    seed = later[:1].reshape(-1)
    seeds = np.ascontiguousarray(series[first - window + 1 : first + 1])
    add_up(seeds.reshape(window, -1), seed)
    seed /= window
    keep, reach, kept = 1.0 - weight, 1, room(*later.shape)
    while reach < len(later):
        if keep < HALF_A_BIT and keep * later.max() < HALF_A_BIT * later.min():
            break
        part = np.multiply(later[:-reach], keep, out=kept[reach:])
        np.add(later[reach:], part, out=later[reach:])
        keep *= keep
        reach *= 2
    return solved
