"""Measures without a unit that swing between extremes."""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import (
    PERCENT,
    as_series,
    as_window,
    ratio,
    room,
    run_lengths,
    strips,
    width_of,
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
    found = np.empty_like(closes)
    found[:1] = np.nan
    for part, strength in strips(closes, found, width=width_of(len(closes))):
        _fill_strength(part, n, strength[1:])
    return found


def _fill_strength(closes: Floats, window: int, strength: Floats) -> None:
    """Fill in the strength from the second close on, (T - 1, N)."""
    losses, gains = room(*strength.shape), room(*strength.shape)
    change = np.subtract(closes[1:], closes[:-1], out=losses)
    changes = run_lengths(change)
    np.maximum(change, 0.0, out=gains)
    np.subtract(gains, change, out=losses)
    gain = smoothed(gains, changes, window, 1.0 / window)
    moved = smoothed(losses, changes, window, 1.0 / window)
    moved += gain
    # The share of the gains equals 100 - 100 / (1 + gain / loss) and exists without a loss too.
    with np.errstate(invalid="ignore"):
        share = np.divide(gain, moved, out=gain)
    np.multiply(share, PERCENT, out=strength)
    still = moved == 0
    if still.any():
        strength[still] = _NEITHER


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
