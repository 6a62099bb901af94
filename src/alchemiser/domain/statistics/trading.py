"""What trading and holding came to."""

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR, as_returns, mean
from alchemiser.domain.values.numbers import Floats


def turnover(traded: ArrayLike, equity: ArrayLike) -> Floats:
    """Return dollars traded, buys and sells added, over mean equity, a year of 252 sessions.

    Selling everything once a year and buying it back is 2. NaN of no session.

    Args:
        traded: Dollars of each session, at or above zero, float64 (T,) or (T, N).
        equity: Dollars, float64 (S,) or (S, N), S any number of moments.
    """
    sums = as_returns(traded)
    years = np.asarray(len(sums) / SESSIONS_A_YEAR)
    return ratio(ratio(sums.sum(axis=0), mean(equity)), years)


def exposure(held: ArrayLike, equity: ArrayLike) -> Floats:
    """Return the mean share of equity that was not cash; NaN of no session.

    Above 1 where money was borrowed.

    Args:
        held: Dollars in positions at the end of each session, float64 (T,) or (T, N).
        equity: Dollars at the same moments, of the same shape.
    """
    return mean(ratio(as_returns(held), as_returns(equity)))


def hit_rate(gains: ArrayLike) -> Floats:
    """Return the share of closed trades that gained, 0 to 1; NaN of none.

    A trade that gained nothing is no hit.

    Args:
        gains: Dollars after fees of each closed trade, float64 (M,).
    """
    dollars = as_returns(gains)
    return mean(np.where(np.isnan(dollars), np.nan, dollars > 0))


def payoff(gains: ArrayLike) -> Floats:
    """Return the mean gain of the trades that gained over the mean loss of those that lost.

    NaN where none gained or none lost.

    Args:
        gains: Dollars after fees of each closed trade, float64 (M,).
    """
    dollars = as_returns(gains)
    return ratio(mean(dollars[dollars > 0]), -mean(dollars[dollars < 0]))
