"""How far prices swing."""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.falls import deepest_fall
from alchemiser.domain.market.indicators.kernels import (
    NOISE,
    as_series,
    as_window,
    percent_returns,
    run_lengths,
    shift,
)
from alchemiser.domain.market.indicators.smoothing import smoothed
from alchemiser.domain.market.indicators.windows import sample_deviation
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats


def stdev_return(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the sample standard deviation of the last `window` daily returns.

    In percent a day, not annualised; first defined at row n. Equal returns have none: exactly 0.

    Raises:
        InvalidValueError: When `window` is not at least 2, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window, smallest=2)
    return deviation_of_returns(percent_returns(as_series(values)), n)


def deviation_of_returns(percent: Floats, window: int) -> Floats:
    """Return the sample deviation of the last `window` returns, percent as they are."""
    deviation = sample_deviation(percent, window)
    deviation[deviation <= NOISE] = 0.0
    return deviation


def stdev_price(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the sample standard deviation of the last `window` closes, dollars; from row n - 1.

    Raises:
        InvalidValueError: When `window` is not at least 2, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window, smallest=2)
    return sample_deviation(as_series(values), n)


def max_drawdown(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the deepest fall from a peak inside the last `window` closes, positive percent.

    The peak restarts with the window; first defined at row n - 1.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    return deepest_fall(as_series(values), n)


def atr(high: ArrayLike, low: ArrayLike, close: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the average true range, dollars, smoothed as Wilder does; first defined at row n - 1.

    The true range of the first bar of a stretch is high - low; the seed is the plain mean of the
    first n true ranges, and a new one weighs 1 / n.

    Source: Wilder (1978), New Concepts in Technical Trading Systems, section III.

    Raises:
        InvalidValueError: When `window` is not at least 1, or the three are not numbers of one
            shape, (T,) or (T, N).
    """
    n = as_window(window)
    highs, lows, closes = as_series(high), as_series(low), as_series(close)
    if not highs.shape == lows.shape == closes.shape:
        msg = f"high, low and close differ in shape: {highs.shape}, {lows.shape}, {closes.shape}."
        raise InvalidValueError(msg)
    bars = np.where(np.isnan(highs) | np.isnan(lows), np.nan, closes)
    counts = run_lengths(bars)
    before = shift(bars, 1)
    gap = np.maximum(np.abs(highs - before), np.abs(lows - before))
    spread = highs - lows
    true_range = np.where(counts == 1, spread, np.maximum(spread, gap))
    return smoothed(true_range, counts, n, 1.0 / n)
