"""Walk one session's path through an evaluated tree: what was asked, answered and held."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import compress
from math import isnan

import numpy as np

from alchemiser.domain.rules.choosing import Choice, Each, Ranking
from alchemiser.domain.rules.evaluation import Evaluation
from alchemiser.domain.rules.expressions import Compare, Condition, Metric
from alchemiser.domain.rules.gaps import Gap, metric_gap, price_gap
from alchemiser.domain.rules.logic import Lasting
from alchemiser.domain.rules.measures import MeasureKind
from alchemiser.domain.rules.nodes import Asset, Node, When, core, symbols_of
from alchemiser.domain.rules.requirements import measures, stream_bars
from alchemiser.domain.rules.terms import postorder
from alchemiser.domain.rules.trace import TraceStep
from alchemiser.domain.rules.words import condition_words, node_words, score_words
from alchemiser.domain.values.numbers import Floats, Mask, decimal_from_float


def _depth_below(node: Node, item: Node, depth: int) -> int:
    """Return the depth of `item` below `node`: a chain of else-ifs reads as one list."""
    chained = isinstance(node, When) and isinstance(item, When) and item == node.otherwise
    return depth if chained else depth + 1


class Walk:
    """Follow the path taken at one session, up to where it breaks off if it does.

    Attributes:
        steps: What happened, from the root on, each node before what it holds.
        gaps: What is missing, in the order of the path; empty when the tree is decided.
    """

    def __init__(
        self, evaluation: Evaluation, tree: Node, row: int, *, gaps_only: bool = False
    ) -> None:
        """Walk through `tree`, which `evaluation` has evaluated, at `row` (0-based).

        With `gaps_only` nothing is told on the way, and what is decided is passed over: nothing is
        missing below it.
        """
        self.steps: list[TraceStep] = []
        self.gaps: list[Gap] = []
        self._evaluation = evaluation
        self._row = row
        self._is_telling = not gaps_only
        seen: set[Node] = set()
        stack = [(self._descended(tree) if gaps_only else tree, 0)]
        while stack:
            node, depth = stack.pop()
            if node in seen and not isinstance(node, Asset):
                self._say(depth, f"{node_words(node)}, as above", "entered")
                continue
            seen.add(node)
            self._visit(node, depth)
            stack.extend(
                (item, _depth_below(node, item, depth)) for item in reversed(self._taken(node))
            )

    def gap(self) -> Gap:
        """Return all gaps as one: the first reason, every symbol, young when all of them are."""
        names = {name for gap in self.gaps for name in gap.symbols}
        return Gap(
            reason=self.gaps[0].reason,
            symbols=tuple(sorted(names)),
            young=all(gap.young for gap in self.gaps),
        )

    def _taken(self, node: Node) -> list[Node]:
        if isinstance(node, Asset):
            return []
        evaluation = self._evaluation
        taken = [item for item, amount in evaluation.amounts(node) if self._at(amount) > 0]
        if self._is_telling:
            return taken
        undecided = (item for item in taken if not evaluation.decided(item)[self._row])
        return [self._descended(item) for item in undecided]

    def _descended(self, node: Node) -> Node:
        """Return where a chain of answered conditions leads to from `node`."""
        while isinstance(node, When):
            truth = self._evaluation.truth(node.condition)
            if truth.true[self._row]:
                node = node.then
            elif truth.false[self._row]:
                node = node.otherwise
            else:
                return node
        return node

    def _visit(self, node: Node, depth: int) -> None:
        match node:
            case Asset():
                self._hold(node, depth)
            case When(condition=condition):
                self._ask(condition, depth)
            case _:
                self._say(depth, node_words(node), "entered")
        self._visit_lists(node, depth + 1)
        metric = measures(node)
        if metric is not None:
            self._measure(node, metric, depth + 1)

    def _visit_lists(self, node: Node, depth: int) -> None:
        """Tell what the lists among the items of `node` put into it."""
        if isinstance(node, When):
            return
        blamed = not self._evaluation.decided(node)[self._row]
        gaps = len(self.gaps)
        stack = [(item, depth) for item in reversed(node.children())]
        while stack:
            item, level = stack.pop()
            if isinstance(item, Each):
                self._visit(item.source, level)
            elif isinstance(item, Choice):
                self._ask(item.condition, level)
                truth = self._evaluation.truth(item.condition)
                taken = (item.then if truth.true[self._row] else ()) + (
                    item.otherwise if truth.false[self._row] else ()
                )
                stack.extend((one, level + 1) for one in reversed(taken))
        if not blamed:
            del self.gaps[gaps:]

    def _hold(self, asset: Asset, depth: int) -> None:
        held = self._evaluation.decided(asset)[self._row]
        self._say(depth, asset.name, "held" if held else "undecided")
        gap = None if held else price_gap(self._evaluation.readings, asset.name, self._row)
        self.gaps.extend([gap] if gap else ())

    def _ask(self, root: Condition, depth: int) -> None:
        # Only what left the whole condition undecided is to blame for it.
        stack = [(root, depth, self._row, True)]
        while stack:
            condition, level, row, blamed = stack.pop()
            outcome = self._outcome(condition, row)
            blamed = blamed and outcome == "undecided"
            if isinstance(condition, Compare):
                self._compare(condition, level, outcome, row)
                self.gaps.extend(self._unread(condition, row) if blamed else ())
            else:
                self._say(level, condition_words(condition), outcome)
            if isinstance(condition, Lasting) and blamed:
                row = self._undecided_row(condition, row)
            parts = [part for part in condition.parts() if isinstance(part, Condition)]
            stack.extend((part, level + 1, row, blamed) for part in reversed(parts))

    def _undecided_row(self, condition: Lasting, row: int) -> int:
        """Return the last row at which what should last is undecided; remember one before all."""
        first = row - condition.sessions + 1
        truth = self._evaluation.truth(condition.operand)
        for earlier in range(row, max(first, 0) - 1, -1):
            if not (truth.true[earlier] or truth.false[earlier]):
                return earlier
        reason = f"a condition for {condition.sessions} sessions has {row + 1} to look at."
        asked = (term for term in postorder(condition) if isinstance(term, Compare))
        names = {metric.subject() for compare in asked for metric in compare.metrics()}
        self.gaps.append(Gap(reason=reason, symbols=tuple(sorted(names)), young=True))
        return row

    def _outcome(self, condition: Condition, row: int) -> str:
        truth = self._evaluation.truth(condition)
        if truth.true[row]:
            return "true"
        return "false" if truth.false[row] else "undecided"

    def _compare(self, condition: Compare, depth: int, outcome: str, row: int) -> None:
        if not self._is_telling:
            return
        left, right = (_number(side, row) for side in self._evaluation.sides(condition))
        self._say(depth, condition_words(condition), outcome, observed=left, threshold=right)

    def _unread(self, condition: Compare, row: int) -> Iterator[Gap]:
        readings = self._evaluation.readings
        for metric in condition.metrics():
            if np.isnan(readings.metric(metric, metric.subject())[row]):
                yield metric_gap(readings, metric, metric.subject(), row)

    def _measure(self, node: Node, metric: Metric, depth: int) -> None:
        evaluation = self._evaluation
        pairs = zip(evaluation.amounts(node), evaluation.members(node), strict=True)
        candidates = [
            (item, self._at(amount) > 0)
            for (item, amount), (_, present) in pairs
            if self._at(present) > 0
        ]
        if self._is_telling:
            self._tell_scores(node, metric, depth, candidates)
        if not any(taken for _, taken in candidates):
            for item, _ in candidates:
                self.gaps.append(_score_gap(evaluation, item, metric, self._row))

    def _tell_scores(
        self, node: Node, metric: Metric, depth: int, candidates: Iterable[tuple[Node, bool]]
    ) -> None:
        scores = [
            (item, _number(self._evaluation.score(item, metric), self._row), taken)
            for item, taken in candidates
        ]
        cuts = _cuts(node, [(score, taken) for _, score, taken in scores])
        for item, score, taken in scores:
            words = score_words(item, metric)
            outcome = "selected" if taken else "dropped"
            self._say(depth, words, outcome, observed=score, threshold=cuts[taken])

    def _at(self, values: Floats | Mask) -> float:
        return _value(values, self._row)

    def _say(
        self,
        depth: int,
        text: str,
        outcome: str,
        *,
        observed: Decimal | None = None,
        threshold: Decimal | None = None,
    ) -> None:
        if not self._is_telling:
            return
        margin = None if observed is None or threshold is None else observed - threshold
        self.steps.append(
            TraceStep(
                depth=depth,
                text=text,
                outcome=outcome,
                observed=observed,
                threshold=threshold,
                margin=margin,
            )
        )


def _value(values: Floats | Mask, row: int) -> float:
    return values.item(row if len(values) > 1 else 0)


def _number(values: Floats, row: int) -> Decimal | None:
    value = _value(values, row)
    return None if isnan(value) else decimal_from_float(value)


def _cuts(node: Node, scores: Iterable[tuple[Decimal | None, bool]]) -> dict[bool, Decimal | None]:
    """Return the best score left out, which those taken had to beat, and the worst one taken."""
    known = [(score, taken) for score, taken in scores if score is not None]
    if not isinstance(node, Ranking):
        return {True: None, False: None}
    best, worst = (max, min) if node.highest else (min, max)
    return {
        True: best((score for score, taken in known if not taken), default=None),
        False: worst((score for score, taken in known if taken), default=None),
    }


def _score_gap(evaluation: Evaluation, candidate: Node, metric: Metric, row: int) -> Gap:
    node = core(candidate)
    words = score_words(candidate, metric)
    if not np.isnan(evaluation.score(node, metric)[row]):
        return Gap(reason=f"{words} is zero.", symbols=symbols_of(node))
    if isinstance(node, Asset):
        return metric_gap(evaluation.readings, metric, node.name, row)
    if not evaluation.decided(node)[row]:
        return Walk(evaluation, node, row, gaps_only=True).gap()
    start = evaluation.stream(node).start(row)
    seen, needed = row - start + 1, stream_bars(metric.bars())
    if seen >= needed:
        return Gap(reason=f"{words} is not a number.", symbols=symbols_of(node))
    reason = f"{words} takes {needed} unbroken sessions and has {seen}"
    if start == 0:
        return Gap(reason=f"{reason}.", symbols=symbols_of(node), young=True)
    cause = _break(evaluation, node, start)
    return replace(cause, reason=f"{reason}: {cause.reason}")


def _break(evaluation: Evaluation, node: Node, row: int) -> Gap:
    """Return why the stream of `node` has no return at `row`, which is not the first."""
    if not evaluation.decided(node)[row - 1]:
        return Walk(evaluation, node, row - 1, gaps_only=True).gap()
    readings = evaluation.readings
    symbols, weights = evaluation.weights(node)
    held = compress(symbols, weights[:, row - 1] > 0)
    lost = [name for name in held if np.isnan(readings.returns(name)[row])]
    return metric_gap(readings, Metric(MeasureKind.CUMULATIVE_RETURN, None, (1,)), lost[0], row)
