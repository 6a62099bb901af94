"""Means of whole cents, without what additions of floats have left in their last bits.

A sum of whole cents is a whole number of them. So the noise of adding floats can be taken away as
long as it stays below half a cent, in whatever order they were added; one division is left, which
is correctly rounded. Two means that are equal in cents are then the same float.
"""

from typing import Final

import numpy as np

from alchemiser.domain.market.indicators.kernels import run_lengths
from alchemiser.domain.values.numbers import Floats, Mask

CENTS: Final = 100.0
"""In a dollar."""
SURE: Final = 2.0**51
"""The noise of n additions is n / 2**53 of their sum at most; here, a quarter of a cent."""


def settle(closes: Floats, window: int, means: Floats) -> None:
    """Make `means` exact where all of a window is whole cents, and leave the others as they are.

    Args:
        closes: float64 (T, N), dollars, NaN where there is none.
        window: Closes in a mean.
        means: float64 (T, N), changed in place.
    """
    if not _whole(closes[window - 1 :: window], window).any():
        return  # so many in a row would have had one among these
    whole, scale = _whole(closes, window), CENTS * window
    exact = np.multiply(means, scale)
    np.divide(np.rint(exact, out=exact), scale, out=exact)
    if whole.all():
        means[:] = exact
    else:
        is_exact = run_lengths(np.where(whole, closes, np.nan)) >= window
        np.copyto(means, exact, where=is_exact)


def _most(window: int) -> float:
    """Return the price below which the noise of a mean of `window` is surely below half a cent."""
    return SURE / (CENTS * window * window)


def _whole(closes: Floats, window: int) -> Mask:
    with np.errstate(over="ignore"):
        cents = closes * CENTS
    np.rint(cents, out=cents)
    cents /= CENTS
    whole: Mask = (cents == closes) & (closes > 0) & (closes < _most(window))
    return whole
