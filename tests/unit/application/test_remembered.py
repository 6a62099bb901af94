"""Trials of one process work out once what they have in common."""

import pickle
from datetime import date, timedelta

import numpy as np
import pytest

from alchemiser.application.research import trials
from alchemiser.application.research.trials import Remembered
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.language import asset, when
from alchemiser.domain.rules.metrics import rsi
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.identifiers import Symbol


def panel() -> BarPanel:
    days = tuple(date(2015, 1, 1) + timedelta(days=place) for place in range(90))
    steps = np.random.default_rng(3).normal(0, 0.02, (90, 2))
    return BarPanel(
        sessions=days,
        symbols=(Symbol("AGG"), Symbol("SPY")),
        close=100 * np.exp(steps.cumsum(axis=0)),
    )


def tree(level: int) -> Node:
    return when(rsi("SPY", 10) > level, asset("SPY"), asset("AGG"))


def test_variants_share_their_indicators_and_decide_as_alone() -> None:
    bars, remembered = panel(), Remembered()
    remembered.evaluator(bars).matrix(tree(50))
    before = remembered.evaluator(bars).remembered()

    for level in (40, 50, 60):
        shared = remembered.evaluator(bars).matrix(tree(level))
        alone = TreeEvaluator(bars).matrix(tree(level))
        assert shared.weights.tobytes() == alone.weights.tobytes()
        assert shared.decided.tobytes() == alone.decided.tobytes()

    evaluator = remembered.evaluator(bars)
    readings = evaluator._evaluation.readings
    assert len(readings._metrics) == 1, "the same indicator in every variant"
    assert evaluator.remembered() > before


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bars, remembered = panel(), Remembered()
    first = remembered.evaluator(bars)
    first.matrix(tree(50))
    monkeypatch.setattr(trials, "REMEMBERED_MAX", first.remembered())
    assert remembered.evaluator(bars) is first

    first.matrix(tree(51))

    assert remembered.evaluator(bars) is not first
    assert remembered.evaluator(bars).remembered() == 0


def test_other_bars_are_never_taken_for_the_same() -> None:
    bars, others, remembered = panel(), panel(), Remembered()

    first = remembered.evaluator(bars)

    assert remembered.evaluator(bars) is first
    assert remembered.evaluator(others).bars is others


def test_it_reaches_other_processes_empty() -> None:
    remembered = Remembered()
    remembered.evaluator(panel()).matrix(tree(50))

    other = pickle.loads(pickle.dumps(remembered))  # noqa: S301 - ours

    assert other.evaluator(panel()).remembered() == 0
