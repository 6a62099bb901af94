"""A loop to compile."""

import numpy as np
from numpy.typing import NDArray


def chained(values: NDArray[np.float64], found: NDArray[np.float64]) -> None:
    """Fill in a recursion that shows a sum or product of another order."""
    last = 0.0
    for at in range(values.size):
        last = last * 0.5 + values[at]
        found[at] = last
