"""What came of holding a symbol whenever one average lay above another: many pairs at once.

Two ways to the same bits: a plain loop over single numbers for a compiler, and arrays. Both take
the sessions in order, so that every sum and product has one order.
"""

from typing import NamedTuple

import numpy as np

from alchemiser.domain.values.numbers import Floats

PAIRS = 64
"""Pairs that are worked on together."""
PEAK, KEPT, TOTAL, SQUARES, NEAR = PAIRS, 2 * PAIRS, 3 * PAIRS, 4 * PAIRS, 5 * PAIRS
STATE = 6 * PAIRS
FIGURES = 5
"""Growth, the least kept of a peak, sum and squares of what was earned, and sessions too near."""


class Slow(NamedTuple):
    """Hold slow averages as what a fast one is compared with.

    Attributes:
        above: float64 (T, S): it surely lies above where it is greater; NaN is never passed.
        below: float64 (T, S): it surely does not where it is less.
    """

    above: Floats
    below: Floats


def follow(
    fast: Floats, slow: Slow, returns: Floats, left: int, state: Floats, found: Floats
) -> None:
    """Fill in the figures of `PAIRS` pairs from `left` on.

    Args:
        fast: float64 (T,), the average that is to lie above.
        slow: What it is to lie above.
        returns: float64 (T,), what a holder over the session before earned, fractions, never NaN.
        left: The first pair.
        state: float64 (STATE,), to work in.
        found: float64 (5, S), filled: see `FIGURES`.
    """
    state[:TOTAL], state[TOTAL:] = 1.0, 0.0
    for row in range(len(fast) - 1):
        mean, gained = fast[row], returns[row + 1]
        high, low = slow.above[row, left : left + PAIRS], slow.below[row, left : left + PAIRS]
        for at in range(high.size):
            held, perhaps = mean > high[at], mean >= low[at]
            earned = gained if held else 0.0
            growth, peak, kept = state[at] * (1.0 + earned), state[PEAK + at], state[KEPT + at]
            peak = growth if growth > peak else peak  # noqa: FURB136 - compilers know this one
            share = growth / peak
            state[at], state[PEAK + at] = growth, peak
            state[KEPT + at] = min(kept, share)
            state[TOTAL + at] += earned
            state[SQUARES + at] += earned * earned
            state[NEAR + at] += 1.0 if held != perhaps else 0.0
    for at in range(min(PAIRS, found.shape[1] - left)):
        found[0, left + at], found[1, left + at] = state[at], state[KEPT + at]
        found[2, left + at], found[3, left + at] = state[TOTAL + at], state[SQUARES + at]
        found[4, left + at] = state[NEAR + at]


def example() -> tuple[object, ...]:
    """Return what `follow` may be called with."""
    one = np.ones((1, 1))
    return one[0], Slow(above=one, below=one), one[0], 0, np.empty(STATE), np.empty((FIGURES, 1))


def followed(fast: Floats, slow: Slow, returns: Floats, *, only_growth: bool) -> Floats:
    """Return the figures of all S pairs, (5, S), as `follow` fills them in.

    With `only_growth` the three in the middle are NaN.
    """
    found = np.full((FIGURES, slow.above.shape[1]), np.nan)
    if len(fast) == 1:
        found[:] = np.array([[1.0], [1.0], [0.0], [0.0], [0.0]])
        return found
    mean, gained = fast[:-1, None], returns[1:, None]
    held, perhaps = mean > slow.above[:-1], mean >= slow.below[:-1]
    earned = held * gained
    np.not_equal(held, perhaps, out=perhaps)
    found[4] = np.count_nonzero(perhaps, axis=0) if perhaps.any() else 0.0
    if only_growth:
        earned += 1.0
        found[0] = np.multiply.reduce(earned, axis=0)
        return found
    growth = np.multiply.accumulate(1.0 + earned, axis=0)
    peak = np.maximum(np.maximum.accumulate(growth, axis=0), 1.0)
    found[0] = growth[-1]
    found[1] = np.minimum.reduce(growth / peak, axis=0, initial=1.0)
    found[2] = np.add.accumulate(earned, axis=0, out=growth)[-1]
    np.multiply(earned, earned, out=earned)
    found[3] = np.add.accumulate(earned, axis=0, out=growth)[-1]
    return found
