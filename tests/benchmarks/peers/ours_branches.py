"""A strategy of many branches as a rule tree, evaluated and run by the fast engine.

`python -m tests.benchmarks.peers.ours_branches FOLDER WARM whole|fractions [compiled]`.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from alchemiser.domain.fast.inputs import Costs, FastInputs, Rules
from alchemiser.domain.fast.kernel.entry import Kernel
from alchemiser.domain.fast.simulate import simulate
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.program.running import Loops
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.rules import cumulative_return, price, rsi, sma, top, weight_equal, when
from tests.benchmarks.peers.branches_task import CHOSEN_FROM, FIRST, INVESTED, SYMBOLS
from tests.benchmarks.peers.kernels import kernels
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import CAPITAL, FEE, Task

NAMES: Final = tuple(Symbol(f"S{chr(ord('A') + place)}") for place in range(SYMBOLS))
TREE: Final = when(
    rsi(NAMES[0], 10) > 70,
    NAMES[3],
    when(
        rsi(NAMES[0], 10) < 30,
        NAMES[2],
        when(
            price(NAMES[0]) > sma(NAMES[0], 200),
            when(
                rsi(NAMES[1], 10) > 60,
                weight_equal(NAMES[4], NAMES[11]),
                weight_equal(NAMES[1], NAMES[2], NAMES[9]),
            ),
            when(
                sma(NAMES[5], 20) > sma(NAMES[5], 100),
                weight_equal(NAMES[5], NAMES[6]),
                top(2, by=cumulative_return(window=20), of=[NAMES[place] for place in CHOSEN_FROM]),
            ),
        ),
    ),
)


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    task = Task.read(folder)
    closes = task.prices / 100
    sessions, whole = days(len(closes)), "whole" in words
    kernel: Kernel | None = None
    loops: Loops | None = None
    if "compiled" in words:
        kernel, loops = kernels().kernel_for(1), kernels().loops_for(1)
    return lambda: (
        final_equity(closes, weights(closes, sessions, loops), whole=whole, kernel=kernel),
    )


def days(count: int) -> tuple[date, ...]:
    """Return the labels of so many sessions."""
    return tuple(date(2010, 1, 1) + timedelta(days=day) for day in range(count))


def final_equity(closes: Floats, wanted: Floats, *, whole: bool, kernel: Kernel | None) -> float:
    """Return what weights (1, T, 12) of closes (T, 12) come to, dollars."""
    costs = closes * FEE
    inputs = FastInputs(
        prices=closes,
        weights=wanted,
        capital=np.array([float(CAPITAL)]),
        costs=Costs(buy=costs, sell=costs),
        rules=Rules(cash_buffer=0.0, drift_band=0.0, minimum_trade=0.0, whole=whole),
    )
    return float(simulate(inputs, kernel).equity[-1])


def weights(closes: Floats, sessions: tuple[date, ...], loops: Loops | None = None) -> Floats:
    """Return what the tree holds after each of the closes (T, 12), (1, T, 12)."""
    panel = BarPanel(sessions=sessions, symbols=NAMES, close=closes)
    matrix = TreeEvaluator(panel, loops).matrix(TREE)
    held = np.zeros((1, *closes.shape))
    for name, share in zip(matrix.symbols, matrix.weights.T, strict=True):
        np.multiply(share, INVESTED, out=held[0, :, NAMES.index(name)])
    held[0, :FIRST] = 0.0
    return held


if __name__ == "__main__":
    answer(prepare)
