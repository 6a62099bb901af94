"""In which state a market is, as one of three codes: -1, 0 or 1; NaN where it cannot be told."""

from typing import Final, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.adaptive import percentile
from alchemiser.domain.market.indicators.dispersion import stdev_return
from alchemiser.domain.market.indicators.kernels import (
    NOISE,
    as_series,
    as_window,
    percent_returns,
    ratio,
)
from alchemiser.domain.market.indicators.trend import sma
from alchemiser.domain.market.indicators.windows import window_sum
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats, round_significant

LOWER_QUARTER: Final = 25.0
UPPER_QUARTER: Final = 75.0
CORRELATED: Final = 0.3


def trend_state(
    values: ArrayLike, short_window: SupportsIndex, long_window: SupportsIndex
) -> Floats:
    """Return 1 (up), -1 (down) or 0 (sideways); first defined at row max(short, long) - 1.

    Up is a close and a short mean both above the long mean, down is both below it.

    Raises:
        InvalidValueError: When a window is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    closes, long = as_series(values), round_significant(sma(values, long_window))
    short = round_significant(sma(values, short_window))
    up, down = (closes > long) & (short > long), (closes < long) & (short < long)
    return _coded(up, down, known=~np.isnan(long) & ~np.isnan(short))


def volatility_state(values: ArrayLike, window: SupportsIndex, history: SupportsIndex) -> Floats:
    """Return 1 (turbulent), -1 (calm) or 0 (normal); first defined at row window + history - 1.

    Turbulent is a volatility over `window` sessions in the upper quarter of its last `history`
    values, calm is the lower quarter.

    Raises:
        InvalidValueError: When a window is not at least 2, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    return _quarters(stdev_return(values, window), history)


def liquidity_state(
    close: ArrayLike, volume: ArrayLike, window: SupportsIndex, history: SupportsIndex
) -> Floats:
    """Return 1 (deep), -1 (thin) or 0 (normal); first defined at row window + history - 2.

    Deep is a mean dollar volume over `window` sessions in the upper quarter of its last `history`
    values, thin is the lower quarter.

    Raises:
        InvalidValueError: When `window` is not at least 1 or `history` not at least 2, or the two
            are not numbers of one shape, (T,) or (T, N).
    """
    n = as_window(window)
    closes, volumes = _alike(close, volume, "close and volume")
    return _quarters(window_sum(closes * volumes, n) / n, history)


def correlation(values: ArrayLike, other: ArrayLike, window: SupportsIndex) -> Floats:
    """Return Pearson's correlation of the last `window` daily returns of two series, -1 to 1.

    First defined at row n; NaN where one of the two earned the same every day.

    Raises:
        InvalidValueError: When `window` is not at least 2, or the two are not numbers of one
            shape, (T,) or (T, N).
    """
    n = as_window(window, smallest=2)
    first, second = map(percent_returns, _alike(values, other, "the two series"))
    rows = len(first) - n + 1
    found = np.full_like(first, np.nan)
    if rows > 0:
        means = [(window_sum(series, n) / n)[n - 1 :] for series in (first, second)]
        both, squares = np.zeros_like(means[0]), [np.zeros_like(mean) for mean in means]
        for offset in range(n):
            left, right = (
                series[offset : offset + rows] - mean
                for series, mean in zip((first, second), means, strict=True)
            )
            both += left * right
            squares[0] += left * left
            squares[1] += right * right
        spreads = [np.sqrt(square) for square in squares]
        spreads = [np.where(spread > NOISE * n, spread, 0.0) for spread in spreads]
        found[n - 1 :] = ratio(both, spreads[0] * spreads[1])
    return np.clip(found, -1.0, 1.0)


def correlation_state(values: ArrayLike, other: ArrayLike, window: SupportsIndex) -> Floats:
    """Return 1 (together), -1 (apart) or 0 (unrelated); first defined at row n.

    Together is a correlation above 0.3, apart is one below -0.3.

    Raises:
        InvalidValueError: When `window` is not at least 2, or the two are not numbers of one
            shape, (T,) or (T, N).
    """
    found = round_significant(correlation(values, other, window))
    return _coded(found > CORRELATED, found < -CORRELATED, known=~np.isnan(found))


def _quarters(series: Floats, history: SupportsIndex) -> Floats:
    rank = round_significant(percentile(round_significant(series), history))
    return _coded(rank > UPPER_QUARTER, rank < LOWER_QUARTER, known=~np.isnan(rank))


def _coded(above: ArrayLike, below: ArrayLike, *, known: ArrayLike) -> Floats:
    return np.where(known, np.where(above, 1.0, np.where(below, -1.0, 0.0)), np.nan)


def _alike(first: ArrayLike, second: ArrayLike, what: str) -> tuple[Floats, Floats]:
    """Return both as series.

    Raises:
        InvalidValueError: When they differ in shape or are no numbers.
    """
    one, two = as_series(first), as_series(second)
    if one.shape != two.shape:
        msg = f"{what} differ in shape: {one.shape}, {two.shape}."
        raise InvalidValueError(msg)
    return one, two
