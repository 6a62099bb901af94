"""Evaluate rule trees over all sessions at once, every different part of them once.

Upwards, each node learns where it is decided: `(T,)` masks, shared by equal nodes. Downwards, the
root's share of one flows to the leaves in `(T,)` arrays. Every weighting is one thing: parts over
their sum. What is ranked by its own returns is evaluated the same way, as a tree of its own.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.choosing import Choice, Each, Ranking
from alchemiser.domain.rules.expressions import Compare, Condition, Metric
from alchemiser.domain.rules.measuring import Measuring, by_arrays
from alchemiser.domain.rules.nodes import (
    Asset,
    Node,
    WeightInverseVolatility,
    WeightSpecified,
    When,
    core,
)
from alchemiser.domain.rules.ranking import choose
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.rules.streams import Stream, stream_of, stream_returns
from alchemiser.domain.rules.terms import Term, postorder
from alchemiser.domain.rules.truth import Truth, sides, truth_of
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, Mask

Part = tuple[Node, Floats | Mask]
"""An item and its part, (T,), or (1,) where it is always the same; a mask counts 0 or 1."""

_ALWAYS: Final = np.ones(1, dtype=np.bool_)


class Evaluation:
    """Remember what has been worked out over one panel, by the content of what it is about."""

    def __init__(self, panel: BarPanel, measuring: Measuring = by_arrays) -> None:
        """Start with nothing worked out about `panel`, whose metrics `measuring` measures."""
        self.readings = Readings(panel, measuring=measuring)
        self._truths: dict[Condition, Truth] = {}
        self._decided: dict[Node, Mask] = {}
        self._measured: dict[Node, list[Part]] = {}
        self._scores: dict[tuple[Node, Metric], Floats] = {}
        self._streams: dict[Node, Stream] = {}
        self._told: dict[Node, Mask] = {}
        self._members: dict[Node, list[Part]] = {}
        self._sides: dict[Compare, tuple[Floats, Floats]] = {}

    def remembered(self) -> int:
        """Return how many arrays of T numbers are remembered, masks among them."""
        parts = sum(map(len, (*self._measured.values(), *self._members.values())))
        singles = len(self._decided) + len(self._told) + len(self._scores)
        truths, streams = 2 * len(self._truths), 6 * len(self._streams)
        return self.readings.remembered() + parts + singles + truths + streams

    def decided(self, tree: Node) -> Mask:
        """Return where `tree` is decided, bool (T,)."""
        known = self._decided.get(tree)
        if known is not None:
            return known
        self._settle(postorder(tree))
        return self._decided[tree]

    def _settle(self, terms: Iterable[Term]) -> None:
        """Work out every one of `terms`, which come after their parts."""
        for term in terms:
            if isinstance(term, Condition) and term not in self._truths:
                self._truths[term] = truth_of(term, self.readings, self._truths)
            elif isinstance(term, Node) and term not in self._decided:
                self._decided[term] = self._decide(term)

    def truth(self, condition: Condition) -> Truth:
        """Return where a condition of an evaluated tree is true and where it is false."""
        return self._truths[condition]

    def amounts(self, node: Node) -> Sequence[Part]:
        """Return what each item of an evaluated node counts for: zero or more, (T,) or (1,)."""
        match node:
            case When(condition=condition, then=then, otherwise=otherwise):
                truth = self._truths[condition]
                return (then, truth.true), (otherwise, truth.false)
            case WeightSpecified(weights=weights, items=items):
                amounts = [np.array([float(weight)]) for weight in weights]
                return list(zip(items, amounts, strict=True))
            case _:
                return self._measured.get(node) or self.members(node)

    def members(self, node: Node) -> list[Part]:
        """Return the items of an evaluated node, lists among them item by item, where present."""
        children = node.children()
        if not any(item.IS_LIST for item in children):
            found: list[Part] = [(item, _ALWAYS) for item in children]
            return _symbols_once(found) if isinstance(node, Ranking) else found
        if node not in self._members:
            self._members[node] = self._listed(node)
        return self._members[node]

    def sides(self, condition: Compare) -> tuple[Floats, Floats]:
        """Return both sides of a comparison of an evaluated tree, as `truth.sides` does."""
        known = self._sides.get(condition)
        if known is None:
            known = self._sides[condition] = sides(condition, self.readings)
        return known

    def _listed(self, node: Node) -> list[Part]:
        members: list[Part] = []
        stack: list[Part] = [(item, _ALWAYS) for item in reversed(node.children())]
        while stack:
            item, present = stack.pop()
            match item:
                case Each(source=source):
                    members.extend(
                        (one, (part > 0) & (present > 0)) for one, part in self._measured[source]
                    )
                case Choice(condition=condition, then=then, otherwise=otherwise):
                    truth = self._truths[condition]
                    stack.extend((one, truth.false & (present > 0)) for one in reversed(otherwise))
                    stack.extend((one, truth.true & (present > 0)) for one in reversed(then))
                case _:
                    members.append((item, present))
        return _symbols_once(members) if isinstance(node, Ranking) else members

    def score(self, node: Node, metric: Metric) -> Floats:
        """Return `metric` of a symbol or of a node's own stream; NaN where it is undecided."""
        inner = core(node)
        if isinstance(inner, Asset):
            return self.readings.metric(metric, inner.name)
        if (inner, metric) not in self._scores:
            values = self.stream(inner).metric(metric, self.readings.closes)
            self._scores[inner, metric] = np.where(self._decided[inner], values, np.nan)
        return self._scores[inner, metric]

    def stream(self, node: Node) -> Stream:
        """Return the stream of an evaluated node."""
        if node not in self._streams:
            symbols, weights = self.weights(node)
            held = zip(weights, map(self.readings.returns, symbols), strict=True)
            returns = stream_returns(self._decided[node], held)
            self._streams[node] = stream_of(symbols, weights, returns)
        return self._streams[node]

    def weights(self, tree: Node) -> tuple[tuple[Symbol, ...], Floats]:
        """Return the K symbols `tree` may hold, sorted, and weights (K, T), 0 where undecided."""
        terms = postorder(tree)
        self._settle(terms)
        shares = {tree: self._decided[tree].astype(np.float64)}
        order = [term for term in terms if isinstance(term, Node)]
        symbols = tuple(sorted(term.name for term in order if isinstance(term, Asset)))
        rows = {name: row for row, name in enumerate(symbols)}
        weights = np.zeros((len(symbols), self.readings.sessions()))
        for node in reversed(order):
            share = shares.pop(node, None)
            if share is None:
                continue
            if isinstance(node, Asset):
                weights[rows[node.name]] = share
                continue
            if not share.any():
                continue
            for item, part in self._parts(node):
                portion = share * part
                shares[item] = shares[item] + portion if item in shares else portion
        return symbols, weights

    def _parts(self, node: Node) -> Sequence[Part]:
        amounts = self.amounts(node)
        return amounts if isinstance(node, When) else _over_sum(amounts)

    def _decide(self, node: Node) -> Mask:
        match node:
            case Asset(name=name):
                return self.readings.priced(name)
            case When(condition=condition, then=then, otherwise=otherwise):
                truth = self._truths[condition]
                on_true = truth.true & self._decided[then]
                return on_true | (truth.false & self._decided[otherwise])
            case Choice(condition=condition, then=then, otherwise=otherwise):
                truth = self._truths[condition]
                on_true, on_false = truth.true & self._all_told(then), truth.false
                self._told[node] = on_true | (on_false & self._all_told(otherwise))
                on_true = truth.true & self._all_decided(then)
                return on_true | (on_false & self._all_decided(otherwise))
            case Ranking():
                return self._remember(node, self._chosen(node))
            case WeightInverseVolatility() if not node.is_alone():
                return self._remember(node, self._steady(node))
            case _:
                return self._all_decided(node.children())

    def _all_told(self, nodes: Iterable[Node]) -> Mask:
        """Return where the members of every list among `nodes` are known."""
        told = [self._told.get(node, self._decided[node]) for node in nodes if node.IS_LIST]
        return reduce(np.logical_and, told, _ALWAYS)

    def _all_decided(self, nodes: Iterable[Node]) -> Mask:
        return reduce(np.logical_and, [self._decided[node] for node in nodes])

    def _remember(self, node: Node, measured: list[Part]) -> Mask:
        self._measured[node] = measured
        return reduce(np.logical_or, [part > 0 for _, part in measured])

    def _chosen(self, ranking: Ranking) -> list[Part]:
        members = self.members(ranking)
        candidates = [candidate for candidate, _ in members]
        scores = [
            np.where(present, self.score(candidate, ranking.by), np.nan)
            for candidate, present in members
        ]
        masks = choose(
            scores,
            self._first_symbols(candidates),
            count=ranking.count,
            highest=ranking.highest,
        )
        return list(zip(candidates, masks, strict=True))

    def _steady(self, node: WeightInverseVolatility) -> list[Part]:
        members = self.members(node)
        present_at_all = reduce(np.add, [(present > 0).astype(np.intp) for _, present in members])
        alone = (present_at_all == 1) & self._all_told(node.children())
        parts: list[Part] = []
        for item, present in members:
            volatility = self.score(item, node.volatility())
            counts = (present > 0) & (volatility > 0) & ~alone
            passes = (present > 0) & alone & self._decided[item]
            parts.append((item, np.where(passes, 1.0, counts / np.where(counts, volatility, 1.0))))
        return parts

    def _first_symbols(self, candidates: Sequence[Node]) -> list[NDArray[np.intp]]:
        held: list[tuple[tuple[Symbol, ...], NDArray[np.intp]]] = []
        for candidate in candidates:
            inner = core(candidate)
            if isinstance(inner, Asset):
                held.append(((inner.name,), np.zeros(1, dtype=np.intp)))
            else:
                stream = self.stream(inner)
                held.append((stream.symbols, stream.first))
        alphabet = sorted({name for symbols, _ in held for name in symbols})
        return [np.searchsorted(alphabet, symbols)[first] for symbols, first in held]


def _over_sum(parts: Sequence[Part]) -> list[Part]:
    amounts = [np.asarray(part, dtype=np.float64) for _, part in parts]
    total = reduce(np.add, amounts)
    divisor = total if total.all() else np.where(total > 0, total, 1.0)
    return [(item, amount / divisor) for (item, _), amount in zip(parts, amounts, strict=True)]


def _symbols_once(members: Iterable[Part]) -> list[Part]:
    """Return `members` with a symbol that several lists may hold at its first place only."""
    once: dict[Node | int, Part] = {}
    for place, (item, present) in enumerate(members):
        key = item if isinstance(item, Asset) else place
        if key in once:
            once[key] = (item, (once[key][1] > 0) | (present > 0))
        else:
            once[key] = (item, present)
    return list(once.values())
