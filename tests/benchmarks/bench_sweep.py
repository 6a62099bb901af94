"""Measure a thousand pairs of averages on 30 symbols over 2,520 sessions.

Run by `make bench-sweep`. Fast windows of 2 to 26 sessions with slow ones of 30 to 69, on random
walks in whole cents; a symbol is held over the session after one whose fast average lies above the
slow one, and nothing is paid. Processor time of one thread, medians of five, after one call that is
not counted. Exact ties are counted in whole cents, and pairs that tie are compared with them.
"""

import sys
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

import alchemiser
from alchemiser.domain.research.crossings import Crossings, crossings
from tests.benchmarks.machine import machine

FAST: Final = range(2, 27)
SLOW: Final = range(30, 70)
PAIRS: Final = tuple((fast, slow) for fast in FAST for slow in SLOW)
RUNS: Final = 5


def cents() -> NDArray[np.int64]:
    """Return the prices in cents, (2520, 30)."""
    steps = np.random.default_rng(7).normal(0.0, 0.012, (2_520, 30))
    return np.asarray(np.rint(10_000 * np.exp(np.cumsum(steps, axis=0))), dtype=np.int64)


def exact(prices: NDArray[np.int64]) -> tuple[int, NDArray[np.float64]]:
    """Return how often averages are equal, and the total returns (P, N), from whole cents alone."""
    sums = np.concatenate([np.zeros((1, prices.shape[1]), np.int64), prices.cumsum(axis=0)])
    gained = prices[1:] / 100 / (prices[:-1] / 100) - 1.0
    ties, growth = 0, np.empty((len(PAIRS), prices.shape[1]))
    for place, (fast, slow) in enumerate(PAIRS):
        first = slow - fast
        left = (sums[fast:] - sums[:-fast])[first:] * slow
        right = (sums[slow:] - sums[:-slow]) * fast
        ties += int((left == right).sum())
        held = np.zeros(gained.shape)
        held[slow - 1 :] = (left > right)[:-1]
        growth[place] = np.multiply.accumulate(1.0 + held * gained, axis=0)[-1]
    return ties, growth - 1.0


def timed(work: Callable[[], Crossings]) -> tuple[float, float, Crossings]:
    """Return the seconds of the first call, the median of the next, and what was found."""
    begun = process_time()
    found = work()
    first, spent = process_time() - begun, []
    for _ in range(RUNS):
        begun = process_time()
        found = work()
        spent.append(process_time() - begun)
    return first, median(spent), found


def main() -> int:
    """Measure and print the table; 1 where the ways differ."""
    prices = cents()
    closes = prices / 100
    ties, returns = exact(prices)
    ways: dict[str, Callable[[], Crossings]] = {
        "numpy, returns only": lambda: crossings(closes, PAIRS, only_returns=True),
        "numpy, all figures": lambda: crossings(closes, PAIRS),
        "compiled, all figures": lambda: alchemiser.crossings(closes, PAIRS),
    }
    table = Table(box=SIMPLE, title="1,000 pairs x 30 symbols x 2,520 sessions")
    for name in ("way", "s", "first call, s", "as exact integers"):
        table.add_column(name, justify="right")
    agree = True
    for name, work in ways.items():
        first, spent, found = timed(work)
        same = found.total_return.tobytes() == returns.tobytes()
        agree &= same
        table.add_row(name, f"{spent:.3f}", f"{first:.2f}", "to the bit" if same else "no")
    console = Console(width=110)
    console.print(machine())
    console.print(table)
    console.print(f"In {ties} sessions two averages are equal in whole cents; equal is not above.")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
