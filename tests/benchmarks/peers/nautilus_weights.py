"""New weights every session in NautilusTrader.

`python -m tests.benchmarks.peers.nautilus_weights FOLDER WARM`, in the peers' environment.
"""

from pathlib import Path

from tests.benchmarks.peers.nautilus_world import running
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Table, Task


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`."""
    del words
    task = Task.read(folder)
    return running(task, Table(task.weights.tolist()))


if __name__ == "__main__":
    answer(prepare)
