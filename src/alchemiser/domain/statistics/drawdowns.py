"""How far and for how long wealth was below its peak."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import run_lengths
from alchemiser.domain.statistics.moments import NOISE
from alchemiser.domain.statistics.returns import as_returns, undefined, wealth
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """Describe one fall from a peak, until wealth has seen that peak again.

    Attributes:
        depth: The largest fall, a fraction of the peak, above 0.
        first: Row of the first return that left the peak.
        trough: Row of the return after which wealth was lowest, the first of equal ones.
        recovered: Row of the return that reached the peak again, or None when none has.
        sessions: For how many sessions wealth ended below the peak.
    """

    depth: float
    first: int
    trough: int
    recovered: int | None
    sessions: int


def drawdowns(returns: ArrayLike) -> Floats:
    """Return how far wealth is below its peak, 0 to 1, float64 (T,) or (T, N).

    1 - wealth / highest wealth so far; the start counts as a peak. NaN where wealth is.
    """
    path = wealth(returns)
    fall = 1 - path / np.maximum.accumulate(path, axis=0)
    return np.where(fall <= NOISE, 0.0, fall)[1:]


def max_drawdown(returns: ArrayLike) -> Floats:
    """Return the largest fall from a peak, 0 to 1; 0 where wealth never fell, NaN of no return."""
    falls = drawdowns(returns)
    largest: Floats = falls.max(axis=0) if len(falls) else undefined(falls)
    return largest


def longest_drawdown(returns: ArrayLike) -> Floats:
    """Return the most sessions in a row that ended below a peak; NaN of no return."""
    falls = drawdowns(returns)
    if not len(falls):
        return undefined(falls)
    below = run_lengths(np.where(falls > 0, falls, np.nan)).max(axis=0)
    return np.where(np.isnan(falls[0]), np.nan, below)


def drawdown_quantiles(returns: ArrayLike, chances: Sequence[float]) -> Floats:
    """Return the drawdown that a share of the sessions did not exceed, (Q,) or (Q, N).

    At 0.5 half of all sessions ended no farther below the peak, at 1 none did. Linear between two
    sessions (Hyndman and Fan 1996, type 7); NaN of no return.

    Args:
        returns: float64 (T,) or (T, N).
        chances: Q shares of the sessions, 0 to 1.
    """
    falls = drawdowns(returns)
    if not len(falls):
        return np.full((len(chances), *falls.shape[1:]), np.nan)
    quantiles: Floats = np.quantile(falls, chances, axis=0)
    return quantiles


def episodes(returns: ArrayLike) -> tuple[Drawdown, ...]:
    """Return every drawdown of one series, oldest first; none of a series that is not defined.

    Args:
        returns: float64 (T,).

    Raises:
        InvalidValueError: When there are several series.
    """
    series = as_returns(returns)
    if series.ndim != 1:
        msg = f"drawdowns are listed of one series of shape (T,), not {series.shape}."
        raise InvalidValueError(msg)
    falls = drawdowns(series)
    below = np.concatenate([[False], falls > 0, [False]])
    first = np.flatnonzero(below[1:] & ~below[:-1])
    after = np.flatnonzero(~below[1:] & below[:-1])
    return tuple(_episode(falls, int(i), int(j)) for i, j in zip(first, after, strict=True))


def _episode(falls: Floats, first: int, after: int) -> Drawdown:
    trough = first + int(np.argmax(falls[first:after]))
    return Drawdown(
        depth=float(falls[trough]),
        first=first,
        trough=trough,
        recovered=after if after < len(falls) else None,
        sessions=after - first,
    )
