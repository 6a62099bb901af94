"""Count what drawn trees and bars reach, so that a law that was hardly put to the test fails."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Final

import numpy as np

from alchemiser.domain.rules.choosing import Ranking
from alchemiser.domain.rules.document import _NAMES as LANGUAGE
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Compare, Condition, Metric
from alchemiser.domain.rules.measures import MEASURES, MeasureKind
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.terms import Term, postorder

EXAMPLES: Final = 60
LEAST: Final = {
    "decided": 300,  # sessions
    "undecided": 150,  # sessions
    "held several": 60,  # sessions
    "streams": 8,
    "true": 60,  # conditions that ever are
    "false": 60,
    "neither": 60,
}
"""What so many examples have to reach at least; each term of the language is to decide once."""

IN_NO_UNIT: Final = frozenset(kind for kind in MeasureKind if not MEASURES[kind].in_dollars)


class Reach:
    """Count terms, measures and outcomes over many examples."""

    def __init__(self, report: Callable[[str], None]) -> None:
        """Start at nothing; what was counted in the end is told to `report`."""
        self.counts: Counter[str] = Counter()
        self._report = report

    def add(self, evaluator: TreeEvaluator, tree: Node) -> None:
        """Count what one evaluated tree reached."""
        matrix = evaluator.matrix(tree)
        self.counts["examples"] += 1
        self.counts["decided"] += int(matrix.decided.sum())
        self.counts["undecided"] += int((~matrix.decided).sum())
        self.counts["held several"] += int(((matrix.weights > 0).sum(axis=1) > 1).sum())
        self.counts["streams"] += len(evaluator._evaluation._streams)
        for term in postorder(tree):
            self.counts.update(metric.kind for metric in _measured(term))
            self.counts[type(term).__name__] += self._ends(term, evaluator)

    def prove(
        self, law: Callable[[], None], *, measures: Collection[MeasureKind] = frozenset(MeasureKind)
    ) -> None:
        """Run all examples of `law`; fail when they reached too little."""
        law()
        self._report(self.text())
        scarce = {what: self.counts[what] for what in LEAST if self.counts[what] < LEAST[what]}
        missed = {kind.__name__ for kind in LANGUAGE if not self.counts[kind.__name__]}
        unused = {kind for kind in measures if not self.counts[kind]}
        assert not scarce, f"hardly reached: {scarce}"
        assert not missed, f"never decided: {missed}"
        assert len(unused) <= len(measures) / 5, f"never measured: {unused}"

    def text(self) -> str:
        """Return the counts in a line."""
        return ", ".join(f"{self.counts[what]} {what}" for what in ("examples", *LEAST))

    def _ends(self, term: Term, evaluator: TreeEvaluator) -> bool:
        """Say whether `term` decides at some session, and count how a condition comes out."""
        if not isinstance(term, Condition):
            assert isinstance(term, Node)
            return bool(evaluator._evaluation.decided(term).any())
        truth = evaluator._evaluation.truth(term)
        ends = {"true": truth.true, "false": truth.false, "neither": ~(truth.true | truth.false)}
        self.counts.update(how for how, where in ends.items() if np.any(where))
        return bool(np.any(truth.true | truth.false))


def _measured(term: Term) -> Iterator[Metric]:
    """Yield the metrics that `term` asks for, and the metrics inside them."""
    metrics = term.metrics() if isinstance(term, Compare) else ()
    for asked in (term.by,) if isinstance(term, Ranking) else metrics:
        metric: Metric | None = asked
        while metric is not None:
            yield metric
            metric = metric.inner
