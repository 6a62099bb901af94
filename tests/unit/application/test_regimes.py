"""What was earned in each state of the market: no session twice, none by what came later."""

import numpy as np
import pytest
from numpy.typing import NDArray

from alchemiser.application.regimes import RegimeFigures, by_regime
from alchemiser.domain.rules.regime import UNKNOWN, Regime
from alchemiser.domain.statistics.drawdowns import max_drawdown
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR

T = 300
RETURNS = np.random.default_rng(5).normal(0.0004, 0.01, T)


def labelled(trend: str) -> Regime:
    return Regime(trend=trend, volatility="calm", correlation=UNKNOWN, liquidity="thin")


def drawn(seed: int = 3) -> list[Regime | None]:
    names = np.random.default_rng(seed).choice(["up", "down", "sideways", "none"], T)
    return [None if name == "none" else labelled(str(name)) for name in names]


def parts(figures: tuple[RegimeFigures, ...], kind: str) -> list[RegimeFigures]:
    return [one for one in figures if one.kind == kind]


@pytest.mark.parametrize("kind", ["trend", "volatility", "correlation", "liquidity"])
def test_the_parts_are_the_whole_without_the_first_session(kind: str) -> None:
    """BT-09: nothing was held in it that had been decided before."""
    found = parts(by_regime(RETURNS, drawn()), kind)

    earned = sum(one.earned / SESSIONS_A_YEAR * one.sessions for one in found)
    assert sum(one.sessions for one in found) == T - 1
    assert earned == pytest.approx(RETURNS[1:].sum(), abs=1e-10)


def test_a_session_is_under_the_label_of_the_one_before() -> None:
    """BT-07: the state in which its positions were decided."""
    labels = [labelled("up"), labelled("down"), labelled("up"), None]
    returns = np.array([-0.5, 0.01, 0.02, 0.04])

    found = {one.label: one for one in parts(by_regime(returns, labels), "trend")}

    assert {name: one.sessions for name, one in found.items()} == {"up": 2, "down": 1}
    assert found["up"].earned == pytest.approx((0.01 + 0.04) / 2 * SESSIONS_A_YEAR)
    assert found["down"].earned == pytest.approx(0.02 * SESSIONS_A_YEAR)


def test_the_last_label_belongs_to_what_has_not_happened_yet() -> None:
    labels = drawn()

    assert by_regime(RETURNS, labels) == by_regime(RETURNS, [*labels[:-1], labelled("later")])


def test_sessions_without_a_decision_are_unknown_and_falls_are_of_their_own_sessions() -> None:
    labels = drawn()
    found = {one.label: one for one in parts(by_regime(RETURNS, labels), "trend")}

    silent = np.array([one is None for one in labels[:-1]])
    rows: NDArray[np.float64] = RETURNS[1:][silent]
    assert found[UNKNOWN].sessions == len(rows)
    assert found[UNKNOWN].max_drawdown == pytest.approx(float(max_drawdown(rows)))


@pytest.mark.parametrize("sessions", [0, 1])
def test_too_few_sessions_have_no_parts(sessions: int) -> None:
    assert by_regime(RETURNS[:sessions], drawn()[:sessions]) == ()
