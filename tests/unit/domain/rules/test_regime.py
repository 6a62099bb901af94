"""The market's regime is told by the same measures that rules may ask."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.regime import Benchmarks, Regime
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.rules import (
    correlation_state,
    in_state,
    liquidity_state,
    rsi,
    trend,
    volatility_state,
    when,
)
from tests.unit.domain.rules.panels import decide, panel_of

STATES = {
    "trend": trend("SPY"),
    "volatility": volatility_state("SPY"),
    "correlation": correlation_state("SPY", "TLT"),
    "liquidity": liquidity_state("SPY"),
}


def market(rows: int = 700, seed: int = 3) -> BarPanel:
    """Return two funds with volumes, in calm and wild years."""
    draw = np.random.default_rng(seed)
    swing = 0.004 + 0.02 * (np.arange(rows) % 150 > 100)
    steps = {
        "SPY": draw.normal(0.0004 * np.sign(np.sin(np.arange(rows) / 90)), swing),
        "TLT": draw.normal(0, 0.01, rows),
    }
    steps["TLT"] += np.where(np.arange(rows) % 200 < 100, 0.9, -0.9) * steps["SPY"]
    panel = panel_of({name: list(100 * np.exp(np.cumsum(s))) for name, s in steps.items()})
    volume = np.exp(draw.normal(14, 0.3, (rows, 2)) + np.sin(np.arange(rows) / 40)[:, None])
    return replace(panel, volume=volume)


def test_every_label_is_what_a_rule_would_have_asked() -> None:
    """ST-11, BT-11."""
    panel, benchmarks = market(), Benchmarks()
    evaluator = TreeEvaluator(panel)
    seen: dict[str, set[str]] = {name: set() for name in STATES}

    for row in range(300, len(panel.sessions)):
        regime = benchmarks.regime(evaluator, row)
        for name, metric in STATES.items():
            label = getattr(regime, name)
            seen[name].add(label)
            asked = evaluator.matrix(when(in_state(metric, label), "SPY", "TLT"))
            assert asked.weights[row].tolist() == [1, 0]

    assert {name: len(labels) for name, labels in seen.items()} == dict.fromkeys(STATES, 3)


def test_label_is_the_same_when_later_bars_are_cut_off() -> None:
    """ST-11, BT-11: a backtest over years gives the label of the day."""
    panel, benchmarks = market(), Benchmarks()
    whole = TreeEvaluator(panel)

    for row in (300, 411, 523, 699):
        known = TreeEvaluator(panel.until(row))
        assert benchmarks.regime(known, row) == benchmarks.regime(whole, row)


def test_the_present_sessions_volume_is_not_looked_at() -> None:
    """ST-11: before the close it is not known."""
    panel = market()
    blank = np.array(panel.volume)
    blank[-1] = np.nan

    assert Benchmarks().regime(TreeEvaluator(replace(panel, volume=blank)), 699) == (
        Benchmarks().regime(TreeEvaluator(panel), 699)
    )


def test_what_the_bars_do_not_tell_is_unknown() -> None:
    short = TreeEvaluator(panel_of({"SPY": [100.0] * 30}))
    closes_only = TreeEvaluator(replace(market(), volume=None))

    assert Benchmarks().regime(short, 29) == Regime()
    assert Benchmarks().regime(closes_only, 699).liquidity == "unknown"
    assert Benchmarks().regime(closes_only, 699).trend != "unknown"
    assert Benchmarks(market=Symbol("XYZ")).regime(closes_only, 699) == Regime()


def test_lookbacks_settle_every_label() -> None:
    benchmarks = Benchmarks()
    needed = benchmarks.lookbacks()
    panel = market()
    start = len(panel.sessions) - max(needed.values())
    cut = replace(
        panel,
        sessions=panel.sessions[start:],
        close=panel.close[start:],
        volume=None if panel.volume is None else panel.volume[start:],
    )

    assert "unknown" not in vars_of(benchmarks.regime(TreeEvaluator(cut), len(cut.sessions) - 1))
    assert needed == {Symbol("SPY"): 272, Symbol("TLT"): 61}


def vars_of(regime: Regime) -> list[str]:
    return [regime.trend, regime.volatility, regime.correlation, regime.liquidity]


def test_rules_ask_for_states_by_name() -> None:
    closes = list(np.linspace(100, 160, 30))
    panel = panel_of({"SPY": closes, "BIL": [100.0] * 30})

    assert decide(when(in_state(trend("SPY", 3, 10), "up"), "SPY", "BIL"), panel) == {
        "SPY": Decimal(1)
    }
    assert decide(when(in_state(trend("SPY", 3, 10), "down"), "SPY", "BIL"), panel) == {
        "BIL": Decimal(1)
    }
    with pytest.raises(InvalidValueError, match="its states are up, sideways, down"):
        in_state(trend("SPY"), "rising")
    with pytest.raises(InvalidValueError, match="it has no states"):
        in_state(rsi("SPY"), "up")
