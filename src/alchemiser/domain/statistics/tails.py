"""What is lost on bad sessions: value at risk, expected shortfall, tail ratio.

Losses are positive fractions of one session; a negative one is a gain. `confidence` is a Decimal in
(0.5, 1), so that 5 % of 2,520 sessions are 126 and not 127. Value at risk is what is lost or more
with a chance of 1 - `confidence`; expected shortfall is the mean loss of those sessions.
"""

from decimal import ROUND_CEILING, Decimal
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.statistics.moments import deviation, kurtosis, skewness
from alchemiser.domain.statistics.normal import normal_quantile, normal_shortfall
from alchemiser.domain.statistics.returns import as_returns, mean, undefined
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import ONE, Floats

CONFIDENCE: Final = Decimal("0.95")
_HALF: Final = Decimal("0.5")
_NORMAL_KURTOSIS: Final = 3.0
_FAR: Final = 5.0
"""Deviations: what lies beyond happens once in 14,000 years of sessions."""


def as_confidence(confidence: Decimal) -> Decimal:
    """Return `confidence` when it is one.

    Raises:
        InvalidValueError: When it is not in (0.5, 1).
    """
    if not confidence.is_finite() or not _HALF < confidence < ONE:
        msg = f"a confidence lies above 0.5 and below 1, as 0.95 does; {confidence} does not."
        raise InvalidValueError(msg)
    return confidence


def tail_count(sessions: int, confidence: Decimal) -> int:
    """Return how many of `sessions` are the tail: ceil((1 - `confidence`) T), at least one.

    Raises:
        InvalidValueError: When `confidence` is not in (0.5, 1).
    """
    share = ONE - as_confidence(confidence)
    return max(int((share * sessions).to_integral_value(rounding=ROUND_CEILING)), 1)


def historical_var(returns: ArrayLike, confidence: Decimal = CONFIDENCE) -> Floats:
    """Return the loss of the k-th worst session, k = `tail_count`, without interpolation.

    Jorion (2006, chapter 10), as the limit `max_var` reckons. NaN of no return.

    Raises:
        InvalidValueError: When `confidence` is not in (0.5, 1).
    """
    worst = _worst(as_returns(returns), confidence)
    loss: Floats = 0.0 - worst.max(axis=0)  # nothing lost is 0.0, and not -0.0
    return loss


def historical_shortfall(returns: ArrayLike, confidence: Decimal = CONFIDENCE) -> Floats:
    """Return the mean loss of the k worst sessions, never below `historical_var`.

    Acerbi and Tasche (2002). NaN of no return.

    Raises:
        InvalidValueError: When `confidence` is not in (0.5, 1).
    """
    worst = _worst(as_returns(returns), confidence)
    # A mean of equal losses may be a bit below each; nothing lost is 0.0, and not -0.0.
    loss: Floats = 0.0 - np.minimum(mean(worst), worst.max(axis=0))
    return loss


def parametric_var(returns: ArrayLike, confidence: Decimal = CONFIDENCE) -> Floats:
    """Return that of a normal distribution with mean and deviation of the returns.

    z deviation - mean (Jorion 2006, chapter 5). NaN of less than two returns.

    Raises:
        InvalidValueError: When `confidence` is not in (0.5, 1).
    """
    return normal_quantile(as_confidence(confidence)) * deviation(returns) - mean(returns)


def parametric_shortfall(returns: ArrayLike, confidence: Decimal = CONFIDENCE) -> Floats:
    """Return that of the same normal distribution: density over tail chance instead of z.

    McNeil, Frey and Embrechts (2015, chapter 2). NaN of less than two returns.

    Raises:
        InvalidValueError: When `confidence` is not in (0.5, 1).
    """
    return normal_shortfall(as_confidence(confidence)) * deviation(returns) - mean(returns)


