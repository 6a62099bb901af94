"""How likely it is that a Sharpe ratio is no luck.

Sharpe ratios here are those of one session, not annualised: divide an annual one by sqrt(252).
Sessions count as independent; what a position earns on many days in a row makes the chances too
sure of themselves.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.statistics.moments import SAMPLE_MIN, deviation, kurtosis, skewness
from alchemiser.domain.statistics.normal import normal_chance, normal_quantile
from alchemiser.domain.statistics.ratios import sharpe_of_a_session
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR, as_returns, mean
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats

EULER_MASCHERONI: Final = 0.5772156649015329


def sharpe_error(sharpe: Floats, sessions: int, skew: Floats, kurt: Floats) -> Floats:
    """Return the standard error of a Sharpe ratio of one session.

    sqrt((1 - skew sharpe + (kurt - 1) / 4 sharpe^2) / (T - 1))
    (Mertens 2002; Bailey and Lopez de Prado 2012). NaN of less than two sessions.

    Args:
        sharpe: Of one session, any shape.
        sessions: T.
        skew: Skewness of the returns, likewise.
        kurt: Kurtosis of the returns, 3 of normal ones, likewise.
    """
    squared = 1 - skew * sharpe + (kurt - 1) / 4 * sharpe * sharpe
    return np.sqrt(ratio(np.asarray(squared), np.asarray(max(sessions - 1.0, 0.0))))


def chance_above(sharpe: Floats, error: Floats, benchmark: ArrayLike) -> Floats:
    """Return the chance that the true Sharpe ratio is above `benchmark`, 0 to 1, any shape."""
    return normal_chance(ratio(np.asarray(sharpe - np.asarray(benchmark)), np.asarray(error)))


def probabilistic_sharpe(returns: ArrayLike, benchmark: float = 0.0) -> Floats:
    """Return the chance that the true Sharpe ratio is above `benchmark`, 0 to 1.

    Bailey and Lopez de Prado (2012). NaN where there is no Sharpe ratio.

    Args:
        returns: float64 (T,) or (T, N).
        benchmark: An annual Sharpe ratio.
    """
    return _chance(as_returns(returns), benchmark / math.sqrt(SESSIONS_A_YEAR))


def expected_largest(trials: float, variance: float) -> float:
    """Return the largest Sharpe ratio to be expected of `trials` without any skill.

    sqrt(V) ((1 - g) Z(1 - 1 / N) + g Z(1 - 1 / (N e))), g the constant of Euler and Mascheroni, Z
    the normal quantile (Bailey and Lopez de Prado 2014). 0 of one trial, and never below.

    Args:
        trials: N, independent of one another, at least 1; no whole number where it is estimated.
        variance: V, of their Sharpe ratios, in the unit of which the answer is.

    Raises:
        InvalidValueError: When there are fewer than one, or a variance is below zero.
    """
    if not 1 <= trials < math.inf or not 0 <= variance < math.inf:
        msg = f"at least one strategy was tried, with a variance; not {trials} with {variance}."
        raise InvalidValueError(msg)
    if trials == 1:
        return 0.0
    # Z(1 - p) is -Z(p), which keeps its digits where p is tiny.
    first, second = (-normal_quantile(1 / (trials * by)) for by in (1, math.e))
    expected = (1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second
    return math.sqrt(variance) * max(expected, 0.0)


def independent_trials(returns: ArrayLike) -> float:
    """Return how many independent trials the N series are worth: r + (1 - r) N, from 1 to N.

    r is the mean correlation of two of them, not below zero (Bailey and Lopez de Prado 2014,
    appendix). Series that never change count for nothing; NaN of no other ones.

    Args:
        returns: float64 (T, N), one column for each strategy that was tried.
    """
    series = as_returns(returns)
    spread = deviation(series)
    varying = series[:, spread > 0]
    count: int = varying.shape[1]
    if count < SAMPLE_MIN:
        return float(count) or math.nan
    unit = (varying - mean(varying)) / spread[spread > 0]
    together = unit.sum(axis=1)
    # The sum of all correlations at once: N on the diagonal, and each pair twice.
    pairs = float((together * together).sum()) / (len(series) - 1) - count
    alike = min(max(pairs / (count * (count - 1)), 0.0), 1.0)
    return alike + (1 - alike) * count


def deflated_sharpe(returns: ArrayLike, trials: float | None = None) -> Floats:
    """Return the chance that each Sharpe ratio is above what the best of all would be by luck.

    Bailey and Lopez de Prado (2014): the probabilistic Sharpe ratio against `expected_largest`, for
    the variance of the ratios of all series that have one. Everything that was tried must be among
    them: what was thrown away counts. (N,), NaN where there is no Sharpe ratio.

    Args:
        returns: float64 (T, N), one column for each strategy that was tried.
        trials: How many independent ones they are worth; None estimates `independent_trials`.

    Raises:
        InvalidValueError: When `returns` have another shape, or `trials` is below 1.
    """
    series = as_returns(returns)
    if series.ndim != 2:  # noqa: PLR2004 - session by strategy
        msg = f"what was tried has the shape (T, N), not {series.shape}."
        raise InvalidValueError(msg)
    found = sharpe_of_a_session(series)
    known = found[np.isfinite(found)]
    if not len(known):
        return found
    count = independent_trials(series) if trials is None else trials
    variance = float(known.var(ddof=1)) if len(known) >= SAMPLE_MIN else 0.0
    return _chance(series, expected_largest(count, variance))


def _chance(series: Floats, benchmark: float) -> Floats:
    found = sharpe_of_a_session(series)
    error = sharpe_error(found, len(series), skewness(series), kurtosis(series))
    return chance_above(found, error, benchmark)
