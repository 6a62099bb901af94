"""What is read as returns, and what they compound to."""

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats

SESSIONS_A_YEAR: Final = 252
"""By convention, sessions to a year."""

DAYS_A_YEAR: Final = 365.25
"""By convention, calendar days to a year."""

LARGEST: Final = 1e60
"""Beyond it fourth powers overflow, and no money is counted."""


def as_returns(returns: ArrayLike) -> Floats:
    """Return `returns` as float64 (T,) or (T, N), wholly NaN where a series has a gap.

    A gap is NaN, infinite, or beyond `LARGEST`.

    Raises:
        InvalidValueError: When they are not numbers, or have another number of axes.
    """
    try:
        series = np.asarray(returns, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = "returns are numbers: one series of shape (T,) or several of shape (T, N)."
        raise InvalidValueError(msg) from error
    if series.ndim not in {1, 2}:
        msg = f"returns are an array of shape (T,) or (T, N), not {series.shape}."
        raise InvalidValueError(msg)
    # A NaN is the largest and the least of its series, and within nothing.
    highest, lowest = series.max(axis=0, initial=0.0), series.min(axis=0, initial=0.0)
    known = (highest <= LARGEST) & (lowest >= -LARGEST)
    return series if known.all() else np.where(known, series, np.nan)


def returns_of(equity: Floats) -> Floats:
    """Return what each session earned, a fraction, float64 (T,).

    Once nothing is left, or money is owed, all later sessions return 0: what is earned on debts is
    no return, and its sign would be turned. NaN where there was no money to begin with.

    Args:
        equity: Dollars before the first session and after each, float64 (T + 1,).
    """
    before = equity[:-1]
    ruined = np.logical_or.accumulate(before <= 0)
    after_ruin = 0.0 if equity[0] > 0 else np.nan
    return np.where(ruined, after_ruin, ratio(equity[1:], before) - 1)


def undefined(series: Floats) -> Floats:
    """Return the figure of series that are too short for it: NaN, shape () or (N,)."""
    return np.full(series.shape[1:], np.nan)


def mean(returns: ArrayLike) -> Floats:
    """Return the arithmetic mean of one session, NaN of none."""
    series = as_returns(returns)
    return ratio(series.sum(axis=0), np.asarray(float(len(series))))


def wealth(returns: ArrayLike) -> Floats:
    """Return what one dollar has become, float64 (T + 1,) or (T + 1, N), the first row 1.

    A return below -1 leaves debts, which do not compound: such a series is wholly NaN. One of -1
    leaves nothing for good.
    """
    series = as_returns(returns)
    factors = np.where((series < -1).any(axis=0), np.nan, 1 + series)
    with np.errstate(over="ignore", invalid="ignore"):
        grown = np.cumprod(factors, axis=0)
    return np.concatenate([np.ones((1, *series.shape[1:])), grown])


def total_return(returns: ArrayLike) -> Floats:
    """Return what all sessions together gained, a fraction; 0 of none."""
    grown: Floats = wealth(returns)[-1] - 1
    return grown


def cagr_by_sessions(returns: ArrayLike) -> Floats:
    """Return compound growth a year of 252 sessions, a fraction.

    (1 + total return) ** (252 / T) - 1, the convention of most libraries of returns; NaN of no
    session.
    """
    series = as_returns(returns)
    return _compounded(series, len(series) / SESSIONS_A_YEAR)


def cagr_by_calendar(returns: ArrayLike, start: date, end: date) -> Floats:
    """Return compound growth a year of 365.25 days, a fraction.

    (1 + total return) ** (365.25 / days) - 1, the convention of fund reports, which counts the
    days in which nothing traded; NaN of no session.

    Args:
        returns: float64 (T,) or (T, N).
        start: The day at whose end the first return begins: the session before the first.
        end: The last session.

    Raises:
        InvalidValueError: When `end` is not after `start`.
    """
    days = (end - start).days
    if days <= 0:
        msg = f"growth from {start} to {end} takes no time: end after the start."
        raise InvalidValueError(msg)
    series = as_returns(returns)
    return _compounded(series, days / DAYS_A_YEAR)


def _compounded(series: Floats, years: float) -> Floats:
    if not len(series):
        return undefined(series)
    with np.errstate(over="ignore"):
        grown = wealth(series)[-1] ** (1 / years) - 1
    return np.where(np.isfinite(grown), grown, np.nan)
