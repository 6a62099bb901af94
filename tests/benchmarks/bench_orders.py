"""Measure what an order costs from the last gate to the journal, beside two other engines.

Run by `make bench-orders`. Every run is a process of its own, and the engines take turns. Where
an engine does not end with the shares and the cash that the orders come to, its row is void and
the exit code is 1.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.benchmarks.machine import machine
from tests.benchmarks.order_task import Result, expected, orders_in, sessions_for

ROOT: Final = Path(__file__).resolve().parents[2]
PEERS: Final = ROOT / ".cache" / "peers"
RUNS: Final = 3
SMALL: Final = 10_000
LARGE: Final = 100_000
FLOW: Final = "tests.benchmarks.order_flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Name what is measured.

    Attributes:
        name: What it is called.
        module: What runs it.
        orders: How many orders, about.
        words: What the module is told besides.
        runs: How often it is run; the median counts.
        has_idle: Whether a run without orders is taken off.
    """

    name: str
    module: str
    orders: int = SMALL
    words: tuple[str, ...] = ()
    runs: int = RUNS
    has_idle: bool = False


OURS: Final = (
    Subject(name="alchemiser", module=FLOW),
    Subject(name="alchemiser", module=FLOW, orders=LARGE, runs=1),
    Subject(name="alchemiser, every limit", module=FLOW, words=("every-limit",), orders=2_000),
    Subject(name="alchemiser, durable", module=FLOW, words=("durable",)),
)
THEIRS: Final = (
    Subject(name="NautilusTrader", module="tests.benchmarks.peer_nautilus", has_idle=True),
    Subject(name="backtrader", module="tests.benchmarks.peer_backtrader", has_idle=True),
)


def main(most: int) -> None:
    """Measure every subject and print the table; exit 1 when a row is void."""
    larger = [Subject(name="alchemiser", module=FLOW, orders=most, runs=1)] if most > LARGE else []
    subjects = [*OURS, *larger, *(THEIRS if _are_installed() else ())]
    costs: dict[Subject, list[Cost | None]] = {subject: [] for subject in subjects}
    for number in range(RUNS):
        for subject in subjects:
            if number < subject.runs:
                costs[subject].append(cost(subject))
    console = Console(width=120)
    console.print(machine())
    console.print(_table(costs))
    console.print(
        "Microseconds of processor time an order: from the plan through gate, submission, "
        "acknowledgement, fill and books\nto the hash-chained journal in memory; medians of "
        f"{RUNS} runs, one of {LARGE:,} orders and more. Of the others, a run without orders is "
        "taken off.\nA durable journal is an SQLite file that is synchronised to the disk before "
        "anything rests on it; by the clock, it waits for that."
    )
    if not _are_installed():
        console.print(
            "The engines to compare with are not installed: run "
            "`python3.11 tools/environment.py --with-peers`, which needs the package index."
        )
    sys.exit(1 if any(None in told for told in costs.values()) else 0)


def _are_installed() -> bool:
    # The stamp is written last: half an installation is none.
    return (PEERS / ".locked").is_file()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Tell what one run came to.

    Attributes:
        processor: Microseconds of processor time an order.
        wall: Microseconds by the clock an order, or 0 where nobody looked.
        memory: The most memory that the process held, MB, or 0 likewise.
    """

    processor: float
    wall: float
    memory: int


def cost(subject: Subject) -> Cost | None:
    """Return what an order costs in one run, or None when the run went otherwise."""
    sessions = sessions_for(subject.orders)
    result = _run(subject, sessions, *subject.words)
    if not result.agrees(expected(sessions)):
        return None
    idle = _run(subject, sessions, "idle").seconds if subject.has_idle else 0.0
    return Cost(
        processor=(result.seconds - idle) / result.orders * 1e6,
        wall=result.wall / result.orders * 1e6,
        memory=result.memory,
    )


def _run(subject: Subject, sessions: int, *words: str) -> Result:
    command = [sys.executable, "-m", subject.module, str(sessions), *words]
    done = subprocess.run(  # noqa: S603 - our own modules
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(PEERS)} if subject in THEIRS else None,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Result.of(done.stdout)


def _table(costs: Mapping[Subject, list[Cost | None]]) -> Table:
    table = Table(title="What an order costs", box=SIMPLE)
    table.add_column("engine", no_wrap=True)
    for heading in ("orders", "us an order", "times ours", "us by the clock", "MB in all"):
        table.add_column(heading, justify="right", no_wrap=True)
    base: float | None = None
    for subject, told in costs.items():
        known = [one for one in told if one is not None]
        orders = f"{orders_in(sessions_for(subject.orders)):,}"
        if len(known) < len(told):
            table.add_row(subject.name, orders, "void: other orders or prices")
            continue
        middle = median(one.processor for one in known)
        base = middle if base is None else base
        wall, memory = median(one.wall for one in known), max(one.memory for one in known)
        others = (f"{wall:.1f}", f"{memory:,}") if memory else ("", "")
        table.add_row(subject.name, orders, f"{middle:.1f}", f"{middle / base:.2f}", *others)
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure what an order costs.")
    parser.add_argument(
        "orders", type=int, nargs="?", default=LARGE, help="so many besides, above 100,000"
    )
    main(parser.parse_args().orders)
