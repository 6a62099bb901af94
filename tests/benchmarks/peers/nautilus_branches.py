"""A strategy of many branches in NautilusTrader, with its own indicators.

`python -m tests.benchmarks.peers.nautilus_branches FOLDER WARM`, in the peers' environment.
"""

from collections.abc import Sequence
from pathlib import Path

from nautilus_trader.indicators import (
    MovingAverageType,
    RateOfChange,
    RelativeStrengthIndex,
    SimpleMovingAverage,
)

from tests.benchmarks.peers.branches_task import CHOSEN_FROM, FIRST, SYMBOLS, held, row
from tests.benchmarks.peers.nautilus_world import running
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task


class Branches:
    """Hold what the branch says."""

    def __init__(self) -> None:
        wilder = MovingAverageType.WILDER
        self._strengths = [RelativeStrengthIndex(10, wilder) for _ in range(2)]
        self._means = [SimpleMovingAverage(window) for window in (200, 20, 100)]
        self._gains = {place: RateOfChange(21) for place in CHOSEN_FROM}  # closes
        self._close = 0.0

    def see(self, place: int, close: float) -> None:
        """Take a close."""
        if place < len(self._strengths):
            self._strengths[place].update_raw(close)
        if place == 0:
            self._close = close
            self._means[0].update_raw(close)
        elif place == 5:
            self._means[1].update_raw(close)
            self._means[2].update_raw(close)
        elif place in self._gains:
            self._gains[place].update_raw(close)

    def weights(self, session: int) -> Sequence[float]:
        """Return what is wanted after all closes of `session`."""
        if session < FIRST:
            return [0.0] * SYMBOLS
        strengths, means = self._strengths, self._means
        return row(
            held(
                (strengths[0].value * 100, strengths[1].value * 100),
                self._close,
                (means[0].value, means[1].value, means[2].value),
                [self._gains[place].value for place in CHOSEN_FROM],
            )
        )


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    del words
    return running(Task.read(folder), Branches())


if __name__ == "__main__":
    answer(prepare)
