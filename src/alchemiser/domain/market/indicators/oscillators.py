"""Measures without a unit that swing between extremes."""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import (
    PERCENT,
    TILE,
    as_series,
    as_window,
    in_strips,
    ratio,
    run_lengths,
)
from alchemiser.domain.market.indicators.smoothing import smoothed
from alchemiser.domain.market.indicators.trend import ema
from alchemiser.domain.values.numbers import Floats

_NEITHER = 50.0


def rsi(values: ArrayLike, window: SupportsIndex) -> Floats:
    """Return the relative strength index, 0 to 100; first defined at row n.

    The seed is the plain mean of the first n gains and losses, and a new one weighs 1 / n.
    Gains only give 100, losses only 0, neither 50.

    Source: Wilder (1978), New Concepts in Technical Trading Systems, section VI.

    Raises:
        InvalidValueError: When `window` is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    n = as_window(window)
    closes = as_series(values)
    return in_strips(lambda strip: _strength(strip, n), closes, width=TILE // max(len(closes), 1))


def _strength(closes: Floats, window: int) -> Floats:
    change = np.empty_like(closes)
    change[:1] = np.nan
    np.subtract(closes[1:], closes[:-1], out=change[1:])
    changes, gains = run_lengths(closes) - 1, np.maximum(change, 0.0)
    losses = np.maximum(np.subtract(0.0, change, out=change), 0.0, out=change)
    gain = smoothed(gains, changes, window, 1.0 / window)
    moved = np.add(smoothed(losses, changes, window, 1.0 / window), gain, out=losses)
    # The share of the gains equals 100 - 100 / (1 + gain / loss) and exists without a loss too.
    with np.errstate(invalid="ignore"):
        strength = np.divide(gain, moved, out=gain)
    strength *= PERCENT
    np.copyto(strength, _NEITHER, where=moved == 0)
    return strength


def ppo(values: ArrayLike, short_window: SupportsIndex, long_window: SupportsIndex) -> Floats:
    """Return how far the short exponential mean stands above the long one, percent of the long.

    First defined at row max(short, long) - 1.

    Raises:
        InvalidValueError: When a window is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    slow = ema(values, long_window)
    return ratio(ema(values, short_window) - slow, slow) * PERCENT


def ppo_signal(
    values: ArrayLike,
    short_window: SupportsIndex,
    long_window: SupportsIndex,
    smooth_window: SupportsIndex,
) -> Floats:
    """Return the exponential mean of `ppo` over `smooth_window` values, percent.

    First defined at row max(short, long) + smooth - 2.

    Raises:
        InvalidValueError: When a window is not at least 1, or `values` are not numbers of shape
            (T,) or (T, N).
    """
    return ema(ppo(values, short_window, long_window), smooth_window)
