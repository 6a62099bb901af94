"""New weights every session in the fast engine, with books of cash and shares and six limits.

`python -m tests.benchmarks.peers.ours_weights FOLDER WARM whole|fractions [compiled]`.
"""

from pathlib import Path

import numpy as np

from alchemiser.domain.fast.inputs import Costs, FastInputs, Rules
from alchemiser.domain.fast.kernel.entry import Kernel
from alchemiser.domain.fast.limits import Bounds
from alchemiser.domain.fast.simulate import simulate
from alchemiser.domain.risk.limits import RiskCode
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import CAPITAL, FEE, Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    task = Task.read(folder)
    prices = task.prices / 100
    costs, columns = prices * FEE, prices.shape[1]
    factors = np.ones((3, columns))
    factors[1, ::3], factors[2, ::3] = 2.0, -1.0
    inputs = FastInputs(
        prices=prices,
        weights=task.weights[None],
        capital=np.array([float(CAPITAL)]),
        costs=Costs(buy=costs, sell=costs),
        rules=Rules(cash_buffer=0.0, drift_band=0.0, minimum_trade=0.0, whole="whole" in words),
        bounds=Bounds(
            codes=(
                RiskCode.MAX_LEVERAGE,
                RiskCode.MAX_GROSS_EXPOSURE,
                RiskCode.MAX_NET_EXPOSURE,
            ),
            factors=factors,
            most=np.array([1.0, 3.0, 1.0]),
            position=np.full(columns, 0.5),
            turnover=3.0,
        ),
    )

    kernel = _compiled() if "compiled" in words else None

    def work() -> tuple[float, ...]:
        return (float(simulate(inputs, kernel).equity[-1]),)

    return work


def _compiled() -> Kernel | None:
    """Return the kernel; arrays are run without even reading what compiles."""
    from tests.benchmarks.peers.kernels import kernels  # noqa: PLC0415 - as said

    return kernels().kernel_for(1)


if __name__ == "__main__":
    answer(prepare)
