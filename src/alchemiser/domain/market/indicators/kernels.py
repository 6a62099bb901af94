"""What every indicator is built from: elementwise steps in a fixed order, nothing else.

A sum, mean, dot product, logarithm or power of an array may come out differently in the last bit
with another processor or numpy version; a correctly rounded `+ - * /` or square root of single
elements cannot. The order of the steps at one row depends only on how far that row lies behind
the start of its unbroken stretch, so neither later rows nor missing rows in front move a bit.
"""

from collections.abc import Callable, Iterator
from operator import index
from typing import Final, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats

PERCENT = 100.0
NOISE = 1e-12
"""What rounding alone may leave of a deviation, in percent or relative to the mean."""

TILE: Final = 1 << 15
"""Elements that are worked on together: so few that they stay in a processor's own cache."""

HALF_A_BIT: Final = 2.0**-54
"""So small a part of a positive number, added to it, is lost in rounding."""

WIDEST: Final = 512
"""Columns of a part, at most."""

LINE: Final = 8
"""Neighbours that come from memory together."""


def as_series(values: ArrayLike) -> Floats:
    """Return `values` as float64 of shape (T,) or (T, N), infinities as NaN; not to be written to.

    Raises:
        InvalidValueError: When `values` are not numbers, or have another number of axes.
    """
    array = as_floats(values)
    infinite = np.isinf(array)
    return np.where(infinite, np.nan, array) if infinite.any() else array


def as_floats(values: ArrayLike) -> Floats:
    """Return `values` as float64 of shape (T,) or (T, N), infinities as they are.

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
    return array


def as_window(window: SupportsIndex, *, smallest: int = 1) -> int:
    """Return `window` as an int of at least `smallest`.

    Raises:
        InvalidValueError: When it is no whole number or is too small.
    """
    # Most are plain: to ask whether another kind is an index takes as long as a short indicator.
    if type(window) is not int and (
        isinstance(window, bool) or not isinstance(window, SupportsIndex)
    ):
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
    return np.where(np.isinf(quotient), np.nan, quotient)


def percent_returns(closes: Floats) -> Floats:
    """Return the change from the session before, in percent; NaN at the start of a stretch."""
    return percent_change(closes, 1)


def percent_change(closes: Floats, sessions: int) -> Floats:
    """Return the change from the close so many sessions before, in percent; NaN without one."""
    change = np.full_like(closes, np.nan)
    for part, found in tiles(closes, change, reach=sessions):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            np.divide(part[sessions:], part[:-sessions], out=found)
        np.copyto(found, np.nan, where=np.isinf(found))
        np.subtract(found, 1.0, out=found)
        np.multiply(found, PERCENT, out=found)
    return change


def tiles(series: Floats, result: Floats, *, reach: int) -> Iterator[tuple[Floats, Floats]]:
    """Yield parts of `series` that a cache holds, each with the part of `result` that it makes.

    Elementwise steps give the same bits in parts as at once, in a fraction of the time. A part of
    the series begins `reach` rows before that of the result, which it makes row by row.
    """
    several = series.ndim > 1
    columns = series.shape[1] if several else 1
    width = max(min(columns, WIDEST), 1)
    height = max(TILE // width, 1)
    for left in range(0, columns, width):
        source = series[:, left : left + width] if several else series
        target = result[:, left : left + width] if several else result
        for top in range(reach, len(series), height):
            yield source[top - reach : top + height], target[top : top + height]


def run_lengths(series: Floats) -> NDArray[np.intp]:
    """Return how many values in a row, this one included, are not NaN."""
    rows = np.arange(len(series)).reshape(-1, *[1] * (series.ndim - 1))
    missing = np.isnan(series)
    if not missing.any():
        counts = rows + 1
        return counts if series.ndim == 1 else np.broadcast_to(counts, series.shape)
    return rows - np.maximum.accumulate(np.where(missing, rows, -1), axis=0)


def window_sum(series: Floats, window: int) -> Floats:
    """Return the sum of the last `window` values, oldest first; NaN where one of them is NaN."""
    total = np.full_like(series, np.nan)
    for part, sums in tiles(series, total, reach=window - 1):
        sums[:] = _sums(part, window)
    return total


def _sums(series: Floats, window: int) -> Floats:
    """Return the sums of all windows, oldest first, (T - n + 1, ...)."""
    rows = len(series) - window + 1
    partial = series[:rows].copy()
    for offset in range(1, window):
        partial += series[offset : offset + rows]
    return partial


def sample_deviation(series: Floats, window: int) -> Floats:
    """Return the standard deviation (n - 1) of the last `window` values; NaN where one is NaN."""
    return _deviation(series, window, window - 1)


def population_deviation(series: Floats, window: int) -> Floats:
    """Return the standard deviation (n) of the last `window` values; NaN where one is NaN."""
    return _deviation(series, window, window)


def _deviation(series: Floats, window: int, divisor: int) -> Floats:
    """Return the root of the squared distances of `window` values from their mean / `divisor`."""
    deviation = np.full_like(series, np.nan)
    for part, found in tiles(series, deviation, reach=window - 1):
        mean = _sums(part, window)
        mean /= window
        squares, distance = np.zeros_like(mean), np.empty_like(mean)
        for offset in range(window):
            np.subtract(part[offset : offset + len(mean)], mean, out=distance)
            np.multiply(distance, distance, out=distance)
            squares += distance
        squares /= divisor
        np.sqrt(squares, out=found)
    return deviation


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
    solved = np.empty_like(series)
    solved[:first] = np.nan
    later = solved[first:]
    if not len(later):
        return solved
    np.multiply(series[first:], weight, out=later)
    later[:1] = _sums(series[first - window + 1 : first + 1], window) / window
    keep, reach, kept = 1.0 - weight, 1, np.empty_like(later)
    while reach < len(later):
        if keep < HALF_A_BIT and keep * later.max() < HALF_A_BIT * later.min():
            break
        np.multiply(later[:-reach], keep, out=kept[reach:])
        later[reach:] += kept[reach:]
        keep *= keep
        reach *= 2
    return solved


def in_strips(measure: Callable[[Floats], Floats], series: Floats, *, rows: int) -> Floats:
    """Return `measure` of `series`, some columns at a time, so many that a cache holds them.

    Args:
        measure: Of each column alone, the same shape.
        series: float64 (T,) or (T, N).
        rows: How many values of one column are worked on together.
    """
    if series.ndim == 1:
        return measure(series)
    found = np.empty_like(series)
    width = max(TILE // max(rows, 1), LINE)
    for left in range(0, series.shape[1], width):
        strip = np.ascontiguousarray(series[:, left : left + width])
        found[:, left : left + width] = measure(strip)
    return found
