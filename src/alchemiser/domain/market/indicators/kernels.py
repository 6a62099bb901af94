"""What every indicator is built from: elementwise steps in a fixed order, nothing else.

A sum, mean, dot product, logarithm or power of an array may come out differently in the last bit
with another processor or numpy version; a correctly rounded `+ - * /` or square root of single
elements cannot; nor can a sum of rows, one after another, as `windows` asks for it. The order of
the steps at one row depends only on how far that row lies behind the start of its unbroken
stretch, so neither later rows nor missing rows in front move a bit.
"""

from collections.abc import Iterator
from math import prod
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

WIDEST: Final = 512
"""Columns of a part, at most."""

LINE: Final = 8
"""Neighbours that come from memory together."""

PAIR: Final = 2 * LINE
"""Neighbours of which half bring the other half along."""


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
        infinite = np.isinf(found)
        if infinite.any():
            found[infinite] = np.nan
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


def strips(series: Floats, found: Floats, *, width: int) -> Iterator[tuple[Floats, Floats]]:
    """Yield `width` columns of both at a time, (T, W): parts of them, not copies.

    Args:
        series: float64 (T,) or (T, N).
        found: The same shape.
        width: Columns, at least 1.
    """
    if series.ndim == 1:
        yield series[:, None], found[:, None]
    else:
        for left in range(0, series.shape[1], width):
            yield series[:, left : left + width], found[:, left : left + width]


def width_of(rows: int) -> int:
    """Return of how many columns a cache holds `rows` values each, in pairs of lines."""
    return -(-TILE // max(rows, 1) // PAIR) * PAIR


def room(*shape: int) -> Floats:
    """Return float64 of `shape`, not filled, that begins where a line of memory does.

    Vectors that lie across two lines take twice as long to read and to write.
    """
    size = prod(shape)
    space = np.empty(size + LINE)
    first = -(space.__array_interface__["data"][0] // space.itemsize) % LINE
    return space[first : first + size].reshape(shape)
