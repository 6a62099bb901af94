"""Where prices stand and where they have been going."""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import (
    PERCENT,
    as_series,
    as_window,
    percent_returns,
    ratio,
    run_lengths,
    shift,
    smoothed,
    window_sum,
)
from alchemiser.domain.values.numbers import Floats


def current_price(values: ArrayLike) -> Floats:
    """Return the closes themselves, dollars, NaN where there is none.

    Raises:
        InvalidValueError: When `values` are not numbers of shape (T,) or (T, N).
    """
    return as_series(values)


def sma(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the mean of the last `window` closes, dollars; first defined at row n - 1.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    return window_sum(as_series(values), n) / n


def ema(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the exponential mean of closes, dollars; first defined at row n - 1.

    A new close weighs 2 / (n + 1); the seed is the plain mean of the first n closes.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    closes = as_series(values)
    return smoothed(closes, run_lengths(closes), n, 2.0 / (n + 1))


def moving_average_return(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the mean of the last `window` daily returns, percent; first defined at row n.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    return window_sum(percent_returns(as_series(values)), n) / n


def cumulative_return(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the change over the last `window` sessions, percent; first defined at row n.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    closes = as_series(values)
    change = (ratio(closes, shift(closes, n)) - 1.0) * PERCENT
    return np.where(run_lengths(closes) > n, change, np.nan)
