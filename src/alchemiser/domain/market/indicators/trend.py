"""Where prices stand and where they have been going."""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import (
    PERCENT,
    as_series,
    as_window,
    percent_change,
    percent_returns,
    run_lengths,
    strips,
    width_of,
)
from alchemiser.domain.market.indicators.smoothing import smoothed
from alchemiser.domain.market.indicators.whole_cents import settle
from alchemiser.domain.market.indicators.windows import window_sum
from alchemiser.domain.values.numbers import Floats


def current_price(values: ArrayLike) -> Floats:
    """Return the closes themselves, dollars, NaN where there is none.

    Raises:
        InvalidValueError: When `values` are not numbers of shape (T,) or (T, N).
    """
    return as_series(values).copy()


def sma(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the mean of the last `window` closes, dollars; first defined at row n - 1.

    That of whole cents is the float nearest to the exact mean, so that equal means are equal.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    closes = as_series(values)
    found = window_sum(closes, n)
    found /= n
    for part, means in strips(closes, found, width=width_of(len(closes))):
        settle(part, n, means)
    return found


def ema(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the exponential mean of closes, dollars; first defined at row n - 1.

    A new close weighs 2 / (n + 1); the seed is the plain mean of the first n closes.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    closes, weight = as_series(values), 2.0 / (n + 1)
    found = np.empty_like(closes)
    for part, mean in strips(closes, found, width=width_of(len(closes))):
        mean[:] = smoothed(part, run_lengths(part), n, weight)
    return found


def moving_average_return(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the mean of the last `window` daily returns, percent; first defined at row n.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    return mean_of_returns(percent_returns(as_series(values)), n)


def mean_of_returns(percent: Floats, window: int) -> Floats:
    """Return the mean of the last `window` returns, percent as they are."""
    return window_sum(percent, window) / window


def cumulative_return(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the change over the last `window` sessions, percent; first defined at row n.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    closes = as_series(values)
    change = percent_change(closes, n)
    if np.isnan(closes).any():
        change[run_lengths(closes) <= n] = np.nan
    return change


def compounded_returns(percent: Floats, window: int) -> Floats:
    """Return what the last `window` returns make together, oldest first, percent as they are."""
    total = np.full_like(percent, np.nan)
    rows = len(percent) - window + 1
    if rows > 0:
        growth = 1.0 + percent / PERCENT
        product = growth[:rows].copy()
        for offset in range(1, window):
            product *= growth[offset : offset + rows]
        total[window - 1 :] = (product - 1.0) * PERCENT
    return total
