"""What was earned beside a benchmark (Jensen 1968)."""

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.statistics.moments import NOISE, SAMPLE_MIN
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR, as_returns, mean, undefined
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats


def beta(returns: ArrayLike, benchmark: ArrayLike) -> Floats:
    """Return how much is earned for each dollar that the benchmark earns, by least squares.

    Covariance over the variance of the benchmark. NaN of less than two sessions, and of a benchmark
    that never changes.

    Args:
        returns: float64 (T,) or (T, N).
        benchmark: Its returns in the same sessions, float64 (T,) or the shape of `returns`.

    Raises:
        InvalidValueError: When the two do not fit together.
    """
    series, other = _aligned(returns, benchmark)
    if len(series) < SAMPLE_MIN:
        return undefined(series)
    moves = other - mean(other)
    varies = np.abs(moves).max(axis=0) > NOISE
    spread = np.where(varies, (moves * moves).sum(axis=0), 0.0)
    return ratio(((series - mean(series)) * moves).sum(axis=0), spread)


def alpha(returns: ArrayLike, benchmark: ArrayLike, hurdle: float = 0.0) -> Floats:
    """Return what is earned a year that beta does not explain, compounded, a fraction.

    (1 + mean of returns - hurdle - beta (benchmark - hurdle)) ** 252 - 1. NaN as in `beta`.

    Args:
        returns: float64 (T,) or (T, N).
        benchmark: Its returns in the same sessions, float64 (T,) or the shape of `returns`.
        hurdle: What a session could have earned without risk, a fraction.

    Raises:
        InvalidValueError: When the two do not fit together.
    """
    series, other = _aligned(returns, benchmark)
    slope = beta(returns, benchmark)
    left = mean(series) - hurdle - slope * (mean(other) - hurdle)
    with np.errstate(over="ignore"):
        grown: Floats = (1 + left) ** SESSIONS_A_YEAR - 1
    return np.where(np.isfinite(grown) & (left >= -1), grown, np.nan)


def _aligned(returns: ArrayLike, benchmark: ArrayLike) -> tuple[Floats, Floats]:
    series, other = as_returns(returns), as_returns(benchmark)
    if other.shape not in {series.shape, series.shape[:1]}:
        msg = f"a benchmark has a return for each of {series.shape}, and not {other.shape}."
        raise InvalidValueError(msg)
    return series, other if other.shape == series.shape else other[:, np.newaxis]
