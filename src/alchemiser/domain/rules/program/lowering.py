"""Lower a rule tree to a program, once for all panels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from alchemiser.domain.rules.choosing import Ranking
from alchemiser.domain.rules.expressions import Compare, Comparison, Condition, Metric
from alchemiser.domain.rules.logic import AllOf, AnyOf, Not
from alchemiser.domain.rules.measuring import asked_of
from alchemiser.domain.rules.nodes import (
    Asset,
    Group,
    Node,
    WeightEqual,
    WeightSpecified,
    When,
    core,
)
from alchemiser.domain.rules.program import loops
from alchemiser.domain.rules.ranking import FEW
from alchemiser.domain.rules.readings import Key, key_of
from alchemiser.domain.rules.terms import Term, postorder
from alchemiser.domain.values.identifiers import Symbol

LARGEST: Final = 512
"""Terms of a tree, at most: their rows are to fit into a cache."""


class Measured(NamedTuple):
    """Name a metric of a symbol, with what it is remembered by, and what a loop is asked for."""

    metric: Metric
    name: Symbol
    key: Key
    asked: tuple[int, int, bool] | None


Figure = Measured | Decimal
"""What is compared."""


class UnknownStepError(Exception):
    """Tell that a tree asks for more than the steps know."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Hold what evaluates one tree over any panel.

    Attributes:
        steps: What is done.
        figures: What is read, in the order of the rows.
        symbols: What the tree may hold, sorted.
        marks: Rows of marks to work in.
        shares: Rows of shares to work in.
    """

    steps: loops.Steps
    figures: tuple[Figure, ...]
    symbols: tuple[Symbol, ...]
    marks: int
    shares: int


@lru_cache(maxsize=1024)  # the variants of a sweep come back again and again
def lowered(tree: Node) -> Program | None:
    """Return the program of `tree`, or None where it asks for more than the steps know."""
    terms = postorder(tree)
    if len(terms) > LARGEST:
        return None
    try:
        return _Lowering(tree, terms).program()
    except UnknownStepError:
        return None


@dataclass(slots=True, eq=False)
class _Lowering:
    tree: Node
    terms: list[Term]
    _symbols: dict[Symbol, int] = field(init=False)
    _table: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    _parts: list[float] = field(default_factory=list)
    _figures: dict[Key | Decimal, int] = field(default_factory=dict)
    _read: list[Figure] = field(default_factory=list)
    _marks: int = 0
    _truths: dict[Condition, tuple[int, int]] = field(default_factory=dict)
    _decided: dict[Node, int] = field(default_factory=dict)
    _chosen: dict[Node, tuple[list[int], int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = sorted(term.name for term in self.terms if isinstance(term, Asset))
        self._symbols = {name: row for row, name in enumerate(names)}

    def program(self) -> Program:
        """Return the steps: upwards where each term is decided, then downwards what each gets."""
        for term in self.terms:
            if isinstance(term, Condition):
                self._truths[term] = self._truth(term)
            elif isinstance(term, Node):
                self._decided[term] = self._decide(term)
        nodes = [term for term in self.terms if isinstance(term, Node)]
        shares: dict[Node, int] = {}
        for node in nodes:
            inner = len(self._symbols) + len(shares)
            shares[node] = self._symbols[node.name] if isinstance(node, Asset) else inner
        root = self._decided[self.tree]
        self._table.append((loops.BEGIN, shares[self.tree], root, 0, 0))
        for node in reversed(nodes):
            self._deal(node, shares)
        table = np.array(self._table, dtype=np.int64)
        return Program(
            steps=loops.Steps(table, np.array(self._parts, dtype=np.float64), root),
            figures=tuple(self._read),
            symbols=tuple(self._symbols),
            marks=self._marks,
            shares=len(self._symbols) + len(shares),
        )

    def _truth(self, condition: Condition) -> tuple[int, int]:
        """Return the rows that tell where `condition` is true, and where it is false.

        Raises:
            UnknownStepError: When it is of a kind that no step knows.
        """
        match condition:
            case Compare():
                return self._compared(condition)
            case Not(operand=operand):
                true, false = self._truths[operand]
                return false, true
            case AllOf(operands=operands):
                return self._both(loops.AND, loops.OR, [self._truths[one] for one in operands])
            case AnyOf(operands=operands):
                return self._both(loops.OR, loops.AND, [self._truths[one] for one in operands])
            case _:
                raise UnknownStepError

    def _both(
        self, of_true: int, of_false: int, truths: Sequence[tuple[int, int]]
    ) -> tuple[int, int]:
        true = self._joined(of_true, [true for true, _ in truths])
        return true, self._joined(of_false, [false for _, false in truths])

    def _compared(self, condition: Compare) -> tuple[int, int]:
        left, right = (
            self._figure(side if isinstance(side, Decimal) else _measured(side, side.subject()))
            for side in (condition.left, condition.right)
        )
        match condition.comparison:
            case Comparison.ABOVE:
                true, false = (loops.MORE, left, right), (loops.LEAST, right, left)
            case Comparison.BELOW:
                true, false = (loops.MORE, right, left), (loops.LEAST, left, right)
            case Comparison.AT_LEAST:
                true, false = (loops.LEAST, left, right), (loops.MORE, right, left)
            case Comparison.AT_MOST:
                true, false = (loops.LEAST, right, left), (loops.MORE, left, right)
            case _:
                true, false = (loops.SAME, left, right), (loops.OTHER, left, right)
        return self._marked(*true), self._marked(*false)

    def _decide(self, node: Node) -> int:
        """Return the row that tells where `node` is decided.

        Raises:
            UnknownStepError: When it is of a kind that no step knows.
        """
        match node:
            case Asset(name=name):
                return self._marked(loops.PRICED, self._symbols[name])
            case When(condition=condition, then=then, otherwise=otherwise):
                true, false = self._truths[condition]
                on_true = self._marked(loops.AND, true, self._decided[then])
                on_false = self._marked(loops.AND, false, self._decided[otherwise])
                return self._marked(loops.OR, on_true, on_false)
            case Ranking():
                return self._choose(node)
            case WeightEqual() | WeightSpecified() | Group() if not _has_lists(node):
                return self._joined(loops.AND, [self._decided[one] for one in node.children()])
            case _:
                raise UnknownStepError

    def _choose(self, ranking: Ranking) -> int:
        """Return the row that tells where something is chosen; what is, is kept for `_deal`.

        Raises:
            UnknownStepError: When a candidate is no symbol, or there are many.
        """
        names = [inner.name for inner in map(core, ranking.candidates) if isinstance(inner, Asset)]
        if len(names) < len(ranking.candidates) or len(names) > FEW:
            raise UnknownStepError
        scores = [self._figure(_measured(ranking.by, name)) for name in names]
        before = [self._marked(loops.CLEAR) for _ in names]
        for one, later in combinations(range(len(names)), 2):
            swapped = names[later] < names[one]
            self._count(ranking, before[one], (scores[later], scores[one]), wins_ties=swapped)
            self._count(ranking, before[later], (scores[one], scores[later]), wins_ties=not swapped)
        chosen = []
        for score, others in zip(scores, before, strict=True):
            fewer = self._marked(loops.FEWER, others, min(ranking.count, FEW))
            chosen.append(self._marked(loops.AND, fewer, self._marked(loops.SAME, score, score)))
        held = self._marked(loops.CLEAR)
        for marks in chosen:
            self._table.append((loops.COUNT, held, marks, 0, 0))
        self._chosen[ranking] = chosen, held
        return self._joined(loops.OR, chosen)

    def _count(
        self, ranking: Ranking, to: int, scores: tuple[int, int], *, wins_ties: bool
    ) -> None:
        """Count one more in row `to` where the first of two scores goes before the other."""
        one, other = scores if ranking.highest else reversed(scores)
        marks = self._marked(loops.LEAST if wins_ties else loops.MORE, one, other)
        self._table.append((loops.COUNT, to, marks, 0, 0))

    def _deal(self, node: Node, shares: dict[Node, int]) -> None:
        """Let each item of `node` have its part of what the node has."""
        match node:
            case Asset():
                return
            case When(condition=condition, then=then, otherwise=otherwise):
                for item, marks in zip((then, otherwise), self._truths[condition], strict=True):
                    self._table.append((loops.PASS, shares[item], shares[node], marks, 0))
            case Ranking(candidates=candidates):
                chosen, held = self._chosen[node]
                for item, marks in zip(candidates, chosen, strict=True):
                    self._table.append((loops.DEAL, shares[item], shares[node], marks, held))
            case _:
                for item, part in zip(node.children(), _fixed_parts(node), strict=True):
                    place = len(self._parts)
                    self._parts.append(part)
                    self._table.append((loops.FLOW, shares[item], shares[node], place, 0))

    def _figure(self, figure: Figure) -> int:
        key = figure if isinstance(figure, Decimal) else figure.key
        if key not in self._figures:
            self._figures[key] = len(self._read)
            self._read.append(figure)
        return self._figures[key]

    def _marked(self, what: int, one: int = 0, other: int = 0) -> int:
        """Add a step that fills a row of marks, and return the row."""
        row = self._marks
        self._marks += 1
        self._table.append((what, row, one, other, 0))
        return row

    def _joined(self, what: int, rows: Sequence[int]) -> int:
        joined = rows[0]
        for row in rows[1:]:
            joined = self._marked(what, joined, row)
        return joined


def _measured(metric: Metric, name: Symbol) -> Measured:
    return Measured(metric, name, key_of(metric, name), asked_of(metric))


def _has_lists(node: Node) -> bool:
    return any(item.IS_LIST for item in node.children())


def _fixed_parts(node: Node) -> list[float]:
    """Return the parts of a node's items over their sum, added in their order."""
    if isinstance(node, WeightSpecified):
        amounts = [float(weight) for weight in node.weights]
    else:
        amounts = [1.0 for _ in node.children()]
    total = amounts[0]
    for amount in amounts[1:]:
        total += amount
    return [amount / total for amount in amounts]