def cornish_fisher_var(returns: ArrayLike, confidence: Decimal = CONFIDENCE) -> Floats:
    """Return that of a normal distribution bent by skewness S and excess kurtosis K.

    With z the normal quantile of the loss tail (below zero), it is -mean - deviation times
    z + (z^2 - 1) S / 6 + (z^3 - 3 z) K / 24 - (2 z^3 - 5 z) S^2 / 36
    (Cornish and Fisher 1938; Favre and Galeano 2002). NaN where it is no quantile, since the
    expansion falls out to z, or comes down to it again beyond (Maillard 2012), where returns never
    change, and of less than two.

    Raises:
        InvalidValueError: When `confidence` is not in (0.5, 1).
    """
    z = -normal_quantile(as_confidence(confidence))
    skew, excess = skewness(returns), kurtosis(returns) - _NORMAL_KURTOSIS
    bent = bent_quantile(z, skew, excess)
    return np.where(
        is_bent_quantile(z, skew, excess), -mean(returns) - deviation(returns) * bent, np.nan
    )


def cornish_fisher_shortfall(returns: ArrayLike, confidence: Decimal = CONFIDENCE) -> Floats:
    """Return the mean of the same bent distribution beyond `cornish_fisher_var`.

    With the mean of a normal tail, m = -density(z) / tail chance, it is -mean - deviation times
    m (1 + z S / 6 + (z^2 - 1) K / 24 - (2 z^2 - 1) S^2 / 36)
    (Maillard 2012; the integral of the expansion). NaN as there.

    Raises:
        InvalidValueError: When `confidence` is not in (0.5, 1).
    """
    z = -normal_quantile(as_confidence(confidence))
    skew, excess = skewness(returns), kurtosis(returns) - _NORMAL_KURTOSIS
    square = z * z
    bend = 1 + z * skew / 6 + (square - 1) * excess / 24 - (2 * square - 1) * skew * skew / 36
    bent = -normal_shortfall(as_confidence(confidence)) * bend
    return np.where(
        is_bent_quantile(z, skew, excess), -mean(returns) - deviation(returns) * bent, np.nan
    )


def tail_ratio(returns: ArrayLike) -> Floats:
    """Return the size of the 95th percentile over that of the 5th.

    Above 1 the good sessions are the larger. Percentiles linear between two sessions (Hyndman and
    Fan 1996, type 7), as in empyrical. NaN of no return, and where the 5th is zero.
    """
    series = as_returns(returns)
    if not len(series):
        return undefined(series)
    low, high = np.abs(np.quantile(series, [0.05, 0.95], axis=0))
    return ratio(high, low)


def bent_quantile(z: ArrayLike, skew: Floats, excess: Floats) -> Floats:
    """Return the quantile of a distribution with mean 0 and deviation 1 (Cornish and Fisher 1938).

    Args:
        z: The quantile of a normal distribution, or one of each.
        skew: Skewness, any shape.
        excess: Kurtosis less 3, of the same shape.
    """
    z = np.asarray(z, dtype=np.float64)
    square = z * z
    bent: Floats = (
        z
        + (square - 1) * skew / 6
        + (square - 3) * z * excess / 24
        - (2 * square - 5) * z * skew * skew / 36
    )
    return bent


def is_bent_quantile(z: float, skew: Floats, excess: Floats) -> Floats:
    """Say where `bent_quantile` of `z` has as much below it as `z` has.

    That is where the curve rises all the way from five deviations out to `z`, and never comes down
    to it again up to five deviations on the other side. Arguments as there.
    """
    a = excess / 8 - skew * skew / 6
    b = skew / 3
    c = 1 - excess / 8 + 5 * skew * skew / 36
    far = min(-_FAR, z)
    vertex = np.clip(np.nan_to_num(ratio(-b, 2 * a), nan=z), far, z)
    steepness = np.minimum.reduce([(a * x + b) * x + c for x in (far, vertex, z)])
    width = np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))
    turns = (np.nan_to_num(ratio(-b + sign * width, 2 * a), nan=z) for sign in (-1, 1))
    beyond: list[ArrayLike] = [z, _FAR, *(np.clip(turn, z, _FAR) for turn in turns)]
    lowest = np.minimum.reduce([bent_quantile(x, skew, excess) for x in beyond])
    is_one: Floats = (steepness > 0) & (lowest >= bent_quantile(z, skew, excess))
    return is_one


def _worst(series: Floats, confidence: Decimal) -> Floats:
    """Return the tail, (k,) or (k, N), in no order; NaN of no return."""
    count = tail_count(len(series), confidence)
    if not len(series):
        return undefined(series)[np.newaxis]
    return np.partition(series, count - 1, axis=0)[:count]
