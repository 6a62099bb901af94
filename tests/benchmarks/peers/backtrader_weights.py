"""New weights every session in backtrader.

`python -m tests.benchmarks.peers.backtrader_weights FOLDER WARM`, in the peers' environment.
"""

from pathlib import Path

from tests.benchmarks.peers.backtrader_world import running
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    del words
    task = Task.read(folder)
    return running(task, table=task.weights.tolist())


if __name__ == "__main__":
    answer(prepare)
