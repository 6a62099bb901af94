"""New weights every session in vectorbt: fractions of shares, no limits.

`python -m tests.benchmarks.peers.vectorbt_weights FOLDER WARM`, in the peers' environment.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import vectorbt
from numpy.typing import NDArray

from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import CAPITAL, FEE, Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    del words
    task = Task.read(folder)
    prices = pd.DataFrame(task.prices / 100)
    return lambda: (final_equity(prices, task.weights),)


def final_equity(prices: pd.DataFrame, weights: NDArray[np.float64]) -> float:
    """Return what `weights` of `prices` (T, N) come to, dollars."""
    portfolio = vectorbt.Portfolio.from_orders(
        prices,
        size=weights,
        size_type="targetpercent",
        fees=FEE,
        init_cash=CAPITAL,
        cash_sharing=True,
        group_by=True,
        call_seq="auto",
        freq="D",
    )
    return float(portfolio.value().iloc[-1])


if __name__ == "__main__":
    answer(prepare)
