"""Choose the best candidates of every session."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats, Mask


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
    score = np.stack(scores)
    absent = np.isnan(score)
    rank_by = np.where(absent, np.inf, -score if highest else score)
    first = np.stack([np.broadcast_to(tie, score.shape[1]) for tie in ties])
    best = np.lexsort((first, rank_by), axis=0)[:count]
    chosen = np.zeros_like(absent)
    np.put_along_axis(chosen, best, values=True, axis=0)
    return list(chosen & ~absent)
