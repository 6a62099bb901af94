"""One indicator of many symbols, in numpy or compiled.

`python -m tests.benchmarks.peers.ours_indicators FOLDER WARM INDICATOR [compiled]`.
"""

from pathlib import Path

from alchemiser import compiled_indicators, indicators
from tests.benchmarks.peers.indicators_task import WINDOWS
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what works out the indicator that `words` name."""
    name, *how = words
    closes, window = Task.read(folder).prices / 100, WINDOWS[name]
    measure = getattr(compiled_indicators() if how else indicators, name)
    return lambda: (float(measure(closes, window)[-1].mean()),)


if __name__ == "__main__":
    answer(prepare)
