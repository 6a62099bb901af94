"""Ratios: values that were published, and what never changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.statistics.drawdowns import max_drawdown
from alchemiser.domain.statistics.ratios import calmar, downside_deviation, omega, sharpe, sortino
from alchemiser.domain.statistics.returns import mean
from alchemiser.domain.values.numbers import Floats
from tests.unit.domain.statistics.histories import three

YEARS = [0.17, 0.15, 0.23, -0.05, 0.12, 0.09, 0.13, -0.04]
"""Rollinger and Hoffman, "Sortino: A 'Sharper' Ratio" (Red Rock Capital, 2013)."""

returns_of_sessions = st.lists(st.integers(-900, 900), min_size=3, max_size=60).map(
    lambda rows: np.array(rows, dtype=np.float64) / 10_000
)


def test_sortino_is_the_published_one() -> None:
    """BT-08: a mean of 10 % over 2.264 %, 4.417; of years, so without our root of 252."""
    annual = 252**0.5

    assert mean(YEARS) == pytest.approx(0.10)
    assert downside_deviation(YEARS) / annual == pytest.approx(0.02264, abs=5e-6)
    assert sortino(YEARS) / annual == pytest.approx(4.417, abs=5e-4)


def test_omega_is_one_at_the_mean() -> None:
    """Keating and Shadwick (2002): gains and losses about the mean weigh the same."""
    series = three()

    assert [float(omega(column, float(mean(column)))) for column in series.T] == pytest.approx([
        1.0,
        1.0,
        1.0,
    ])


@given(returns_of_sessions, st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_ratios_do_not_depend_on_the_size_of_the_bet(returns: Floats, size: float) -> None:
    for figure in (sharpe, sortino, omega):
        assert figure(returns * size) == pytest.approx(
            float(figure(returns)), rel=1e-9, nan_ok=True
        )


@given(returns_of_sessions)
def test_ratios_have_the_sign_of_what_was_earned(returns: Floats) -> None:
    earned = float(returns.sum())

    if np.isfinite(sharpe(returns)) and abs(earned) > 1e-9:
        assert np.sign(sharpe(returns)) == np.sign(earned)
    if np.isfinite(omega(returns)) and abs(earned) > 1e-9:
        assert (omega(returns) > 1) == (earned > 0)


def test_a_hurdle_is_taken_off_each_session() -> None:
    series = three()

    for figure in (sharpe, sortino, omega):
        assert figure(series, 0.0003) == pytest.approx(figure(series - 0.0003))


def test_calmar_is_growth_over_the_largest_fall() -> None:
    """A year that ends 20 % up after a fall by a quarter."""
    returns = np.zeros(252)
    returns[[10, 20]] = -0.25, 0.6

    assert max_drawdown(returns) == pytest.approx(0.25)
    assert calmar(returns) == pytest.approx(0.8)
