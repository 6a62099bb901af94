"""Measure a whole day of many strategies and symbols at the local venue, over real sockets.

Run by `make bench-load`. Engine and venue are processes of their own; nothing is shortened but the
ration of requests (`RATE=180` puts it back). Where a day misses its deadline, does not end
well, or journal and venue differ in an order, a fill, a share or a cent, the exit code is 1.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.benchmarks.machine import machine
from tests.load.day import BEGINS, DEADLINE, STAGES, Traded, day_of
from tests.load.world import Size

SIZES: Final = (
    Size(strategies=1, symbols=5),
    Size(strategies=5, symbols=50),
    Size(strategies=20, symbols=500),
)
UNRATIONED: Final = 10_000
"""Requests a minute: more than a day has."""
PATIENCE: Final = 1200.0
"""Seconds after which a day is given up; its deadline is a matter of the venue's time."""
COLUMNS: Final = (
    "strategies",
    "symbols",
    "requests",
    *(f"{stage}, s" for stage in STAGES),
    "all, s",
    "processor, s",
    "deadline, s",
    "orders",
    "lost",
    "MB",
)


def measured(size: Size, rate: int) -> Traded:
    """Return a day of `size`."""
    with TemporaryDirectory() as folder, day_of(Path(folder), size, rate=rate) as day:
        return day.run(patience=PATIENCE)


def main(arguments: Sequence[str]) -> int:
    """Print a row a size; return 1 when one of the days is not as it has to be."""
    rate = int(arguments[0]) if arguments else UNRATIONED
    table = Table(*COLUMNS, box=SIMPLE)
    faults = []
    for size in SIZES:
        traded = measured(size, rate)
        table.add_row(*_row(size, traded))
        faults += [f"{size.strategies} x {size.symbols}: {one}" for one in _faults(traded)]
    console = Console(width=160)
    console.print(machine())
    console.print(table)
    for fault in faults:
        console.print(fault)
    return 1 if faults else 0


def _row(size: Size, traded: Traded) -> list[str]:
    seconds = [traded.seconds[stage] for stage in STAGES]
    return [
        str(size.strategies),
        str(size.symbols),
        str(traded.counts["requests"]),
        *(f"{one:.1f}" for one in seconds),
        f"{traded.seconds['all']:.1f}",
        f"{traded.seconds['cpu']:.1f}",
        f"{(DEADLINE - BEGINS).total_seconds():.0f}",
        str(len(traded.report["orders"])),
        str(len(traded.lost)),
        str(traded.counts["mb"]),
    ]


def _faults(traded: Traded) -> list[str]:
    faults = list(traded.lost)
    if traded.code or not traded.report["reconciled"]:
        faults.append(f"it ended with {traded.code}: {traded.error.strip() or 'not reconciled'}")
    if not traded.in_time():
        faults.append(f"it was over at {traded.finished_at:%H:%M:%S}, after {DEADLINE:%H:%M:%S}")
    return faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
