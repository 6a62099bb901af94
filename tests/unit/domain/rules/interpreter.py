"""The rule language once more, slowly: one session after the other, straight from its meaning."""

import math
from collections.abc import Callable, Sequence
from functools import cache

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.expressions import AllOf, AnyOf, Compare, Condition, Metric, Not
from alchemiser.domain.rules.nodes import (
    Asset,
    Each,
    Group,
    Node,
    Ranking,
    WeightEqual,
    WeightInverseVolatility,
    WeightSpecified,
    When,
)
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
        calm: list[tuple[Node, float]] = []
        for item in node.items:
            for member in self._chosen(item.source, t) if isinstance(item, Each) else [item]:
                volatility = self._score(member, by, t)
                if volatility > 0:
                    calm.append((member, 1 / volatility))
        whole = sum(part for _, part in calm)
        return self._blend([(item, part / whole) for item, part in calm], t) if calm else None

    def _spread(self, items: Sequence[Node], t: int) -> list[Node] | None:
        spread: list[Node] = []
        for item in items:
            joined = self._chosen(item.source, t) if isinstance(item, Each) else [item]
            if not joined:
                return None
            spread += joined
        return spread

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
        for place, item in enumerate(ranking.candidates):
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
        return rounded(FORMULAS[by.kind](levels, *by.windows)[-1]) if levels[1:] else math.nan

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
            order = {">": left > right, "<": left < right, ">=": left >= right}
            return order.get(condition.comparison, left <= right)
        if isinstance(condition, Not):
            inner = self._answer(condition.operand, t)
            return None if inner is None else not inner
        assert isinstance(condition, AllOf | AnyOf)
        answers = [self._answer(operand, t) for operand in condition.operands]
        decisive = isinstance(condition, AnyOf)
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive

    def _measured(self, metric: Metric, name: str, t: int) -> float:
        if not self._is_priced(name, t):
            return math.nan
        return rounded(self._column(metric.kind, metric.windows, name)[t])

    def _measured_column(self, kind: str, windows: tuple[int, ...], name: str) -> list[float]:
        closes = [self._close(name, t) for t in range(len(self._panel.sessions))]
        return FORMULAS[kind](closes, *windows)

    def _is_priced(self, name: str, t: int) -> bool:
        column = self._panel.symbols.index(name) if name in self._panel.symbols else None
        if column is None or math.isnan(self._panel.close[t, column]):
            return False
        return self._panel.blocked is None or not self._panel.blocked[t, column]

    def _close(self, name: str, t: int) -> float:
        if name not in self._panel.symbols:
            return math.nan
        return float(self._panel.close[t, self._panel.symbols.index(name)])
