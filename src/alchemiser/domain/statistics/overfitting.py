"""How often what was best in one half of history is no better than the middle in the other.

Combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado and Zhu 2015).
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.statistics.moments import NOISE
from alchemiser.domain.statistics.returns import as_returns, mean
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats, round_significant

BLOCKS: Final = 16
"""12,870 splits, as in the paper."""

_BLOCKS_MAX: Final = 20
_CELLS: Final = 1_000_000
"""Sharpe ratios that are ranked at once, to bound the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overfitting:
    """What came of choosing the best in one half of history, over all C splits into halves.

    Attributes:
        probability: Share of splits in which the chosen was at or below the middle in the other
            half, 0 to 1: about one half when choosing is of no use, near 0 when it is.
        loss: Share of splits in which the chosen lost money in the other half.
        logits: ln(w / (1 - w)) of its relative rank w there, above 0 and below 1, float64 (C,).
        inside: Its Sharpe ratio of a session in the half it was chosen in, float64 (C,).
        outside: Its Sharpe ratio of a session in the other half, float64 (C,).
    """

    probability: float
    loss: float
    logits: Floats
    inside: Floats
    outside: Floats


def overfitting(returns: ArrayLike, blocks: int = BLOCKS) -> Overfitting:
    """Return what choosing by the Sharpe ratio is worth.

    History is cut into equal blocks, its oldest T mod `blocks` sessions left out; every half of the
    blocks is once the one that the best is chosen in. Ratios that agree in 12 digits tie: of equal
    ones the first is chosen, and a rank among equal ones is their mean. Where returns do not
    change in a half, the ratio counts as 0, which is that of cash.

    Args:
        returns: float64 (T, N), one column for each strategy that was tried, N at least 2.
        blocks: Even, from 2 to 20, with at least two sessions each.

    Raises:
        InvalidValueError: When the shape, the number of blocks or a return is none of this.
    """
    series = _tried(returns, blocks)
    sharpes = _half_sharpes(series, blocks)
    parts = -(-sharpes.size // _CELLS)
    for part in np.array_split(sharpes, parts):
        part[:] = round_significant(part)
    # In lexicographic order the complement of the first half is the last one, and so on.
    halves = zip(*(np.array_split(one, parts) for one in (sharpes, sharpes[::-1])), strict=True)
    inside, outside, rank = np.concatenate([_chosen(*pair) for pair in halves], axis=1)
    relative = rank / (series.shape[1] + 1)
    logits = np.log(relative / (1 - relative))
    return Overfitting(
        probability=float(np.mean(relative <= 1 / 2)),
        loss=float(np.mean(outside < 0)),
        logits=logits,
        inside=inside,
        outside=outside,
    )


def _tried(returns: ArrayLike, blocks: int) -> Floats:
    series = as_returns(returns)
    if blocks % 2 or not 0 < blocks <= _BLOCKS_MAX:
        msg = f"blocks are an even number from 2 to {_BLOCKS_MAX}, not {blocks}."
        raise InvalidValueError(msg)
    if series.ndim != 2 or series.shape[1] < 2:  # noqa: PLR2004 - session by strategies
        msg = f"the returns of two strategies or more have the shape (T, N), not {series.shape}."
        raise InvalidValueError(msg)
    if len(series) < 2 * blocks:
        msg = f"{len(series)} sessions are too few for {blocks} blocks of two or more."
        raise InvalidValueError(msg)
    if not np.isfinite(series).all():
        msg = "a return is missing: fill what is missing, or leave the strategy out."
        raise InvalidValueError(msg)
    return series[len(series) % blocks :]


def _half_sharpes(series: Floats, blocks: int) -> Floats:
    """Return the Sharpe ratio of a session of every half, float64 (C, N), from sums of blocks."""
    middle = mean(series)
    centred = (series - middle).reshape(blocks, -1, series.shape[1])
    chosen = np.zeros((comb(blocks, blocks // 2), blocks))
    picks = np.array(list(combinations(range(blocks), blocks // 2)))
    np.put_along_axis(chosen, picks, 1.0, axis=1)
    sums = chosen @ centred.sum(axis=1)
    squares = chosen @ (centred * centred).sum(axis=1)
    count = len(series) // 2
    average = sums / count
    variance = (squares - sums * average) / (count - 1)
    deviation = np.sqrt(np.maximum(variance, 0.0))
    return np.where(deviation <= NOISE, 0.0, ratio(average + middle, deviation))


def _chosen(inside: Floats, outside: Floats) -> Floats:
    """Return the two ratios of the best inside, and its mean rank outside from 1 to N, (3, C)."""
    best = np.argmax(inside, axis=1)[:, np.newaxis]
    reached = np.take_along_axis(outside, best, axis=1)
    rank = (outside < reached).sum(axis=1) + ((outside == reached).sum(axis=1) + 1) / 2
    return np.stack([np.take_along_axis(inside, best, axis=1)[:, 0], reached[:, 0], rank])
