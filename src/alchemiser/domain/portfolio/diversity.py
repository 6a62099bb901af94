"""How alike strategies are: what they want, and what that earns."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from alchemiser.domain.statistics.moments import NOISE
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import Floats, round_significant

SESSIONS_MIN: Final = 3
"""Two points always lie on a line: less than three say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Compare two strategies over the sessions in which both decided, to 12 significant digits.

    Attributes:
        first: One strategy.
        second: The other.
        sessions: In how many sessions both decided.
        overlap: Mean share of capital that both hold in the same symbol or in cash, 0 to 1, or None
            when they never decided together.
        signal_correlation: Pearson's, of their weights over sessions, symbols and cash, -1 to 1, or
            None where there are too few or one never changes.
        return_correlation: Pearson's, of their own daily return streams, or None likewise.
    """

    first: StrategyId
    second: StrategyId
    sessions: int
    overlap: float | None
    signal_correlation: float | None
    return_correlation: float | None


def likenesses(weights: Mapping[StrategyId, Floats], returns: Floats) -> tuple[Likeness, ...]:
    """Return every pair of strategies compared, sorted.

    Args:
        weights: Of each strategy, float64 (T, K): session by symbol, NaN where it did not decide.
        returns: Daily returns of the K symbols, fractions, float64 (T, K), NaN without a bar.
    """
    streams = {name: own_returns(held, returns) for name, held in weights.items()}
    return tuple(
        _likeness(pair, (weights[pair[0]], weights[pair[1]]), (streams[pair[0]], streams[pair[1]]))
        for pair in combinations(sorted(weights), 2)
    )


def own_returns(weights: Floats, returns: Floats) -> Floats:
    """Return what each session earned on the weights of the session before, float64 (T,).

    Args:
        weights: float64 (T, K), NaN where undecided.
        returns: Daily returns, fractions, float64 (T, K).
    """
    earned = np.full(len(weights), np.nan)
    held = weights[:-1]
    earned[1:] = np.where(held > 0, held * returns[1:], np.where(np.isnan(held), held, 0.0)).sum(1)
    return earned


def _likeness(
    pair: tuple[StrategyId, StrategyId],
    weights: tuple[Floats, Floats],
    streams: tuple[Floats, Floats],
) -> Likeness:
    both = ~np.isnan(weights[0]).any(axis=1) & ~np.isnan(weights[1]).any(axis=1)
    held = [_with_cash(rows[both]) for rows in weights]
    earning = ~np.isnan(streams[0]) & ~np.isnan(streams[1])
    return Likeness(
        first=pair[0],
        second=pair[1],
        sessions=int(both.sum()),
        overlap=_overlap(*held),
        signal_correlation=_correlation(held[0], held[1]),
        return_correlation=_correlation(streams[0][earning], streams[1][earning]),
    )


def _overlap(first: Floats, second: Floats) -> float | None:
    if not len(first):
        return None
    found: float = round_significant(np.minimum(first, second).sum(axis=1).mean()).item()
    return found


def _with_cash(weights: Floats) -> Floats:
    return np.column_stack([weights, np.maximum(1.0 - weights.sum(axis=1), 0.0)])


def _correlation(first: Floats, second: Floats) -> float | None:
    if len(first) < SESSIONS_MIN:
        return None
    left, right = _centred(first), _centred(second)
    size = float(np.sqrt((left * left).sum()) * np.sqrt((right * right).sum()))
    if not size > 0:
        return None
    found: float = round_significant(np.array((left * right).sum() / size)).item()
    return found


def _centred(values: Floats) -> Floats:
    """Return what differs from the mean by more than rounding: a mean of equals may not be one."""
    centred = values - values.mean(axis=0)
    return np.where(np.abs(centred) <= NOISE, 0.0, centred)
