"""A thousand pairs of averages: the mean return, Sharpe ratio and fall of all.

`python -m tests.benchmarks.peers.ours_pairs FOLDER WARM [returns]`.
"""

from pathlib import Path

import alchemiser
from alchemiser.domain.research.crossings import crossings
from tests.benchmarks.peers.pairs_task import PAIRS
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs all pairs on the prices of `folder`; `arrays` leaves the compiler out."""
    closes = Task.read(folder).prices / 100
    only_returns = "returns" in words
    run = crossings if "arrays" in words else alchemiser.crossings

    def work() -> tuple[float, ...]:
        told = run(closes, PAIRS, only_returns=only_returns)
        returns = float(told.total_return.mean())
        if told.sharpe is None or told.max_drawdown is None:
            return (returns,)
        return returns, float(told.sharpe.mean()), float(told.max_drawdown.mean())

    return work


if __name__ == "__main__":
    answer(prepare)
