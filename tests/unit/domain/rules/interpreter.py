"""The rule language once more, slowly: one session after the other, straight from its meaning."""

import math
from collections.abc import Callable, Sequence
from functools import cache

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.choosing import Choice, Each, Ranking
from alchemiser.domain.rules.expressions import Compare, Condition, Metric
from alchemiser.domain.rules.logic import AllOf, AnyOf, AtLeast, Lasting, Not
from alchemiser.domain.rules.nodes import (
    Asset,
    Group,
    Node,
    WeightEqual,
    WeightInverseVolatility,
    WeightSpecified,
    When,
)
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from tests.unit.domain.market import slow_indicators as slow

Weights = dict[str, float]

FORMULAS: dict[str, Callable[..., list[float]]] = {
    "price": list,
    "sma": slow.sma,
    "ema": slow.ema,
    "rsi": slow.rsi,
    "moving_average_return": slow.moving_average_return,
    "cumulative_return": slow.cumulative_return,
    "stdev_return": slow.stdev_return,
    "stdev_price": slow.stdev_price,
    "max_drawdown": slow.max_drawdown,
    "ppo": slow.ppo,
    "ppo_signal": slow.ppo_signal,
    "zscore": slow.zscore,
    "percentile": slow.percentile,
    "correlation": slow.correlation,
    "correlation_state": slow.correlation_state,
    "trend": slow.trend,
    "atr": slow.atr,
    "liquidity_state": slow.liquidity_state,
    "volatility_state": slow.volatility_state,
}


def rounded(value: float) -> float:
    """Return `value` to 12 significant digits."""
    return float(f"{value:.11e}") if math.isfinite(value) else math.nan


