"""A strategy of many branches in bt, its indicators from TA-Lib.

`python -m tests.benchmarks.peers.bt_branches FOLDER WARM`, in the peers' environment.
"""

from pathlib import Path

from tests.benchmarks.peers.bt_weights import final_equity
from tests.benchmarks.peers.talib_branches import weights
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    del words
    closes = Task.read(folder).prices / 100
    return lambda: (final_equity(closes, weights(closes)),)


if __name__ == "__main__":
    answer(prepare)
