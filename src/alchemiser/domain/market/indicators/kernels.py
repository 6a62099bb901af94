"""What every indicator is built from: elementwise steps in a fixed order, nothing else.

A sum, mean, dot product, logarithm or power of an array may come out differently in the last bit
with another processor or numpy version; a correctly rounded `+ - * /` or square root of single
elements cannot. The order of the steps at one row depends only on how far that row lies behind
the start of its unbroken stretch, so neither later rows nor missing rows in front move a bit.
"""

from operator import index
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats

PERCENT = 100.0
NOISE = 1e-12
"""What rounding alone may leave of a deviation, in percent or relative to the mean."""


def as_series(values: ArrayLike) -> Floats:
    """Return `values` as a new float64 array of shape (T,) or (T, N), infinities as NaN.

    Raises:
        InvalidValueError: When `values` are not numbers, or have another number of axes.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = "indicators take numbers: one series of shape (T,) or several of shape (T, N)."
        raise InvalidValueError(msg) from error
    if array.ndim not in {1, 2}:
        msg = f"indicators take an array of shape (T,) or (T, N), not {array.shape}."
        raise InvalidValueError(msg)
    return np.where(np.isfinite(array), array, np.nan)


def as_window(window: SupportsIndex, *, smallest: int = 1) -> int:
    """Return `window` as an int of at least `smallest`.

    Raises:
        InvalidValueError: When it is no whole number or is too small.
    """
    if isinstance(window, bool) or not isinstance(window, SupportsIndex):
        msg = f"a window is a whole number of sessions, not {window!r}."
        raise InvalidValueError(msg)
    if (size := index(window)) < smallest:
        msg = f"this window must be at least {smallest} sessions, not {size}."
        raise InvalidValueError(msg)
    return size


def shift(series: Floats, rows: int) -> Floats:
    """Return `series` moved `rows` sessions later, NaN where nothing moved in."""
    moved = np.full_like(series, np.nan)
    moved[rows:] = series[: max(len(series) - rows, 0)]
    return moved


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the quotient, NaN where it is not a finite number."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotient = numerator / denominator
    return np.where(np.isfinite(quotient), quotient, np.nan)


def percent_returns(closes: Floats) -> Floats:
    """Return the change from the session before, in percent; NaN at the start of a stretch."""
    return (ratio(closes, shift(closes, 1)) - 1.0) * PERCENT


def run_lengths(series: Floats) -> NDArray[np.intp]:
    """Return how many values in a row, this one included, are not NaN."""
    rows = np.arange(len(series)).reshape(-1, *[1] * (series.ndim - 1))
    gaps = np.where(np.isnan(series), rows, -1)
    return rows - np.maximum.accumulate(gaps, axis=0)


def window_sum(series: Floats, window: int) -> Floats:
    """Return the sum of the last `window` values, oldest first; NaN where one of them is NaN."""
    total = np.full_like(series, np.nan)
    rows = len(series) - window + 1
    if rows > 0:
        partial = series[:rows].copy()
        for offset in range(1, window):
            partial += series[offset : offset + rows]
        total[window - 1 :] = partial
    return total


def sample_deviation(series: Floats, window: int) -> Floats:
    """Return the standard deviation (n - 1) of the last `window` values; NaN where one is NaN."""
    return np.sqrt(_squares(series, window) / (window - 1))


def population_deviation(series: Floats, window: int) -> Floats:
    """Return the standard deviation (n) of the last `window` values; NaN where one is NaN."""
    return np.sqrt(_squares(series, window) / window)


def _squares(series: Floats, window: int) -> Floats:
    """Return the sum of squared distances of the last `window` values from their mean."""
    total = np.full_like(series, np.nan)
    rows = len(series) - window + 1
    if rows > 0:
        mean = window_sum(series, window)[window - 1 :] / window
        squares = np.zeros_like(mean)
        for offset in range(window):
            distance = series[offset : offset + rows] - mean
            squares += distance * distance
        total[window - 1 :] = squares
    return total


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
    later = np.where(counts > window, weight * series, 0.0)
    seed = np.where(counts == window, window_sum(series, window) / window, later)
    keep = np.where(counts > window, 1.0 - weight, 0.0)
    return np.where(counts >= window, recurrence(keep, seed), np.nan)
