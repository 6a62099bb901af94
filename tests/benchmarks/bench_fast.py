"""Measure what past sessions cost as arrays, and whether a symbol and session costs the same.

Run by `make bench-fast`. New random weights every session, five basis points, whole shares, and the
limits on positions, gross and net exposure, leverage, turnover and money. Processor time, medians,
as arrays and by the compiled kernel; the memory is that of a whole process, its numbers made up
included. The kernel is compiled before.
"""

import subprocess
import sys
from dataclasses import dataclass
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import process_time
from typing import Final

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from alchemiser.adapters.compiled.kept import NumbaCompiler
from alchemiser.adapters.system.cache import kernel_folder
from alchemiser.application.kernels import Kernels
from alchemiser.domain.fast.inputs import Costs, FastInputs, Rules
from alchemiser.domain.fast.limits import Bounds
from alchemiser.domain.fast.simulate import simulate
from alchemiser.domain.risk.limits import RiskCode
from tests.benchmarks.machine import machine

RUNS: Final = 5
ARRAYS, COMPILED = "arrays", "compiled"


@dataclass(frozen=True, slots=True)
class Size:
    """Say what is run.

    Attributes:
        symbols: N.
        sessions: T.
        books: Strategies that share the account.
        banded: Whether small changes are left alone.
    """

    symbols: int
    sessions: int
    books: int = 1
    banded: bool = False


SIZES: Final = (
    Size(30, 2_520),
    Size(500, 5_040),
    Size(30, 2_520, banded=True),
    Size(30, 2_520, books=4, banded=True),
    Size(30, 252),
    Size(3_000, 252),
    Size(300, 2_520),
)


def inputs_of(size: Size) -> FastInputs:
    """Return made-up sessions; weights sum to 0.98, so that money never binds by itself."""
    draw = np.random.default_rng(7)
    rows, columns = size.sessions, size.symbols
    prices = 100 * np.exp(np.cumsum(draw.normal(0, 0.01, (rows, columns)), axis=0))
    weights = draw.random((size.books, rows, columns))
    weights *= 0.98 / weights.sum(axis=2, keepdims=True)
    costs, factors = prices * 0.0005, np.ones((3, columns))
    factors[1, ::3], factors[2, ::3] = 2.0, -1.0
    codes = (RiskCode.MAX_LEVERAGE, RiskCode.MAX_GROSS_EXPOSURE, RiskCode.MAX_NET_EXPOSURE)
    return FastInputs(
        prices=prices,
        weights=weights,
        capital=np.full(size.books, 1e7 / size.books),
        costs=Costs(buy=costs, sell=costs),
        rules=Rules(
            cash_buffer=0.01 if size.banded else 0.0,
            drift_band=0.01 if size.banded else 0.0,
            minimum_trade=5.0 if size.banded else 0.0,
            whole=True,
        ),
        bounds=Bounds(
            codes=codes,
            factors=factors,
            most=np.array([1.0, 3.0, 1.0]),
            position=np.full(columns, 0.5),
            turnover=3.0,
        ),
    )


def quiet() -> None:
    """Hear that the kernel is compiled."""


def measured(size: Size, *, is_compiled: bool) -> str:
    """Return seconds, orders and megabytes of one size, parted by blanks."""
    kernel = (
        Kernels(NumbaCompiler(kernel_folder(), quiet), 0).kernel_for(1) if is_compiled else None
    )
    inputs, seconds, orders = inputs_of(size), [], 0
    for _ in range(RUNS):
        begun = process_time()
        run = simulate(inputs, kernel)
        seconds.append(process_time() - begun)
        orders = int(run.orders.sum())
    memory = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    return f"{median(seconds)} {orders} {memory}"


def told(place: int, way: str) -> tuple[float, int, int]:
    """Return what a process of its own measured: seconds, orders and megabytes."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_fast", str(place), way]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    seconds, orders, memory = answer.stdout.split()
    return float(seconds), int(orders), int(memory)


def main() -> None:
    """Measure every size both ways, and print the table."""
    console = Console(width=110)
    console.print(machine())
    table = Table(box=SIMPLE, title="Past sessions as arrays, and by the compiled kernel")
    for name in ("symbols", "sessions", "books", "bands", "orders"):
        table.add_column(name, justify="right")
    for name in ("ms", "ns a cell", "MB", "compiled ms", "ns a cell", "MB"):
        table.add_column(name, justify="right")
    told(0, COMPILED)  # so that it is kept
    for place, size in enumerate(SIZES):
        cells = size.symbols * size.sessions * size.books
        row: list[str] = []
        orders = 0
        for way in (ARRAYS, COMPILED):
            seconds, orders, memory = told(place, way)
            row += [f"{seconds * 1e3:.2f}", f"{seconds / cells * 1e9:.0f}", str(memory)]
        sizes = (size.symbols, size.sessions, size.books)
        banded = "yes" if size.banded else "no"
        table.add_row(*(f"{one:,}" for one in sizes), banded, f"{orders:,}", *row)
    console.print(table)
    console.print("A cell is one symbol of one book in one session; every session trades.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        place, way = sys.argv[1:]
        sys.stdout.write(measured(SIZES[int(place)], is_compiled=way == COMPILED))
    else:
        main()
