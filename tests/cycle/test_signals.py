"""`signals` says of a day what the whole history says of it, strategy by strategy."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from alchemiser.application.dry_run import read_signals
from alchemiser.container import build_study
from alchemiser.domain.rules.evaluator import TreeEvaluator, WeightMatrix
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.numbers import weight_from_float
from alchemiser.settings import Settings
from tests.panels import CHECKOUT, total_return_panel

STRATEGIES = ("klm", "nuclear", "tecl")
PRICES = CHECKOUT.parent / "shared" / "data" / "total_return_2005_2026.parquet"
EVERY = 97
"""Sessions between two that are looked at; the restatements hold each session's row."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    tables = "".join(
        f'[strategies.{name}]\nplugin = "alchemiser-{name}"\nweight = 0.3\n' for name in STRATEGIES
    )
    file = tmp_path / "alchemiser.toml"
    file.write_text(f'[data]\nadapter = "files"\npath = "{PRICES}"\n{tables}')
    return Settings.load(file)


def wanted(matrix: WeightMatrix, row: int) -> dict[str, str] | None:
    if not matrix.decided[row]:
        return None
    exact = zip(matrix.symbols, map(weight_from_float, matrix.weights[row]), strict=True)
    return {str(name): f"{weight:f}" for name, weight in exact if weight}


@pytest.mark.timeout(300)
def test_signals_of_a_session_are_the_row_of_the_whole_history(
    settings: Settings, record_property: Callable[[str, object], None]
) -> None:
    """ST-10, BT-01: the same prices through files, gate and provisional bar."""
    panel = total_return_panel()
    evaluator = TreeEvaluator(panel)
    matrices: dict[str, WeightMatrix] = {}
    decided = dict.fromkeys(STRATEGIES, 0)

    for row in range(len(panel.sessions) - 1, 300, -EVERY):
        day = panel.sessions[row]
        engine = build_study(settings, day)
        for enabled in engine.strategies:
            assert isinstance(enabled.strategy, RuleStrategy)
            matrices[enabled.strategy_id] = evaluator.matrix(enabled.strategy.tree)
        signals = asyncio.run(read_signals(engine, date.fromisoformat(str(day))))
        for line in signals.strategies:
            found = {str(name): f"{weight:f}" for name, weight in line.weights}
            expected = wanted(matrices[line.strategy], row)
            assert (found if line.state == "decided" else None) == expected, (day, line.strategy)
            decided[line.strategy] += line.state == "decided"

    for name, count in decided.items():
        told = f"{name}, by `signals`: {count} sampled sessions"
        record_property("sessions decided, each as restated", told)
    assert decided["nuclear"] > 30
    assert decided["tecl"] > 10
