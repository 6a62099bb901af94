"""Sums and deviations of windows, added up from the oldest value to the newest.

Windows lie one beside the other in memory already: those of a contiguous strip are its rows moved
by one session after another, without a copy. Adding such rows to a row of sums goes through each
window in order, at every place on its own, so that the order of additions is the one that a loop
has. Rows are so short that the sums stay in the nearest cache.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from alchemiser.domain.market.indicators.kernels import room, strips
from alchemiser.domain.values.numbers import Floats

NOTHING: Final = -0.0
"""What may be added to any number, a negative zero too, and leaves it as it is."""

SUMMED: Final = 1 << 11
"""Windows that are summed together."""

SPREAD: Final = 3 << 10
"""Windows whose deviations are taken together."""

STEP: Final = 20
"""Values of a window whose distances from its mean are taken together."""

ACROSS: Final = 64
"""Columns whose windows lie beside one another."""

Fill = Callable[[Floats, Floats], object]
"""Fills in what each of some windows, (n, M), comes to, (M,)."""


def window_sum(series: Floats, window: int) -> Floats:
    """Return the sum of the last `window` values, oldest first; NaN where one of them is NaN."""
    return _of_windows(add_up, series, window, SUMMED)


def sample_deviation(series: Floats, window: int) -> Floats:
    """Return the standard deviation (n - 1) of the last `window` values; NaN where one is NaN."""
    return _deviation(series, window, window - 1)


def population_deviation(series: Floats, window: int) -> Floats:
    """Return the standard deviation (n) of the last `window` values; NaN where one is NaN."""
    return _deviation(series, window, window)


def add_up(rows: Floats, total: Floats) -> None:
    """Fill in the sum of each column, its first value first.

    Args:
        rows: float64 (n, M), the values of a row side by side in memory: numpy goes along what is
            nearest, and adds up halves of what it goes along.
        total: What is filled, (M,).
    """
    if rows.shape[1] == 1:
        # A single column is no row of sums: numpy would add it up in halves.
        rows = np.repeat(rows, 2, axis=1)
        total[:] = np.add.reduce(rows, axis=0, initial=NOTHING)[:1]
    else:
        np.add.reduce(rows, axis=0, out=total, initial=NOTHING)


def _of_windows(fill: Fill, series: Floats, window: int, together: int) -> Floats:
    """Return what `fill` says of the last `window` values, NaN before there are so many.

    Args:
        fill: Of so many windows at most as are taken together.
        series: float64 (T,) or (T, N).
        window: Values in one of them.
        together: How many windows are taken together.
    """
    found = np.empty_like(series)
    found[: window - 1] = np.nan
    if len(series) < window:
        return found
    for part, target in strips(series, found, width=ACROSS):
        windows = _windows(part, window)
        ends = room(windows.shape[1])
        for left in range(0, len(ends), together):
            fill(windows[:, left : left + together], ends[left : left + together])
        target[window - 1 :] = ends.reshape(-1, part.shape[1])
    return found


def _windows(series: Floats, window: int) -> Floats:
    """Return all windows of (T, N), session after session, (n, M): a copy of the series alone."""
    rows, across = series.shape
    strip = room(rows, across)
    strip[:] = series
    return np.ndarray(
        (window, (rows - window + 1) * across),
        buffer=strip,
        strides=(across * strip.itemsize, strip.itemsize),
    )


def _deviation(series: Floats, window: int, divisor: int) -> Floats:
    """Return the root of the squared distances of `window` values from their mean / `divisor`."""
    spare = room((1 + min(window, STEP)) * min(series.size, SPREAD))

    def fill(windows: Floats, found: Floats) -> None:
        mean, room_left = spare[: found.size], spare[found.size :]
        add_up(windows, mean)
        mean /= window
        for first in range(0, window, STEP):
            part = windows[first : first + STEP]
            squares = room_left[: part.size].reshape(part.shape)
            np.subtract(part, mean, out=squares)
            np.multiply(squares, squares, out=squares)
            if first:
                squares[0] += found
            add_up(squares, found)
        found /= divisor
        np.sqrt(found, out=found)

    return _of_windows(fill, series, window, SPREAD)
