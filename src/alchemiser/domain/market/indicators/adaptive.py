"""Where a value stands among its own last values: thresholds that move with the market."""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import NOISE, PERCENT, as_series, as_window, ratio
from alchemiser.domain.market.indicators.windows import population_deviation, window_sum
from alchemiser.domain.values.numbers import Floats


def zscore(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return how many standard deviations a value lies above the mean of the last `window`.

    The value itself is one of the `window`, and the deviation is the population's. First defined
    at row n - 1; NaN where all of them are equal.

    Raises:
        InvalidValueError: When `window` is not at least 2, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window, smallest=2)
    series = as_series(values)
    mean, deviation = window_sum(series, n) / n, population_deviation(series, n)
    # Equal values lie a rounding error from their mean: that is no deviation.
    deviation = np.where(deviation > NOISE * np.abs(mean), deviation, 0.0)
    return ratio(series - mean, deviation)


def percentile(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the percentile rank of a value among the last `window`, above 0 and up to 100.

    The value itself is one of the `window`: 100 is the highest of them, 100 / n the lowest, and
    equal values share the mean of their ranks. First defined at row n - 1.

    Raises:
        InvalidValueError: When `window` is not at least 2, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window, smallest=2)
    series = as_series(values)
    ranked = np.full_like(series, np.nan)
    rows = len(series) - n + 1
    if rows > 0:
        latest = series[n - 1 :]
        twice = np.ones_like(latest)  # ranks are halves where values are equal
        for offset in range(n):
            earlier = series[offset : offset + rows]
            twice += np.where(earlier < latest, 2.0, np.where(earlier == latest, 1.0, 0.0))
        ranked[n - 1 :] = twice / 2.0 / n * PERCENT
    return np.where(np.isnan(window_sum(series, n)), np.nan, ranked)
