"""Each indicator of each symbol is worked out once, however many strategies ask for it."""

from collections import Counter

import pytest

from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.rules import asset, rsi, sma, top, weight_equal, when
from tests.unit.domain.rules.panels import panel_of


def test_every_indicator_is_computed_once_a_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    """DA-12: two strategies, every session, twice over."""
    computed: Counter[tuple[object, ...]] = Counter()
    inputs = Readings._inputs

    def counted(self: Readings, metric: Metric, name: Symbol) -> tuple[Floats, ...]:
        computed[*metric.shape(), name] += 1
        return inputs(self, metric, name)

    monkeypatch.setattr(Readings, "_inputs", counted)
    closes = [100 + (row * 7) % 11 for row in range(60)]
    panel = panel_of({"SPY": closes, "TLT": closes[::-1]})
    hot = rsi("SPY", 5) > 60
    first = when(hot, asset("TLT"), when(rsi("SPY", 5) < 30, asset("SPY"), asset("TLT")))
    second = when(
        hot,
        weight_equal(asset("SPY"), asset("TLT")),
        top(1, by=sma(window=3), of=["SPY", "TLT"]),
    )
    evaluator = TreeEvaluator(panel)

    for _ in range(2):
        for tree in (first, second):
            evaluator.matrix(tree)
            evaluator.value(rsi("SPY", 5), len(panel.sessions) - 1)

    assert (*rsi("SPY", 5).shape(), "SPY") in computed
    assert set(computed.values()) == {1}
