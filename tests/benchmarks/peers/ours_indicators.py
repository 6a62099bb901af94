"""One indicator of many symbols, in numpy.

`python -m tests.benchmarks.peers.ours_indicators FOLDER WARM INDICATOR`.
"""

from pathlib import Path

from alchemiser import indicators
from tests.benchmarks.peers.indicators_task import WINDOWS
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what works out the indicator that `words` name."""
    (name,) = words
    closes, window = Task.read(folder).prices / 100, WINDOWS[name]
    measure = getattr(indicators, name)
    return lambda: (float(measure(closes, window)[-1].mean()),)


if __name__ == "__main__":
    answer(prepare)
