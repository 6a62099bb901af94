"""New weights every session in the exact engine, order by order.

`python -m tests.benchmarks.peers.ours_exact FOLDER 0`. A backtest is run once: its broker has
traded then. Reading the bars and making the report are part of it.
"""

from pathlib import Path
from typing import Final

from alchemiser.entrypoints.collector import collect_rarely
from tests.benchmarks.bench_exact import (
    SYMBOLS,
    CountingJournal,
    Drawn,
    a_setup,
    ran,
    write_bars,
)
from tests.benchmarks.peers.told import Work, answer
from tests.benchmarks.peers.weights_task import Task

EVERY_WISH: Final = {"cash_buffer": 0, "drift_band": 0, "minimum_trade": 1}
"""So that what is wanted is traded, as in the other engines, however many symbols share equity."""


def prepare(folder: Path, words: tuple[str, ...]) -> Work:
    """Return what runs the task of `folder`, once."""
    del words
    task, bars = Task.read(folder), folder / "bars"
    sessions, columns = task.prices.shape
    names = (*SYMBOLS, *(f"X{n:03d}" for n in range(len(SYMBOLS), columns)))[:columns]
    bars.mkdir(exist_ok=True)
    write_bars(bars, names, task.prices / 100)
    setup = a_setup(bars, Drawn(names, task.weights), EVERY_WISH, CountingJournal())
    collect_rarely()
    return lambda: (float(ran(setup, sessions).final_equity),)


if __name__ == "__main__":
    answer(prepare)
