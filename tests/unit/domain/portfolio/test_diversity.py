"""Two strategies are alike in what they want and in what that earns."""

import numpy as np
import pytest
from numpy.typing import NDArray

from alchemiser.domain.portfolio.diversity import Likeness, likenesses, own_returns
from alchemiser.domain.values.identifiers import StrategyId

Array = NDArray[np.float64]
RETURNS = np.array([[np.nan, np.nan], [0.02, -0.01], [-0.01, 0.03], [0.03, 0.01], [0.0, -0.02]])


def compared(first: object, second: object) -> Likeness:
    weights = {
        StrategyId("b"): np.array(second, dtype=float),
        StrategyId("a"): np.array(first, dtype=float),
    }
    (pair,) = likenesses(weights, RETURNS)
    assert (pair.first, pair.second) == ("a", "b")
    return pair


def test_the_same_strategy_twice_is_wholly_alike() -> None:
    """ST-16."""
    rows = [[1, 0], [0, 1], [1, 0], [0.5, 0.5], [0.2, 0.3]]

    pair = compared(rows, rows)

    assert pair.sessions == 5
    assert pair.overlap == pytest.approx(1)
    assert pair.signal_correlation == pytest.approx(1)
    assert pair.return_correlation == pytest.approx(1)


def test_strategies_that_swap_two_symbols_are_opposites() -> None:
    """ST-16."""
    first = [[1, 0], [0, 1], [1, 0], [0, 1], [1, 0]]
    second = [[0, 1], [1, 0], [0, 1], [1, 0], [0, 1]]

    pair = compared(first, second)

    assert pair.overlap == 0
    assert pair.signal_correlation == pytest.approx(-1)


def test_return_correlation_is_of_yesterdays_weights_times_todays_returns() -> None:
    """ST-16."""
    first, second = [[1, 0]] * 5, [[0.5, 0.5]] * 5

    pair = compared(first, second)

    streams = own_returns(np.array(first, float), RETURNS), own_returns(np.array(second), RETURNS)
    np.testing.assert_allclose(streams[0], [np.nan, 0.02, -0.01, 0.03, 0.0])
    np.testing.assert_allclose(streams[1], [np.nan, 0.005, 0.01, 0.02, -0.01])
    expected = np.corrcoef(streams[0][1:], streams[1][1:])[0, 1]
    assert pair.return_correlation == pytest.approx(expected)
    assert pair.signal_correlation is None  # neither ever changes its mind


def test_sessions_without_a_decision_do_not_count_and_cash_is_held_in_common() -> None:
    gap = [np.nan, np.nan]

    pair = compared([[0, 0], gap, [0.4, 0], gap, gap], [[0, 0], [1, 0], [0, 0.4], [1, 0], [1, 0]])

    assert pair.sessions == 2
    assert pair.overlap == pytest.approx((1 + 0.6) / 2)
    assert (pair.signal_correlation, pair.return_correlation) == (None, None)


def test_strategies_that_never_decide_together_are_not_compared() -> None:
    gap = [np.nan, np.nan]

    pair = compared([[1, 0], gap, gap, gap, gap], [gap, [1, 0], gap, gap, gap])

    assert pair == Likeness(
        first=StrategyId("a"),
        second=StrategyId("b"),
        sessions=0,
        overlap=None,
        signal_correlation=None,
        return_correlation=None,
    )


def test_constant_weights_have_no_correlation_whatever_their_mean_is_rounded_to() -> None:
    """ST-16: sixty-forty never changes its mind, and has no correlation with one that does."""
    sessions = 501
    returns = np.random.default_rng(1).normal(0, 0.01, (sessions, 3))
    weights = {
        StrategyId("a"): np.tile([0.6, 0.3, 0.1], (sessions, 1)),
        StrategyId("b"): np.tile([0.1, 0.7, 0.2], (sessions, 1)),
        StrategyId("c"): np.random.default_rng(2).dirichlet([1, 1, 1], sessions),
    }
    assert weights[StrategyId("a")].mean(axis=0).tolist() != [0.6, 0.3, 0.1]

    found = likenesses(weights, returns)

    assert [one.signal_correlation for one in found] == [None, None, None]
    assert all(one.return_correlation is not None for one in found)


def test_a_strategy_is_exactly_like_itself_over_years() -> None:
    """ST-16: 1, and not a bit more or less."""
    weights = np.random.default_rng(1).dirichlet([1, 1, 1], 501)
    returns = np.random.default_rng(2).normal(0, 0.01, (501, 3))
    (pair,) = likenesses({StrategyId("a"): weights, StrategyId("b"): weights.copy()}, returns)

    assert (pair.overlap, pair.signal_correlation, pair.return_correlation) == (1, 1, 1)
