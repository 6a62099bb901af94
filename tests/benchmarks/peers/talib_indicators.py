"""One indicator of many symbols in TA-Lib, or in pandas where TA-Lib has none.

`python -m tests.benchmarks.peers.talib_indicators FOLDER WARM INDICATOR`, in the environment of the
peers. TA-Lib takes one symbol at a time, and its columns are laid out as it likes them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import talib
from numpy.typing import NDArray

from tests.benchmarks.peers.indicators_task import WINDOWS
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task

Series = NDArray[np.float64]


def _sample_deviation(closes: Series, window: int) -> Series:
    deviation: Series = talib.STDDEV(closes, window, (window / (window - 1)) ** 0.5)
    return deviation


MEASURES: Final[dict[str, Callable[[Series, int], Series]]] = {
    "rsi": talib.RSI,
    "sma": talib.SMA,
    "stdev_price": _sample_deviation,
    "cumulative_return": talib.ROC,
}


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what works out the indicator that `words` name."""
    (name,) = words
    closes = Task.read(folder).prices / 100
    window = WINDOWS[name]
    if name == "max_drawdown":
        frame = pd.DataFrame(closes)
        return lambda: (_mean(_drawdown(frame, window).to_numpy()[-1]),)
    measure, columns = MEASURES[name], np.ascontiguousarray(closes.T)

    def work() -> tuple[float, ...]:
        found = np.empty_like(columns)
        for place, column in enumerate(columns):
            found[place] = measure(column, window)
        return (_mean(found[:, -1]),)

    return work


def _drawdown(closes: pd.DataFrame, window: int) -> pd.DataFrame:
    return closes.rolling(window).apply(
        lambda inside: 100 * np.max(1 - inside / np.maximum.accumulate(inside)), raw=True
    )


def _mean(values: Series) -> float:
    return float(values.mean())


if __name__ == "__main__":
    answer(prepare)
