"""Measure whether a symbol and session costs the same however many there are: `make bench-growth`.

The task is that of `peers.weights_task`: new random weights every session, five basis points. Every
size is run by a process of its own, the sizes take turns, and those of one kind of shares must end
with the same equity; the exact engine rounds prices, and is of a kind of its own. The time is that
of the processor, after some runs to warm up. Prints a table, and draws a picture where one is asked
for.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.benchmarks.growth_plot import Curve, Point, drawn
from tests.benchmarks.machine import machine
from tests.benchmarks.peers.contest import PEERS, Contender, Course, agrees, turn
from tests.benchmarks.peers.weights_task import made_up

ROUNDS: Final = 5
SYMBOLS: Final = (30, 100, 300, 1_000, 3_000)
YEARS: Final = (1, 5, 10, 20)
SESSIONS: Final = 252
"""In a year."""
WARM: Final = 3_000_000
"""Cells that are run to warm up, where a run is shorter."""
RUNS: Final = 100
"""Runs to warm up, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Say who is measured, and up to which size.

    Attributes:
        name: What it is called.
        module: Its module in `peers`.
        words: What the module is told.
        kind: Who must end alike.
        most: The largest size in cells, the longest that anybody would wait for.
        symbols: The most symbols.
        rounds: How often it is run, or 0: in every round.
        warms: Whether a run before the timed one is worth its time.
    """

    name: str
    module: str
    words: tuple[str, ...] = ()
    kind: str
    most: int = sys.maxsize
    symbols: int = sys.maxsize
    rounds: int = 0
    warms: bool = True

    def contender(self, cells: int) -> Contender:
        """Return it as one that runs `cells` symbols and sessions."""
        is_quick = self.module == "ours_weights"
        warm = min(max(WARM // cells, 1), RUNS) if is_quick else int(self.warms)
        return Contender(
            name=self.name,
            module=self.module,
            words=self.words,
            kind=self.kind,
            warm=warm,
            rounds=self.rounds,
        )


ENGINES: Final = (
    Engine(name="ours, compiled", module="ours_weights", words=("whole", "compiled"), kind="whole"),
    Engine(name="ours, arrays", module="ours_weights", words=("whole",), kind="whole"),
    Engine(
        name="ours, exact",
        module="ours_exact",
        kind="exact",
        most=130_000,
        rounds=3,
        warms=False,
    ),
    Engine(
        name="ours, fractions",
        module="ours_weights",
        words=("fractions",),
        kind="parts",
        symbols=300,
        rounds=1,
    ),
    Engine(name="vectorbt", module="vectorbt_weights", kind="parts", symbols=300, rounds=3),
    Engine(
        name="backtrader",
        module="backtrader_weights",
        kind="whole",
        most=40_000,
        rounds=1,
        warms=False,
    ),
    Engine(
        name="NautilusTrader",
        module="nautilus_weights",
        kind="whole",
        most=40_000,
        rounds=1,
        warms=False,
    ),
)
SHOWN: Final = tuple(one.name for one in ENGINES if one.name != "ours, fractions")
"""Ours in fractions is there to be compared with."""


@dataclass(slots=True, kw_only=True)
class Size:
    """Hold what came of one size: `years` of `symbols`."""

    symbols: int
    years: int
    courses: list[Course] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """Return how many symbols and sessions that is."""
        return self.symbols * self.years * SESSIONS

    def nanoseconds(self, name: str) -> tuple[float, float, float] | None:
        """Return the median, the least and the most of a cell for the engine `name`, or None."""
        for course in self.courses:
            if course.contender.name == name and agrees(course, self.courses):
                each = [one.told.seconds / self.cells * 1e9 for one in course.turns]
                return median(each), min(each), max(each)
        return None


def measured(sizes: Sequence[Size], engines: Sequence[Engine], rounds: int) -> Iterator[int]:
    """Run every size in every round, and yield the number of each round that is done."""
    with TemporaryDirectory() as folder:
        for size in sizes:
            task = Path(folder) / f"{size.symbols}x{size.years}"
            task.mkdir()
            made_up(size.years * SESSIONS, size.symbols).save(task)
            size.courses = [
                Course(contender=one.contender(size.cells))
                for one in engines
                if size.cells <= one.most and size.symbols <= one.symbols
            ]
        for number in range(rounds):
            for size in sizes:
                for course in size.courses:
                    if number < (course.contender.rounds or rounds):
                        task = Path(folder) / f"{size.symbols}x{size.years}"
                        course.turns.append(turn(course.contender, task))
            yield number + 1


def curves(sizes: Sequence[Size]) -> list[Curve]:
    """Return what is drawn: for each engine the cost of a cell at every size."""
    found = []
    for name in SHOWN:
        told = ((size, size.nanoseconds(name)) for size in sizes)
        points = tuple(Point(size.cells, size.symbols, each[0]) for size, each in told if each)
        if points:
            found.append(Curve(name, points))
    return found


def table(sizes: Sequence[Size]) -> Table:
    """Return nanoseconds a cell, and from the least to the most of all rounds."""
    shown = Table(box=SIMPLE, title="Nanoseconds of one symbol in one session")
    for head in ("symbols", "years", *SHOWN):
        shown.add_column(head, justify="right", no_wrap=True)
    for size in sizes:
        told = [size.nanoseconds(name) for name in SHOWN]
        cells = ["" if one is None else _cell(*one) for one in told]
        shown.add_row(f"{size.symbols:,}", str(size.years), *cells)
    return shown


def _cell(middle: float, least: float, most: float) -> str:
    digits = 1 if middle < 1_000 else 0
    spread = "" if least == most else f" ({least:,.{digits}f} to {most:,.{digits}f})"
    return f"{middle:,.{digits}f}{spread}"


def flatness(curve: Curve) -> str:
    """Return how far the cost of a cell is from its median over all sizes."""
    costs = [one.nanoseconds for one in curve.points]
    middle = median(costs)
    near = sum(abs(one / middle - 1) <= 0.2 for one in costs)
    return (
        f"{curve.name}: {min(costs):,.1f} to {max(costs):,.1f} ns, median {middle:,.1f}; "
        f"{near} of {len(costs)} sizes within a fifth of it"
    )


def main(rounds: int, picture: Path | None) -> None:
    """Measure every size, print the table, and draw `picture`; exit 1 when a figure is void."""
    console = Console(width=150)
    console.print(machine())
    engines = [one for one in ENGINES if one.module.startswith("ours") or _has_peers()]
    sizes = [Size(symbols=symbols, years=years) for symbols in SYMBOLS for years in YEARS]
    for number in measured(sizes, engines, rounds):
        console.print(f"round {number} of {rounds}")
    console.print(table(sizes))
    found = curves(sizes)
    for curve in found:
        console.print(flatness(curve))
    if picture is not None:
        picture.write_text(drawn(found, machine()), encoding="utf-8")
    sys.exit(not all(agrees(one, size.courses) for size in sizes for one in size.courses))


def _has_peers() -> bool:
    return (PEERS / ".locked").is_file()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure how cost grows with work.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--picture", type=Path, help="where to draw it, an SVG file")
    asked = parser.parse_args()
    main(asked.rounds, asked.picture)
