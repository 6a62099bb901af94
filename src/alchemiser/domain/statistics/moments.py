"""Spread and shape of returns."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR, as_returns, mean, undefined
from alchemiser.domain.values.numbers import Floats

NOISE: Final = 1e-12
"""A return this near to the mean differs from it by rounding only."""

SAMPLE_MIN: Final = 2
"""One return has no deviation from its mean."""


def deviation(returns: ArrayLike) -> Floats:
    """Return the sample standard deviation of one session (divisor T - 1), a fraction.

    0 of returns that differ by rounding only, NaN of less than two.
    """
    centred = as_returns(returns) - mean(returns)
    if len(centred) < SAMPLE_MIN:
        return undefined(centred)
    spread = np.sqrt(_moment(centred, 2) * (len(centred) / (len(centred) - 1)))
    return np.where(_constant(centred), 0.0, spread)


def volatility(returns: ArrayLike) -> Floats:
    """Return the deviation of a year, a fraction: that of one session times sqrt(252).

    As if sessions were independent. 0 and NaN as in `deviation`.
    """
    return deviation(returns) * math.sqrt(SESSIONS_A_YEAR)


def skewness(returns: ArrayLike) -> Floats:
    """Return the third central moment over the 3/2 power of the second (divisor T): Fisher's g1.

    0 of what is symmetric; below, when losses are the rarer and the larger; NaN of returns that
    never change, or of none.
    """
    return _standardised(returns, 3)


def kurtosis(returns: ArrayLike) -> Floats:
    """Return the fourth central moment over the square of the second (divisor T): Pearson's b2.

    3 of a normal distribution: nothing is taken off. NaN as in `skewness`.
    """
    return _standardised(returns, 4)


def _standardised(returns: ArrayLike, order: int) -> Floats:
    centred = as_returns(returns) - mean(returns)
    if not len(centred):
        return undefined(centred)
    second = np.where(_constant(centred), 0.0, _moment(centred, 2))
    return ratio(_moment(centred, order), second ** (order / 2))


def _moment(centred: Floats, order: int) -> Floats:
    """Return the mean of a power; products, since powers of an array are slow."""
    power = centred
    for _ in range(order - 1):
        power = power * centred
    return mean(power)


def _constant(centred: Floats) -> Floats:
    flat: Floats = np.abs(centred).max(axis=0) <= NOISE
    return flat
