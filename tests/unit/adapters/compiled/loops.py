"""Loops to compile."""

from typing import NamedTuple

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


class Kinds(NamedTuple):
    """Hold one of each kind that a loop takes."""

    values: NDArray[np.float64]
    marks: NDArray[np.bool_]
    bytes_: NDArray[np.uint8]
    number: float
    least: int


def told(kinds: Kinds, mark: bool, found: NDArray[np.float64], count: NDArray[np.int64]) -> None:
    """Fill in what has arrived."""
    for axis in range(3):
        found[axis] = kinds.values.shape[axis]
    found[3] = kinds.values[-1, -1, -1]
    found[4], found[5], found[6] = kinds.marks[0], kinds.marks[1], kinds.bytes_[1]
    found[7], found[8], found[9] = kinds.number, kinds.least, mark
    count[0] = kinds.values.size


def example_of_kinds() -> tuple[object, ...]:
    """Return what `told` may be called with."""
    values = np.ones((1, 1, 1))
    values.flags.writeable = False
    kinds = Kinds(values, np.ones(1, np.bool_), np.ones(1, np.uint8), 1.0, 1)
    return kinds, True, np.empty(1), np.empty(1, np.int64)
