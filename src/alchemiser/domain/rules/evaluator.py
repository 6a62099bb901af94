"""Decide rule trees over a panel: at one session with reasons, or at all of them at once."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluation import Evaluation
from alchemiser.domain.rules.explanation import Walk
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.measuring import by_arrays
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.program.lowering import lowered
from alchemiser.domain.rules.program.running import Loops, ran
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, Mask
from alchemiser.domain.values.target import TargetPortfolio


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightMatrix:
    """Hold what a tree decides at every session, read-only.

    Attributes:
        sessions: T session labels, ascending.
        symbols: The K symbols that the tree may hold, sorted.
        weights: float64 (T, K), each row non-negative and summing to 1 up to rounding; all zero
            where undecided.
        decided: bool (T,), where the tree is decided.
    """

    sessions: tuple[date, ...]
    symbols: tuple[Symbol, ...]
    weights: Floats
    decided: Mask


class TreeEvaluator:
    """Decide trees over one panel, remembering every part worked out once.

    A decision at a session depends on the bars up to it alone: it is the same whether later rows
    are there or not, and whatever other symbols the panel holds.
    """

    def __init__(self, panel: BarPanel, loops: Loops | None = None) -> None:
        """Look at `panel`, whose bars a decision may read up to and including its own row.

        Args:
            panel: The bars.
            loops: What measures and evaluates instead of arrays, to the same bytes.
        """
        self._panel = panel
        self._loops = loops
        self._evaluation = Evaluation(panel, by_arrays if loops is None else loops.measuring)
        self._matrices: dict[Node, WeightMatrix] = {}

    @property
    def bars(self) -> BarPanel:
        """The bars that are looked at."""
        return self._panel

    @property
    def readings(self) -> Readings:
        """The metrics of the bars, which views of them may share."""
        return self._evaluation.readings

    def remembered(self) -> int:
        """Return how many bytes what was worked out may take, at most."""
        arrays = self._evaluation.remembered() * len(self._panel.sessions) * np.float64().nbytes
        return arrays + sum(one.weights.nbytes for one in list(self._matrices.values()))

    def matrix(self, tree: Node) -> WeightMatrix:
        """Return what `tree` decides at every session."""
        if tree not in self._matrices:
            symbols, weights, decided = self._worked_out(tree)
            weights.flags.writeable = False
            decided.flags.writeable = False
            self._matrices[tree] = WeightMatrix(
                sessions=self._panel.sessions, symbols=symbols, weights=weights.T, decided=decided
            )
        return self._matrices[tree]

    def _worked_out(self, tree: Node) -> tuple[tuple[Symbol, ...], Floats, Mask]:
        loops, program = self._loops, None if self._loops is None else lowered(tree)
        if loops is None or program is None:
            return *self._evaluation.weights(tree), self._evaluation.decided(tree).copy()
        return program.symbols, *ran(program, self._evaluation.readings, loops)

    def value(self, metric: Metric, row: int) -> float | None:
        """Return `metric` of the symbol it names at `row` (0-based), or None where undefined."""
        value = self.readings.named(metric)[0][row]
        return None if np.isnan(value) else float(value)

    def decide(self, tree: Node, row: int) -> Decided | Undecided:
        """Return what `tree` decides at row `row` (0-based), and why: the matrix row as Decimals.

        Raises:
            InvalidValueError: When the panel has no such row.
        """
        if not 0 <= row < len(self._panel.sessions):
            msg = f"row {row} is not one of the panel's {len(self._panel.sessions)} sessions."
            raise InvalidValueError(msg)
        matrix = self.matrix(tree)
        self._evaluation.decided(tree)
        walk = Walk(self._evaluation, tree, row)
        trace = tuple(walk.steps)
        if not matrix.decided[row]:
            gap = walk.gap()
            return Undecided(
                reason=gap.reason, symbols=gap.symbols, lacks_history=gap.young, trace=trace
            )
        weights = matrix.weights[row]
        held = np.flatnonzero(weights)
        target = TargetPortfolio.of({matrix.symbols[i]: float(weights[i]) for i in held})
        return Decided(target=target, trace=trace)