class Interpreter:
    """Decide trees over one panel, day by day; None means undecided."""

    def __init__(self, panel: BarPanel) -> None:
        self._panel = panel
        self._column = cache(self._measured_column)
        self._decide = cache(self._decided)
        self._score = cache(self._scored)

    def decide(self, node: Node, t: int) -> Weights | None:
        return self._decide(node, t)

    def _decided(self, node: Node, t: int) -> Weights | None:
        if isinstance(node, Asset):
            return {node.name: 1.0} if self._is_priced(node.name, t) else None
        if isinstance(node, Group):
            return self._decide(node.body, t)
        if isinstance(node, When):
            answer = self._answer(node.condition, t)
            if answer is None:
                return None
            return self._decide(node.then if answer else node.otherwise, t)
        return self._weighted(node, t)

    def _weighted(self, node: Node, t: int) -> Weights | None:
        if isinstance(node, WeightSpecified):
            whole = sum(map(float, node.weights))
            shares = [float(weight) / whole for weight in node.weights]
            return self._blend([*zip(node.items, shares, strict=True)], t)
        if isinstance(node, Ranking):
            chosen = self._chosen(node, t)
            return self._blend([(item, 1 / len(chosen)) for item in chosen], t) if chosen else None
        if isinstance(node, WeightEqual):
            items = self._spread(node.items, t)
            return None if items is None else self._blend([(i, 1 / len(items)) for i in items], t)
        assert isinstance(node, WeightInverseVolatility)
        if len(node.items) == 1 and not isinstance(node.items[0], Each):
            return self._decide(node.items[0], t)
        by = Metric(node.volatility().kind, None, (node.window,))
        members, told = self._joined(node.items, t)
        if len(members) == 1 and told:
            return self._decide(members[0], t)
        calm: list[tuple[Node, float]] = []
        for member in members:
            volatility = self._score(member, by, t)
            if volatility > 0:
                calm.append((member, 1 / volatility))
        whole = sum(part for _, part in calm)
        return self._blend([(item, part / whole) for item, part in calm], t) if calm else None

    def _spread(self, items: Sequence[Node], t: int) -> list[Node] | None:
        members, told = self._joined(items, t)
        return members if told else None

    def _joined(self, items: Sequence[Node], t: int) -> tuple[list[Node], bool]:
        """Return what is in a list, as far as it is known, and whether that is all."""
        joined: list[Node] = []
        known = True
        for item in items:
            members, told = [item], True
            if isinstance(item, Each):
                members = self._chosen(item.source, t)
                told = bool(members)
            elif isinstance(item, Choice):
                answer = self._answer(item.condition, t)
                taken = item.then if answer else item.otherwise
                members, told = ([], False) if answer is None else self._joined(taken, t)
            joined += members
            known = known and told
        return joined, known

    def _blend(self, shares: Sequence[tuple[Node, float]], t: int) -> Weights | None:
        total: Weights = {}
        for item, share in shares:
            inner = self._decide(item, t)
            if inner is None:
                return None
            for name, weight in inner.items():
                total[name] = total.get(name, 0.0) + share * weight
        return total

    def _chosen(self, ranking: Ranking, t: int) -> list[Node]:
        scored = []
        members, _ = self._joined(ranking.candidates, t)
        symbols = [one for one in members if isinstance(one, Asset)]
        for place, item in enumerate(members):
            if isinstance(item, Asset) and members.index(item) < place and item in symbols:
                continue
            score = self._score(item, ranking.by, t)
            if not math.isnan(score):
                first = min(self._decide(item, t) or {"?": 1.0})
                scored.append((-score if ranking.highest else score, first, place, item))
        return [item for *_, item in sorted(scored, key=lambda row: row[:3])[: ranking.count]]

    def _scored(self, node: Node, by: Metric, t: int) -> float:
        while isinstance(node, Group):
            node = node.body
        if isinstance(node, Asset):
            return self._measured(by, node.name, t)
        if self._decide(node, t) is None:
            return math.nan
        level, levels = 1.0, [1.0]
        for day in range(1, t + 1):
            earned = self._earned(node, day)
            level = 1.0 if math.isnan(earned) else level * (1 + earned)
            levels = [1.0] if math.isnan(earned) else [*levels, level]
        if not levels[1:]:
            return math.nan
        before = t + 1 - len(levels)
        return rounded(self._series(by, [*[math.nan] * before, *levels])[-1])

    def _earned(self, node: Node, t: int) -> float:
        before = self._decide(node, t - 1)
        if before is None:
            return math.nan
        return sum(
            weight * (self._close(name, t) / self._close(name, t - 1) - 1)
            if self._is_priced(name, t)
            else math.nan
            for name, weight in before.items()
        )

    def _answer(self, condition: Condition, t: int) -> bool | None:
        if isinstance(condition, Compare):
            left = self._measured(condition.left, condition.left.subject(), t)
            right = (
                self._measured(condition.right, condition.right.subject(), t)
                if isinstance(condition.right, Metric)
                else float(condition.right)
            )
            if math.isnan(left) or math.isnan(right):
                return None
            order = {">": left > right, "<": left < right, ">=": left >= right, "=": left == right}
            return order.get(condition.comparison, left <= right)
        if isinstance(condition, Not):
            inner = self._answer(condition.operand, t)
            return None if inner is None else not inner
        return self._voted(condition, t)

    def _voted(self, condition: Condition, t: int) -> bool | None:
        if isinstance(condition, AtLeast):
            votes = [self._answer(operand, t) for operand in condition.operands]
            if votes.count(True) >= condition.count:
                return True
            return False if len(votes) - votes.count(False) < condition.count else None
        if isinstance(condition, Lasting):
            days = range(t - condition.sessions + 1, t + 1)
            past = [self._answer(condition.operand, day) if day >= 0 else None for day in days]
            return False if False in past else None if None in past else True
        assert isinstance(condition, AllOf | AnyOf)
        answers = [self._answer(operand, t) for operand in condition.operands]
        decisive = isinstance(condition, AnyOf)
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive

    def _measured(self, metric: Metric, name: str, t: int) -> float:
        if not all(self._is_priced(read, t) for read in (name, *metric.others())):
            return math.nan
        return rounded(self._column(metric.of(Symbol(name)))[t])

    def _measured_column(self, metric: Metric) -> list[float]:
        return self._series(metric, self._closes(metric.subject()), metric.subject())

    def _series(self, metric: Metric, closes: list[float], name: str = "") -> list[float]:
        """Return `metric` of a symbol, or of a stream, which has no name."""
        if metric.inner is not None:
            closes = [rounded(value) for value in self._series(metric.inner, closes, name)]
        inputs = [closes]
        if metric.other is not None:
            inputs.append(self._closes(metric.other)[: len(closes)])
        if metric.kind == "atr":
            inputs = [self._bars(self._panel.high, name), self._bars(self._panel.low, name), closes]
        if metric.kind == "liquidity_state":
            traded = (closes, self._bars(self._panel.volume, name))
            inputs = [[math.nan, *known[:-1]] for known in traded]
        return FORMULAS[metric.kind](*inputs, *metric.windows)

    def _closes(self, name: str) -> list[float]:
        return self._bars(self._panel.close, name)

    def _bars(self, array: Floats | None, name: str) -> list[float]:
        if array is None or name not in self._panel.symbols:
            return [math.nan] * len(self._panel.sessions)
        return list(map(float, array[:, self._panel.symbols.index(name)]))

    def _is_priced(self, name: str, t: int) -> bool:
        column = self._panel.symbols.index(name) if name in self._panel.symbols else None
        if column is None or math.isnan(self._panel.close[t, column]):
            return False
        return self._panel.blocked is None or not self._panel.blocked[t, column]

    def _close(self, name: str, t: int) -> float:
        if name not in self._panel.symbols:
            return math.nan
        return float(self._panel.close[t, self._panel.symbols.index(name)])
