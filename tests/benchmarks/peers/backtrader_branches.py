"""A strategy of many branches in backtrader, with its own indicators.

`python -m tests.benchmarks.peers.backtrader_branches FOLDER WARM`, in the peers' environment.
"""

from collections.abc import Sequence
from pathlib import Path

from backtrader import indicators

from tests.benchmarks.peers.backtrader_world import Trader, running
from tests.benchmarks.peers.branches_task import CHOSEN_FROM, FIRST, SYMBOLS, held, row
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task


class Branches(Trader):
    """Hold what the branch says."""

    def __init__(self) -> None:
        data = self.datas
        self.strengths = [indicators.RSI(data[place], period=10) for place in (0, 1)]
        self.means = [
            indicators.SMA(data[place], period=window)
            for place, window in ((0, 200), (5, 20), (5, 100))
        ]
        self.gains = [indicators.ROC(data[place], period=20) for place in CHOSEN_FROM]

    def prenext(self) -> None:
        """Hold nothing while averages begin."""

    def weights(self, session: int) -> Sequence[float]:
        """Return what is wanted at the close of `session`."""
        if session < FIRST:
            return [0.0] * SYMBOLS
        strengths, means = self.strengths, self.means
        return row(
            held(
                (strengths[0][0], strengths[1][0]),
                self.datas[0].close[0],
                (means[0][0], means[1][0], means[2][0]),
                [one[0] for one in self.gains],
            )
        )


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    del words
    return running(Task.read(folder), Branches)


if __name__ == "__main__":
    answer(prepare)
