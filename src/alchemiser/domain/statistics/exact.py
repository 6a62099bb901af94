"""Sums without any error but the last rounding, many at a time.

Each number is split into parts that are multiples of one power of two, so large that they add up
exactly in whatever order; what a split leaves is split again (the error-free extraction of Rump,
Ogita and Oishi 2008, Accurate floating-point summation part I, SIAM J. Sci. Comput. 31). Where
what is left at last could still decide how the sum is rounded, `math.fsum` has the word.
"""

import math
from typing import Final

import numpy as np

from alchemiser.domain.values.numbers import Floats

SPLITS: Final = 3
DIGITS: Final = 53
LARGEST: Final = 2.0**900
"""Above it the powers of two that split might overflow."""


def exact_sums(rows: Floats) -> Floats:
    """Return the correctly rounded sum of each row, float64 (T,), as `math.fsum` does.

    Args:
        rows: float64 (T, N); a row with NaN sums to NaN.

    Raises:
        OverflowError: When a sum of finite numbers is too large for a float.
        ValueError: When a row holds infinities of both signs.
    """
    largest = float(np.abs(rows).max(initial=0.0))
    if not largest:
        return np.zeros(len(rows))
    if not largest < LARGEST:
        return np.array([math.fsum(row) for row in rows.tolist()])
    rest = np.array(rows.T, order="C")
    spare = (len(rest) + 1).bit_length()  # so many more digits does a sum of N numbers take
    exponent = math.frexp(largest)[1] + spare
    total, error = np.zeros(len(rows)), np.zeros(len(rows))
    for _ in range(SPLITS):
        unit = math.ldexp(1.0, exponent)
        part = rest + unit
        part -= unit
        rest -= part
        total, lost = _added(total, part.sum(axis=0))
        error += lost
        exponent -= DIGITS - spare
    # Below the unit that the next split would take; `error` was rounded at every addition.
    left = np.where(rest.any(axis=0), math.ldexp(1.0, exponent), 0.0)
    doubt = left + np.abs(error) * 2.0 ** (2 - DIGITS)
    sums: Floats = total + error
    for place in np.flatnonzero((total + (error - doubt)) != (total + (error + doubt))):
        sums[place] = math.fsum(rows[place].tolist())
    return sums


def _added(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Return the rounded sums of two arrays, and exactly what rounding took (Knuth's TwoSum)."""
    total = one + other
    theirs = total - one
    return total, (one - (total - theirs)) + (other - theirs)
