"""Choose the best candidates of every session."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats, Mask

FEW: Final = 8
"""So few candidates are compared each with each; sorting them session by session takes longer."""


def choose(
    scores: Sequence[Floats], ties: Sequence[NDArray[np.intp]], *, count: int, highest: bool
) -> list[Mask]:
    """Return where each of C candidates is among the best.

    Args:
        scores: One a candidate, float64 (T,); NaN where it does not take part.
        ties: One a candidate, int (T,) or (1,): between equal scores the smaller goes first,
            then the earlier candidate.
        count: How many are chosen; fewer where fewer take part.
        highest: Whether the highest scores are the best.

    Returns:
        One mask a candidate, bool (T,).
    """
    ranks = [-score for score in scores] if highest else list(scores)
    if len(ranks) <= FEW:
        return _compared(ranks, ties, count)
    return _sorted(np.stack(ranks), ties, count)


def _compared(ranks: Sequence[Floats], ties: Sequence[NDArray[np.intp]], count: int) -> list[Mask]:
    """Return where fewer than `count` others go before each; NaN goes before nothing."""
    before = [np.zeros(len(rank), dtype=np.int8) for rank in ranks]
    for one, later in combinations(range(len(ranks)), 2):
        before[one] += _first(ranks[later], ranks[one], ties[later] < ties[one])
        before[later] += _first(ranks[one], ranks[later], ties[one] <= ties[later])
    return [(others < count) & ~np.isnan(rank) for others, rank in zip(before, ranks, strict=True)]


def _first(rank: Floats, other: Floats, wins_ties: Mask) -> NDArray[np.int8]:
    """Return 1 where one goes before another, and 0 elsewhere."""
    goes: Mask = (rank < other) | ((rank == other) & wins_ties)
    return goes.view(np.int8)


def _sorted(rank: Floats, ties: Sequence[NDArray[np.intp]], count: int) -> list[Mask]:
    absent = np.isnan(rank)
    first = np.stack([np.broadcast_to(tie, rank.shape[1]) for tie in ties])
    best = np.lexsort((first, np.where(absent, np.inf, rank)), axis=0)[:count]
    chosen = np.zeros_like(absent)
    np.put_along_axis(chosen, best, values=True, axis=0)
    return list(chosen & ~absent)
