"""Intervals of any figure, by drawing history anew from itself.

The domain draws nothing: numbers in [0, 1) come in, so whoever knows their seed can repeat what
they decide.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alchemiser.domain.statistics.returns import as_returns
from alchemiser.domain.statistics.tails import CONFIDENCE, as_confidence
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats, round_significant

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Hold between which values a figure lies with a stated confidence; NaN when not defined."""

    low: float
    high: float


def stationary_rows(draws: Floats, block: float) -> Rows:
    """Return rows of a history drawn anew in blocks of random length, (T, B), each 0 to T - 1.

    The stationary bootstrap (Politis and Romano 1994): each row follows the one before it, from the
    last back to the first, or begins a block somewhere with a chance of 1 / `block`; so what
    sessions in a row have in common stays in the draws.

    Args:
        draws: Numbers in [0, 1), float64 (2, T, B): whether a block begins, and where.
        block: Mean length of a block, sessions, at least 1; at 1 sessions are independent
            (Efron 1979).

    Raises:
        InvalidValueError: When `block` is below 1, or `draws` have another shape.
    """
    if draws.ndim != 3 or len(draws) != 2:  # noqa: PLR2004 - whether and where
        msg = f"a bootstrap takes draws of shape (2, T, B), not {draws.shape}."
        raise InvalidValueError(msg)
    if not block >= 1:
        msg = f"a block has at least one session, not {block}."
        raise InvalidValueError(msg)
    begins, places = draws
    sessions = len(begins)
    row = np.arange(sessions)[:, np.newaxis]
    starts = np.where((begins < 1 / block) | (row == 0), row, 0)
    since = np.maximum.accumulate(starts, axis=0)
    begun = np.take_along_axis((places * sessions).astype(np.intp), since, axis=0)
    rows: Rows = (begun + row - since) % max(sessions, 1)
    return rows


def usual_block(sessions: int) -> float:
    """Return the length of a block to begin with: the cube root of T, at least 1.

    The rate at which it should grow (Hall, Horowitz and Jing 1995); its factor is a convention.
    """
    return max(math.cbrt(sessions), 1.0)


def redrawn(returns: ArrayLike, rows: Rows) -> Floats:
    """Return one series drawn anew B times, float64 (T, B): every figure takes it as B series.

    Args:
        returns: float64 (T,).
        rows: What `stationary_rows` gave; the same ones keep two series in step.

    Raises:
        InvalidValueError: When there are several series, or of another length.
    """
    series = as_returns(returns)
    if series.ndim != 1 or len(series) != len(rows):
        msg = f"one series of {len(rows)} returns is drawn anew, not {series.shape}."
        raise InvalidValueError(msg)
    drawn: Floats = series[rows]
    return drawn


def interval(figures: Floats, confidence: Decimal = CONFIDENCE) -> Interval:
    """Return between which values the middle of drawn figures lies (Efron 1979, percentiles).

    As much is cut off at one end as at the other; linear between two figures (Hyndman and Fan
    1996, type 7), and rounded to 12 digits. NaN when one of the figures is, or when there is none.

    Args:
        figures: One of each series drawn anew, float64 (B,).
        confidence: In (0.5, 1).

    Raises:
        InvalidValueError: When `confidence` is not in (0.5, 1).
    """
    cut = float(1 - as_confidence(confidence)) / 2
    if not len(figures) or np.isnan(figures).any():
        return Interval(low=np.nan, high=np.nan)
    low, high = round_significant(np.quantile(figures, [cut, 1 - cut])).tolist()
    return Interval(low=low, high=high)
