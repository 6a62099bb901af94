"""Turnover, exposure and closed trades."""

import numpy as np
import pytest

from alchemiser.domain.statistics.trading import exposure, hit_rate, payoff, turnover


def test_selling_everything_and_buying_it_back_within_a_year_is_two() -> None:
    traded = np.zeros(252)
    traded[[10, 11]] = 100.0

    assert turnover(traded, np.full(252, 100.0)) == pytest.approx(2.0)
    assert turnover(traded[:126], np.full(126, 100.0)) == pytest.approx(4.0)


def test_turnover_is_of_the_mean_equity() -> None:
    assert turnover(np.full((252, 2), 1.0), [[50.0, 100.0], [150.0, 100.0]]) == pytest.approx(
        np.array([2.52, 2.52])
    )


def test_exposure_is_the_mean_share_that_is_not_cash() -> None:
    assert exposure([0.0, 50.0, 300.0], [100.0, 100.0, 200.0]) == pytest.approx(2 / 3)


def test_trade_that_gained_nothing_is_no_hit() -> None:
    """BT-08."""
    assert hit_rate([3.0, 0.0, -1.0, 1.0]) == 0.5
    assert payoff([3.0, 0.0, -1.0, 1.0]) == 2.0


def test_without_trades_of_both_kinds_there_is_no_payoff() -> None:
    for gains in ([], [1.0], [-1.0], [0.0], [np.nan, 1.0, -1.0]):
        assert np.isnan(payoff(gains))
    assert np.isnan(turnover([], []))
    assert np.isnan(exposure([], []))
