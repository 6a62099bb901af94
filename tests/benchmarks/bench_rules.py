"""Measure what rule trees cost, beside an interpreter that walks them day by day.

Run by `make bench-rules`. Every subject is measured in a process of its own; where both do not
give the same weights on the sessions compared, its row is void and the exit code is 1.
"""

import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from multiprocessing import get_context
from statistics import median
from time import process_time
from typing import Final

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.document import from_document, to_document
from alchemiser.domain.rules.evaluator import TreeEvaluator, WeightMatrix
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.terms import postorder
from alchemiser.ports.strategy import PROJECT, StrategySpec
from tests.benchmarks.forms import Form, depth_of, rule_tree, size_of
from tests.benchmarks.machine import machine
from tests.benchmarks.market import TEN_YEARS, made_up_panel
from tests.benchmarks.per_day import PerDay
from tests.benchmarks.symphonies import SYMBOLS, distinct, repeated, voting

RUNS: Final = 5
COMPARED: Final = 21
"""The last sessions, at which both are asked; all but the first tell the interpreter's pace."""

SYMPHONIES: Final[Mapping[str, Callable[[], Form]]] = {
    "distinct": partial(distinct, 34_000),
    "repeated": partial(repeated, 34_000),
    "voting": partial(voting, 20_000),
    "distinct, small": partial(distinct, 5_000),
}
PLUGINS: Final = ("nuclear", "tecl", "klm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Hold what was measured of one subject, in seconds of the processor and megabytes.

    Attributes:
        name: What it is called.
        nodes: Nodes of its text, or its different terms where it has none.
        terms: Different terms of its tree.
        depth: How deep its text nests; 0 where it has none.
        decided: Sessions at which it decides.
        load: To make the tree from the forms of its text.
        matrix: To evaluate all sessions.
        explain: To decide and explain one session of an evaluated tree.
        require: To derive what it needs to see.
        write: To write its document.
        read: To read it.
        megabytes: The greatest memory of the process, Python and numpy included.
        first: The interpreter's first session, with all indicators and the past of all streams.
        later: Its median session after that.
        agrees: Whether both gave the same weights on the sessions compared, some of them decided.
    """

    name: str
    nodes: int
    terms: int
    depth: int
    decided: int
    load: float
    matrix: float
    explain: float
    require: float
    write: float
    read: float
    megabytes: float
    first: float
    later: float
    agrees: bool

    def per_node_session(self, seconds: float) -> float:
        """Return `seconds` for ten years as nanoseconds a node and session."""
        return seconds * 1e9 / (self.nodes * TEN_YEARS)

    def per_day(self) -> float:
        """Return what ten years would take the interpreter."""
        return self.first + (TEN_YEARS - 1) * self.later


def main() -> None:
    """Measure every subject and print the tables; exit 1 when a row is void."""
    rows: list[Figures] = []
    for name in [*SYMPHONIES, *_installed()]:
        pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
        with pool:
            rows.append(pool.submit(measured, name).result())
    console = Console(width=150)
    console.print(machine())
    console.print(_comparison(rows))
    console.print(_other_costs(rows))
    console.print(
        f"Processor time, medians of {RUNS} runs, over {TEN_YEARS:,} sessions of {len(SYMBOLS)} or "
        "more symbols; MB is the whole process at its largest.\nThe interpreter was given the "
        f"indicators of symbols and ran the last {COMPARED} sessions, the first of them with the "
        "past of every ranked group;\nits ten years are that session and the median of the "
        "others for the rest. A plugin's nodes are its different terms."
    )
    sys.exit(0 if all(row.agrees for row in rows) else 1)


def measured(name: str) -> Figures:
    """Return the figures of one subject."""
    sys.setrecursionlimit(20_000)  # the interpreter calls itself for every level
    form = SYMPHONIES[name]() if name in SYMPHONIES else None
    tree = _plugin_tree(name) if form is None else rule_tree(form)
    panel = made_up_panel(sorted({*SYMBOLS, *requirements(tree).symbols()}))
    matrix_seconds = _seconds(lambda: TreeEvaluator(panel).matrix(tree))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    evaluator = TreeEvaluator(panel)
    matrix = evaluator.matrix(tree)
    document = to_document(tree)
    first, later, agrees = _interpreted(panel, tree, matrix)
    terms = len(postorder(tree))
    return Figures(
        name=name,
        nodes=terms if form is None else size_of(form),
        terms=terms,
        depth=0 if form is None else depth_of(form),
        decided=int(matrix.decided.sum()),
        load=0.0 if form is None else _seconds(lambda: rule_tree(form)),
        matrix=matrix_seconds,
        explain=_seconds(lambda: evaluator.decide(tree, TEN_YEARS - 1)),
        require=_seconds(lambda: requirements(tree)),
        write=_seconds(lambda: to_document(tree)),
        read=_seconds(lambda: from_document(document)),
        megabytes=megabytes,
        first=first,
        later=later,
        agrees=agrees,
    )


def _seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        start = process_time()
        work()
        taken.append(process_time() - start)
    return median(taken)


def _interpreted(panel: BarPanel, tree: Node, matrix: WeightMatrix) -> tuple[float, float, bool]:
    """Return the interpreter's first and median later session, and whether it agrees."""
    interpreter = PerDay(panel)
    compared = range(TEN_YEARS - COMPARED, TEN_YEARS)
    taken, agree = [], []
    for row in compared:
        start = process_time()
        weights = interpreter.decide(tree, row)
        taken.append(process_time() - start)
        expected = [(weights or {}).get(name, 0.0) for name in matrix.symbols]
        same = np.allclose(matrix.weights[row], expected, rtol=0, atol=1e-11)
        agree.append(same and matrix.decided[row] == (weights is not None))
    return taken[0], median(taken[1:]), all(agree) and bool(matrix.decided[list(compared)].any())


def _installed() -> list[str]:
    return [name for name in PLUGINS if _offered(name) is not None]


def _plugin_tree(name: str) -> Node:
    spec = _offered(name)
    assert spec is not None
    strategy = spec.build(spec.params())
    assert isinstance(strategy, RuleStrategy)
    return strategy.tree


def _offered(name: str) -> StrategySpec | None:
    plugins = [point.load() for point in metadata.entry_points(group=PROJECT, name=name)]
    specs = [spec for plugin in plugins for spec in plugin.alchemiser_strategies()]
    return next((spec for spec in specs if spec.strategy_id == name), None)


def _comparison(rows: Sequence[Figures]) -> Table:
    shape = ("nodes", "different", "depth", "decided")
    costs = ("load s", "matrix s", "ns/node-session", "MB")
    interpreted = ("interpreter s", "ns/node-session", "ratio")
    table = _table("Ten years at once, and day by day", *shape, *costs, *interpreted)
    for row in rows:
        figures = (
            f"{row.nodes:,}",
            f"{row.terms:,}",
            f"{row.depth or ''}",
            f"{row.decided:,}",
            f"{row.load:.2f}" if row.load else "",
            f"{row.matrix:.3f}",
            f"{row.per_node_session(row.matrix):.1f}",
            f"{row.megabytes:.0f}",
        )
        compared = (
            f"{row.per_day():.1f}",
            f"{row.per_node_session(row.per_day()):,.0f}",
            f"{row.per_day() / row.matrix:.0f}",
        )
        void = ("void: the two disagree", "", "")
        table.add_row(row.name, *figures, *(compared if row.agrees else void))
    return table


def _other_costs(rows: Sequence[Figures]) -> Table:
    headings = ("explain a session", "requirements", "write", "read")
    table = _table("What else such a tree costs, in milliseconds", *headings)
    for row in rows:
        costs = (row.explain, row.require, row.write, row.read)
        table.add_row(row.name, *(f"{cost * 1000:.1f}" for cost in costs))
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, box=SIMPLE)
    table.add_column("tree", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


if __name__ == "__main__":
    main()
