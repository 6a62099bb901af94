"""The whole strategy agrees, session by session, with a slow restatement of its table."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.testing.golden import check_golden
from alchemiser_tecl import TeclParams, build
from tests.panels import total_return_panel
from tests.restated import Market, Weights, best, known, symbols

BIL = {"BIL": 1.0}
TECL = {"TECL": 1.0}


@pytest.fixture(scope="module")
def recorded() -> BarPanel:
    """Return total-return closes, or skip."""
    return total_return_panel()


def test_every_session_agrees_with_the_restated_table(
    recorded: BarPanel, record_property: Callable[[str, object], None]
) -> None:
    """ST-09."""
    found = TreeEvaluator(recorded).matrix(build(TeclParams()).tree)
    columns = zip(recorded.symbols, recorded.close.T.tolist(), strict=True)
    restated = Restated(Market(dict(columns)))

    for day, session in enumerate(recorded.sessions):
        expected = restated.decide(day)
        assert found.decided[day] == (expected is not None), session
        np.testing.assert_allclose(
            found.weights[day],
            [(expected or {}).get(name, 0.0) for name in found.symbols],
            atol=1e-9,
            err_msg=str(session),
        )
    assert found.decided.sum() == 1620
    told = f"tecl: 1620 of {len(recorded.sessions)} recorded sessions"
    record_property("sessions decided, each as restated", told)


def test_decision_at_a_session_is_the_row_of_the_matrix(recorded: BarPanel) -> None:
    """ST-04: with and without the sessions after it."""
    tree = build(TeclParams()).tree
    evaluator = TreeEvaluator(recorded)
    matrix = evaluator.matrix(tree)

    for row in range(0, len(recorded.sessions), 97):
        decision = evaluator.decide(tree, row)
        assert decision == TreeEvaluator(recorded.until(row)).decide(tree, row)
        assert isinstance(decision, Decided) == matrix.decided[row]
        if isinstance(decision, Decided):
            held = dict(zip(matrix.symbols, matrix.weights[row], strict=True))
            weights = {name: float(weight) for name, weight in decision.target.weights}
            assert weights == pytest.approx({name: w for name, w in held.items() if w}, abs=1e-9)


def test_decisions_are_those_on_record(recorded: BarPanel) -> None:
    """ST-09."""
    check_golden(Path(__file__).with_name("golden.csv"), build(TeclParams()), recorded)


def test_adaptive_thresholds_decide_otherwise_at_times(recorded: BarPanel) -> None:
    """ST-12."""
    evaluator = TreeEvaluator(recorded)
    fixed = evaluator.matrix(build(TeclParams()).tree)
    adaptive = evaluator.matrix(build(TeclParams(thresholds="adaptive")).tree)

    both = fixed.decided & adaptive.decided
    agree = (abs(fixed.weights - adaptive.weights)[both] < 1e-9).all(axis=1)

    assert both.sum() > 1000
    assert 0.5 < agree.mean() < 1


class Restated:
    """The table, one session after the other."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def decide(self, day: int) -> Weights | None:
        """Return the weights of `day`, None when undecided."""
        weights = known(lambda: self._weights(day))
        priced = all(self._market.is_priced(name, day) for name in weights or {})
        return weights if priced else None

    def _weights(self, day: int) -> Weights:
        if self._market.price("SPY", day) > self._market.mean("SPY", 200, day):
            return self._bull(day)
        return self._bear(day)

    def _bull(self, day: int) -> Weights:
        if self._rsi("TQQQ", day) > 79 or self._rsi("SPY", day) > 80:
            return {"UVXY": 0.25, "BIL": 0.75}
        return self._technology(day) or BIL

    def _bear(self, day: int) -> Weights:
        if self._rsi("TQQQ", day) < 31:
            return TECL
        if self._rsi("SPXL", day) < 29:
            return {"SPXL": 1.0}
        fear = self._rsi("UVXY", day)
        if fear > 74:
            return {"UVXY": 0.15, "BIL": 0.85} if fear > 84 else BIL
        return self._technology(day) or best(
            symbols(("SQQQ", "BSV"), lambda name: self._market.rsi(name, 9, day)), highest=True
        )

    def _technology(self, day: int) -> Weights | None:
        strength = self._rsi("XLK", day)
        if strength > self._rsi("KMLM", day):
            return BIL if strength > 81 else TECL
        return TECL if strength < 29 else None

    def _rsi(self, name: str, day: int) -> float:
        return self._market.rsi(name, 10, day)
