"""Gain over risk."""

import math

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.statistics.drawdowns import max_drawdown
from alchemiser.domain.statistics.moments import deviation
from alchemiser.domain.statistics.returns import (
    SESSIONS_A_YEAR,
    as_returns,
    cagr_by_sessions,
    mean,
)
from alchemiser.domain.values.numbers import Floats


def sharpe(returns: ArrayLike, hurdle: float = 0.0) -> Floats:
    """Return mean over deviation of what was earned above `hurdle`, times sqrt(252).

    Sharpe (1994). NaN of less than two returns, and of returns that never change.

    Args:
        returns: float64 (T,) or (T, N).
        hurdle: What a session could have earned without risk, a fraction.
    """
    return sharpe_of_a_session(as_returns(returns) - hurdle) * math.sqrt(SESSIONS_A_YEAR)


def sharpe_of_a_session(returns: ArrayLike) -> Floats:
    """Return mean over sample deviation, not annualised; NaN as in `sharpe`."""
    return ratio(mean(returns), deviation(returns))


def downside_deviation(returns: ArrayLike, hurdle: float = 0.0) -> Floats:
    """Return the root of the mean squared shortfall below `hurdle`, times sqrt(252), a fraction.

    Sessions at or above the hurdle count as zero and are counted (divisor T), as Sortino and
    Price (1994) have it. NaN of no return.
    """
    below = np.minimum(as_returns(returns) - hurdle, 0.0)
    return np.sqrt(mean(below * below)) * math.sqrt(SESSIONS_A_YEAR)


def sortino(returns: ArrayLike, hurdle: float = 0.0) -> Floats:
    """Return mean times 252 above `hurdle` over the downside deviation below it.

    Sortino and Price (1994). NaN of a series that never fell below the hurdle.

    Args:
        returns: float64 (T,) or (T, N).
        hurdle: What a session is to earn, a fraction.
    """
    above = mean(returns) - hurdle
    return ratio(above * SESSIONS_A_YEAR, downside_deviation(returns, hurdle))


def calmar(returns: ArrayLike) -> Floats:
    """Return compound growth a year of 252 sessions over the largest drawdown.

    Young (1991), over the whole period instead of the last 36 months. NaN of a series that never
    fell.
    """
    return ratio(cagr_by_sessions(returns), max_drawdown(returns))


def omega(returns: ArrayLike, hurdle: float = 0.0) -> Floats:
    """Return the sum of what was earned above `hurdle` over the sum of what was missed below it.

    Keating and Shadwick (2002). NaN of a series that never fell below the hurdle.

    Args:
        returns: float64 (T,) or (T, N).
        hurdle: What a session is to earn, a fraction.
    """
    above = as_returns(returns) - hurdle
    return ratio(np.maximum(above, 0.0).sum(axis=0), -np.minimum(above, 0.0).sum(axis=0))
