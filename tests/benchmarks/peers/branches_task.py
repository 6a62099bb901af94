"""A strategy of many branches: what it reads, and what it holds at each answer.

Standard library and numpy only. From session `FIRST` on it holds, of twelve symbols: 3 when the
relative strength of 0 over ten sessions is above 70; 2 when it is below 30; else, above the mean of
200 closes of 0: 4 and 11 when the strength of 1 is above 60, else 1, 2 and 9; below it: 5 and 6
when the mean of 20 closes of 5 is above that of 100, else the best two of 7, 8 and 10 over 20
sessions. Before, averages that begin otherwise differ.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peers.weights_task import Task, made_up

FIRST: Final = 250
SYMBOLS: Final = 12
INVESTED: Final = 0.98
"""Of the equity, so that costs never make money bind."""
CHOSEN_FROM: Final = (7, 8, 10)


def task(sessions: int = 2_520) -> Task:
    """Return the prices; the weights are for each engine to find."""
    return made_up(sessions, SYMBOLS)


def held(
    strengths: tuple[float, float],
    close: float,
    means: tuple[float, float, float],
    gains: Sequence[float],
) -> tuple[int, ...]:
    """Return the places that are held.

    Args:
        strengths: Of 0 and of 1, in percent.
        close: Of 0.
        means: Of 200 closes of 0, of 20 of 5, and of 100 of 5.
        gains: Of each of `CHOSEN_FROM`.
    """
    if strengths[0] > 70:
        return (3,)
    if strengths[0] < 30:
        return (2,)
    if close > means[0]:
        return (4, 11) if strengths[1] > 60 else (1, 2, 9)
    if means[1] > means[2]:
        return (5, 6)
    worst = min(range(len(gains)), key=lambda one: (gains[one], -one))
    return tuple(place for one, place in enumerate(CHOSEN_FROM) if one != worst)


def row(places: Sequence[int]) -> list[float]:
    """Return equal weights of `places`, and none of the others."""
    return [INVESTED / len(places) if place in places else 0.0 for place in range(SYMBOLS)]


def matrix(
    strengths: tuple[NDArray[np.float64], NDArray[np.float64]],
    close: NDArray[np.float64],
    means: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    gains: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the weights of all T sessions, (T, 12); arguments as those of `held`, (T,) each."""
    worst = np.argmin(gains, axis=1)
    branches = [
        strengths[0] > 70,
        strengths[0] < 30,
        (close > means[0]) & (strengths[1] > 60),
        close > means[0],
        means[1] > means[2],
        worst == 0,
        worst == 1,
        worst == 2,
    ]
    rows = [(3,), (2,), (4, 11), (1, 2, 9), (5, 6), (8, 10), (7, 10), (7, 8)]
    table = np.array([row(places) for places in rows])
    weights: NDArray[np.float64] = table[np.argmax(np.stack(branches), axis=0)]
    weights[:FIRST] = 0.0
    return weights
