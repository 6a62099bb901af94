"""Measure five indicators of whole markets, in numpy and in machine code, beside TA-Lib.

Run by `make bench-indicators`. Random walks of 500 symbols over 5,040 sessions in whole cents, one
thread. TA-Lib runs in the environment of the peers, takes one symbol at a time and has its columns
as it likes them. All take turns; processor time, medians, after one call that is not counted.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.benchmarks.machine import machine

Work = Callable[[], NDArray[np.float64]]

WINDOWS: Final = {
    "rsi": 14,
    "sma": 20,
    "stdev_price": 20,
    "max_drawdown": 60,
    "cumulative_return": 60,
}
"""Sessions of each."""
ROUNDS: Final = 5
CALLS: Final = 5
PEERS: Final = ".cache/peers"


def closes() -> NDArray[np.float64]:
    """Return the prices, dollars, (5040, 500)."""
    steps = np.random.default_rng(7).normal(0.0, 0.01, (5_040, 500))
    return np.asarray(np.round(100 * np.exp(np.cumsum(steps, axis=0)), 2))


def works(who: str) -> dict[str, Work]:
    """Return the indicators that `who` has, ready to be called."""
    prices = closes()
    if who == "TA-Lib":
        return _of_talib(np.ascontiguousarray(prices.T))
    import alchemiser  # noqa: PLC0415 - the peers have none

    source = alchemiser.indicators if who == "numpy" else alchemiser.compiled_indicators()
    return {
        name: partial(getattr(source, name), prices, window) for name, window in WINDOWS.items()
    }


def _of_talib(columns: NDArray[np.float64]) -> dict[str, Work]:
    import talib  # noqa: PLC0415 - only the peers have it

    def of(measure: Callable[..., NDArray[np.float64]], *settings: float) -> Work:
        def work() -> NDArray[np.float64]:
            found = np.empty_like(columns)
            for place, column in enumerate(columns):
                found[place] = measure(column, *settings)
            return found.T

        return work

    n = WINDOWS["stdev_price"]
    return {
        "rsi": of(talib.RSI, WINDOWS["rsi"]),
        "sma": of(talib.SMA, WINDOWS["sma"]),
        "stdev_price": of(talib.STDDEV, n, (n / (n - 1)) ** 0.5),
        "cumulative_return": of(talib.ROC, WINDOWS["cumulative_return"]),
    }


def measured(who: str) -> str:
    """Return a line an indicator: name, milliseconds, and its mean at the last session."""
    lines = []
    for name, work in works(who).items():
        last, spent = float(work()[-1].mean()), []
        for _ in range(CALLS):
            begun = process_time()
            work()
            spent.append(process_time() - begun)
        lines.append(f"{name} {median(spent) * 1e3} {last}")
    return "\n".join(lines)


def asked(who: str) -> dict[str, tuple[float, float]]:
    """Return milliseconds and result of each indicator, measured in a process of its own."""
    path = [PEERS] if who == "TA-Lib" else []
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([*path, os.environ.get("PYTHONPATH", "")]),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "tests.benchmarks.bench_indicators", who]
    told = subprocess.run(  # noqa: S603 - ours
        command, check=True, capture_output=True, text=True, env=environment
    )
    rows = [line.split() for line in told.stdout.splitlines()]
    return {name: (float(spent), float(last)) for name, spent, last in rows}


def main() -> int:
    """Measure in turns and print the table; 1 where results differ."""
    runs: dict[str, list[dict[str, tuple[float, float]]]] = {}
    for _ in range(ROUNDS):
        for who in ("numpy", "compiled", "TA-Lib"):
            runs.setdefault(who, []).append(asked(who))
    table = Table(box=SIMPLE, title="Five indicators, 500 symbols x 5,040 sessions, ms")
    for name in ("indicator", "window", "numpy", "compiled", "TA-Lib", "TA-Lib / compiled"):
        table.add_column(name, justify="right")
    agree, sums = True, dict.fromkeys(runs, 0.0)
    for name, window in WINDOWS.items():
        cells = {
            who: median(run[name][0] for run in of) for who, of in runs.items() if name in of[0]
        }
        results = [of[0][name][1] for of in runs.values() if name in of[0]]
        agree &= bool(np.allclose(results, results[0], rtol=1e-6))
        for who, spent in cells.items():
            sums[who] += spent
        peer = cells.get("TA-Lib")
        told = [f"{cells['numpy']:.1f}", f"{cells['compiled']:.1f}"]
        told += [f"{peer:.1f}", f"{peer / cells['compiled']:.1f}"] if peer else ["", ""]
        table.add_row(name, str(window), *told)
    table.add_row("all", "", f"{sums['numpy']:.1f}", f"{sums['compiled']:.1f}", "", "")
    console = Console(width=110)
    console.print(machine())
    console.print(table)
    return 0 if agree else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(measured(sys.argv[1]))
    else:
        sys.exit(main())
