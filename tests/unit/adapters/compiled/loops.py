"""Loops to compile."""

import numpy as np
from numpy.typing import NDArray

HALF = 0.5


def chained(values: NDArray[np.float64], found: NDArray[np.float64]) -> None:
    """Fill in a recursion that shows a sum or product of another order."""
    last = 0.0
    for at in range(values.size):
        last = kept(last) + values[at]
        found[at] = last


def kept(value: float) -> float:
    """Return what is kept of a value."""
    return value * HALF


def divided(values: NDArray[np.float64], found: NDArray[np.float64]) -> None:
    """Fill in one over each value."""
    for at in range(values.size):
        found[at] = 1.0 / values[at]


def example() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each may be called with."""
    return np.ones(1), np.empty(1)
