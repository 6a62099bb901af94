"""A thousand pairs of averages in vectorbt: the mean return, Sharpe ratio and fall of all.

`python -m tests.benchmarks.peers.vectorbt_pairs FOLDER WARM [returns]`, in the peers' environment.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import vectorbt

from tests.benchmarks.peers.pairs_task import FAST, PAIRS, SLOW
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs all pairs on the prices of `folder`."""
    prices = pd.DataFrame(Task.read(folder).prices.astype(float))

    def work() -> tuple[float, ...]:
        means = {window: vectorbt.MA.run(prices, window).ma.to_numpy() for window in (*FAST, *SLOW)}
        with np.errstate(invalid="ignore"):
            above = np.concatenate([means[fast] > means[slow] for fast, slow in PAIRS], axis=1)
        tiled = pd.DataFrame(np.tile(prices.to_numpy(), (1, len(PAIRS))))
        portfolio = vectorbt.Portfolio.from_signals(tiled, above, ~above, init_cash=1e9, freq="D")
        returns = float(portfolio.total_return().mean())
        if "returns" in words:
            return (returns,)
        # Its own year has 365 days.
        sharpe = portfolio.sharpe_ratio(year_freq="252 days")
        return returns, float(sharpe.mean()), float(-portfolio.max_drawdown().mean())

    return work


if __name__ == "__main__":
    answer(prepare)
