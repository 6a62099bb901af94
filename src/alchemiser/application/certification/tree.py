"""Trying a rule tree: the plugin only builds it, the engine evaluates it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Final

import numpy as np

from alchemiser.application.certification import missing
from alchemiser.application.certification.bench import Bench, Ceilings
from alchemiser.application.certification.code import SECONDS_MAX, STRANGERS
from alchemiser.application.certification.futures import FUTURES, PASTS, other_past
from alchemiser.application.certification.outcomes import differing
from alchemiser.application.certification.panels import beside, made_up
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.document import content_hash
from alchemiser.domain.rules.evaluator import TreeEvaluator, WeightMatrix
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.candidate import Process

CYCLE: Final = 28
"""After so many years weekdays and leap years repeat."""
SUM_MAX: Final = 1 + 1e-9
SECONDS_TREE: Final = 10 * SECONDS_MAX
"""A large tree is looked at from the beginning, which takes longer than the next session."""
SLACK: Final = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeTrial:
    """Try `tree` on `panel`; `others` build it elsewhere, `unsteady` is what differed at once."""

    bench: Bench
    tree: Node
    needed: Requirements
    ceilings: Ceilings
    panel: BarPanel
    unsteady: tuple[str, ...]
    others: tuple[Process, ...]

    def matrix(self, panel: BarPanel) -> WeightMatrix:
        """Return what the tree decides at every session of `panel`."""
        return TreeEvaluator(panel).matrix(self.tree)

    def decided(self, panel: BarPanel, row: int) -> Decided | Undecided:
        """Return what the tree decides at `row` of `panel`, looked at for the first time."""
        return TreeEvaluator(panel).decide(self.tree, row)

    def sample(self, stream: str, part: int, *, least: int = 8) -> list[int]:
        """Return one in `part` of the cuts as rows, in any order."""
        last = len(self.panel.sessions) - 1
        return self.bench.rows(stream, self.bench.share(part, least=least), last)

    def determinism(self) -> Iterator[str]:
        """Yield in what surroundings another tree is built."""
        yield from (f"it {what}." for what in self.unsteady)
        for process in self.others:
            try:
                other = process.describe().tree
            except PluginError as error:
                yield f"in other surroundings it cannot be built: {error}"
                return
            if other != self.tree:
                told = "no tree" if other is None else f"the tree {content_hash(other)}"
                yield f"in other surroundings it builds {told}, not {content_hash(self.tree)}."
            yield ""

    def look_ahead(self) -> Iterator[str]:
        """Yield what changes with the bars after the session asked about.

        Every row up to the cut is compared to the last bit, and the decision at the cut with what
        a panel that ends there gives.
        """
        last, whole = len(self.panel.sessions) - 1, self.matrix(self.panel)
        kinds = tuple(FUTURES.items())
        for number, row in enumerate(self.sample("ahead", 1)):
            what, change = kinds[-1] if row == last else kinds[number % len(kinds)]
            other = change(self.panel, row, self.bench.chance, f"future/{number}")
            yield self._unequal(whole, self.matrix(other), row, what)
            yield self._point(whole, row)

    def _point(self, whole: WeightMatrix, row: int) -> str:
        found = self.decided(self.panel.until(row), row)
        expected = _row(whole, row)
        wanted = dict(found.target.weights) if isinstance(found, Decided) else None
        if wanted is None or expected is None:
            agrees = wanted is expected
        else:
            names = wanted.keys() | expected.keys()
            agrees = all(
                abs(float(wanted.get(name, 0)) - expected.get(name, 0.0)) <= SLACK for name in names
            )
        return "" if agrees else f"as of {whole.sessions[row]} the point differs from the matrix."

    def look_back(self) -> Iterator[str]:
        """Yield what changes with bars before the look-back that the tree derives."""
        for number, row in enumerate(self.sample("back", 12)):
            what, bars = PASTS[number % len(PASTS)], self.panel.until(row)
            other = other_past(what, bars, self.needed, self.bench.chance, f"past/{number}")
            if other is not None:
                then = self.decided(bars, row)
                now = self.decided(other, len(other.sessions) - 1)
                yield differing(bars.sessions[-1], then, now, what)

    def dates(self) -> Iterator[str]:
        """Yield what changes when everything happens 28 years later."""
        days = tuple(day.replace(year=day.year + CYCLE) for day in self.panel.sessions)
        other = self.matrix(replace(self.panel, sessions=days))
        yield from self._all(other, f"{CYCLE} years later")

    def inputs(self) -> Iterator[str]:
        """Yield whether the bars are still those that were shown."""
        before = panel_digest(self.panel)
        self.matrix(self.panel)
        yield "" if panel_digest(self.panel) == before else "the evaluation changes its bars."

    def symbols(self) -> Iterator[str]:
        """Yield what changes with symbols that the tree does not name."""
        own = self.needed.symbols()
        strangers = [name for name in STRANGERS if name not in own]
        for number in range(2):
            other = made_up(
                self.bench.chance, f"strangers/{number}", self.panel.sessions, strangers
            )
            wide = self.matrix(beside(self.panel, other))
            yield from self._all(wide, "with other strategies' symbols in view")

    def missing_data(self) -> Iterator[str]:
        """Yield what is no portfolio for want of data."""
        for what, panel, rows in missing.panels(self.bench, self.panel):
            matrix = self.matrix(panel)
            for row in rows:
                yield _invalid(matrix, row, what)

    def weights(self) -> Iterator[str]:
        """Yield what is no portfolio, or more than was declared."""
        whole, evaluator = self.matrix(self.panel), TreeEvaluator(self.panel)
        rows = np.flatnonzero(whole.decided).tolist()
        heaviest = {int(np.argmax(column)) for column in whole.weights.T}
        for row in rows:
            yield _invalid(whole, row, "on ordinary bars")
        for row in heaviest:
            excess = self.ceilings.excess(evaluator.decide(self.tree, row))
            yield f"as of {whole.sessions[row]} it {excess}." if excess else ""
        if not rows:
            yield (
                f"it was undecided at all of {len(whole.sessions)} sessions, so that nothing is "
                "proved: try it on bars on which it decides, with --data."
            )

    def budget(self) -> Iterator[str]:
        """Yield what is too slow."""
        last = len(self.panel.sessions) - 1
        before = self.bench.stopwatch()
        self.decided(self.panel, last)
        seconds = self.bench.stopwatch() - before
        yield (
            ""
            if seconds <= SECONDS_TREE
            else (f"one decision takes {seconds:.1f} s, more than {SECONDS_TREE} s.")
        )

    def _all(self, other: WeightMatrix, what: str) -> Iterator[str]:
        """Yield for each session whether it is decided as before."""
        whole, last = self.matrix(self.panel), len(self.panel.sessions) - 1
        yield self._unequal(whole, other, last, what)
        yield from repeat("", last)

    def _unequal(self, whole: WeightMatrix, other: WeightMatrix, row: int, what: str) -> str:
        """Return which session up to `row` is decided otherwise, or ""."""
        same = (whole.weights[: row + 1] == other.weights[: row + 1]).all(axis=1)
        same &= whole.decided[: row + 1] == other.decided[: row + 1]
        if same.all():
            return ""
        first = int(np.flatnonzero(~same)[0])
        then, now = _told(_row(whole, first)), _told(_row(other, first))
        return f"as of {whole.sessions[first]} it wants {then}, but {what} it wants {now}."


def _row(matrix: WeightMatrix, row: int) -> dict[Symbol, float] | None:
    """Return the weights of a row, or None when it is undecided."""
    if not matrix.decided[row]:
        return None
    held = np.flatnonzero(matrix.weights[row])
    return {matrix.symbols[place]: float(matrix.weights[row, place]) for place in held}


def _told(weights: dict[Symbol, float] | None) -> str:
    if weights is None:
        return "nothing that can be told (undecided)"
    return ", ".join(f"{name} {weight:.6g}" for name, weight in weights.items()) or "cash"


def _invalid(matrix: WeightMatrix, row: int, what: str) -> str:
    weights = matrix.weights[row]
    if np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() <= SUM_MAX:
        return ""
    return f"as of {matrix.sessions[row]}, {what}, it wants {_told(_row(matrix, row))}."
