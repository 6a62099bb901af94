"""Measure pulling ten years of bars from the local venue, over a socket, by the real command.

Run by `make bench-pull`, with other numbers of symbols behind it. Requests are those that the
venue has counted. The exit code is 1 when a pull makes more requests than its rows need and five, a
bar is missing, a second pull asks for any, or a symbol of many takes as long as one of few.
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
from tests.benchmarks.pulls import BASES, SESSIONS, Pulled, bound, pull, venue, write_bars

COUNTS: Final = (5, 50, 500)
_HEADS: Final = (
    "symbols",
    "rows",
    "requests",
    "bound",
    "seconds",
    "rows/s",
    "MB",
    "2nd: requests",
    "seconds",
)
_WIDTH: Final = 96


def faults(counts: Sequence[int], pulls: Sequence[tuple[Pulled, Pulled]]) -> list[str]:
    """Return what is not as it must be, one sentence each.

    Args:
        counts: Symbols of each pair of pulls, ascending.
        pulls: The first pull of so many and the second one.
    """
    found = []
    for symbols, (first, second) in zip(counts, pulls, strict=True):
        if first.requests > bound(symbols):
            found.append(f"{symbols} symbols took {first.requests} requests.")
        if first.bars != symbols * SESSIONS:
            found.append(f"{symbols} symbols brought {first.bars} bars.")
        if (second.requests, second.bars) != (0, 0):
            found.append(f"the second pull of {symbols} symbols made {second.requests} requests.")
    each = [first.seconds / count for count, (first, _) in zip(counts, pulls, strict=True)]
    if each != sorted(each, reverse=True):
        found.append("the time grows faster than the number of symbols.")
    return found


def measured(folder: Path, counts: Sequence[int]) -> list[tuple[Pulled, Pulled]]:
    """Return two pulls of each number of symbols; `folder` is an empty one to work in."""
    bars = folder / "bars.parquet"
    write_bars(bars, max(counts))
    pulls = []
    with venue(bars) as urls:
        for symbols in counts:
            home = folder / str(symbols)
            home.mkdir()
            pulls.append((pull(home, urls, symbols), pull(home, urls, symbols)))
    return pulls


def main(arguments: Sequence[str]) -> int:
    """Print the table; return 1 when a bound is missed."""
    counts = sorted({int(one) for one in arguments}) or COUNTS
    with TemporaryDirectory() as folder:
        pulls = measured(Path(folder), counts)
    table = Table(*_HEADS, box=SIMPLE)
    for symbols, (first, second) in zip(counts, pulls, strict=True):
        rows = symbols * SESSIONS * BASES
        table.add_row(
            f"{symbols:,}",
            f"{rows:,}",
            f"{first.requests:,}",
            f"{bound(symbols):,}",
            f"{first.seconds:.1f}",
            f"{rows / first.seconds:,.0f}",
            f"{first.megabytes:,.0f}",
            str(second.requests),
            f"{second.seconds:.1f}",
        )
    console = Console(width=_WIDTH)
    console.print(machine(), table)
    wrong = faults(counts, pulls)
    for sentence in wrong:
        console.print(sentence)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
