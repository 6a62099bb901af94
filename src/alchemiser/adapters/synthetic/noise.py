"""Numbers that look random and are a pure function of a seed and a name.

Everything here is integer arithmetic and exact division by a power of two, so that the same seed
gives the same bits on every machine. The first n numbers of a stream do not depend on how many
are asked for.
"""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats

_BYTES: Final = 2
_STEPS: Final = 65_536
_SUMMANDS: Final = 12


def uniform(seed: int, stream: str, count: int) -> Floats:
    """Return `count` numbers in [0, 1), in steps of 2**-16."""
    return _integers(seed, stream, count) / _STEPS


def normal(seed: int, stream: str, count: int) -> Floats:
    """Return `count` numbers of mean 0 and standard deviation 1, within -6 and 6.

    Source: the sum of twelve uniform numbers less six (Irwin 1927, Hall 1927): nearly normal, and
    free of logarithms, whose last digit differs between machines.
    """
    summands = _integers(seed, stream, count * _SUMMANDS).reshape(count, _SUMMANDS)
    sums: NDArray[np.int64] = summands.sum(axis=1)
    return (sums - _SUMMANDS // 2 * (_STEPS - 1)) / _STEPS


def _integers(seed: int, stream: str, count: int) -> NDArray[np.int64]:
    digest = hashlib.shake_256(f"{seed}/{stream}".encode()).digest(_BYTES * count)
    return np.frombuffer(digest, dtype="<u2").astype(np.int64)
