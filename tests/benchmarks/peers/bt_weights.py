"""New weights every session in bt: fractions of shares.

`python -m tests.benchmarks.peers.bt_weights FOLDER WARM`, in the peers' environment.
"""

from pathlib import Path

import bt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import CAPITAL, FEE, Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    del words
    task = Task.read(folder)
    return lambda: (final_equity(task.prices / 100, task.weights),)


def final_equity(closes: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """Return what weights of prices, both (T, N), come to, dollars."""
    days = pd.bdate_range("2010-01-04", periods=len(closes))
    names = [f"S{place:03d}" for place in range(closes.shape[1])]
    prices = pd.DataFrame(closes, index=days, columns=names)
    weights = pd.DataFrame(wanted, index=days, columns=names)
    steps = [bt.algos.RunDaily(run_on_first_date=True), bt.algos.WeighTarget(weights)]
    test = bt.Backtest(
        bt.Strategy("weights", [*steps, bt.algos.Rebalance()]),
        prices,
        initial_capital=CAPITAL,
        commissions=lambda shares, price: abs(shares) * price * FEE,
        integer_positions=False,
        progress_bar=False,
    )
    test.run()
    return float(test.strategy.values.iloc[-1])  # noqa: PD011 - its own name


if __name__ == "__main__":
    answer(prepare)
