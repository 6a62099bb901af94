"""Read a strategy of many branches with TA-Lib, for engines without indicators of their own."""

import numpy as np
import talib
from numpy.typing import NDArray

from tests.benchmarks.peers.branches_task import CHOSEN_FROM, matrix


def weights(closes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what is held after each of the closes, (T, 12) both."""
    columns = np.ascontiguousarray(closes.T)
    means = [talib.SMA(columns[place], window) for place, window in ((0, 200), (5, 20), (5, 100))]
    gains = [talib.ROC(columns[place], 20) for place in CHOSEN_FROM]
    return matrix(
        (talib.RSI(columns[0], 10), talib.RSI(columns[1], 10)),
        columns[0],
        (means[0], means[1], means[2]),
        np.stack(gains, axis=1),
    )
