"""The best is the first of the highest, and a peak is seen beside its neighbours."""

import numpy as np
import pytest

from alchemiser.domain.research.selection import FIGURES, best, measured, neighbourhood


def test_the_first_of_the_highest_is_best() -> None:
    assert best(np.array([1.0, 3.0, np.nan, 3.0])) == 1
    assert best(np.array([np.nan, -2.0])) == 1
    assert best(np.array([np.nan, np.nan])) is None
    assert best(np.array([])) is None


def test_float_noise_decides_nothing() -> None:
    """BT-10: equal in 12 digits is equal, and the first of equal ones is best."""
    returns = np.random.default_rng(3).normal(0.001, 0.01, 200)
    noisy = np.stack([returns, returns * (1 + 4e-15)], axis=1)

    assert best(measured(noisy, "sharpe")) == 0
    assert best(measured(noisy[:, ::-1], "sharpe")) == 0


@pytest.mark.parametrize("by", sorted(FIGURES))
def test_the_higher_the_better(by: str) -> None:
    draw = np.random.default_rng(5).normal(0.0, 0.01, 300)
    returns = np.stack([draw, draw + 0.001], axis=1)

    assert best(measured(returns, by)) == 1


def test_neighbours_are_counted_where_they_are() -> None:
    surface = np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0]])

    around = neighbourhood(surface)

    assert around.tolist() == [
        [7 / 3, 16 / 5, 11 / 3],
        [7 / 3, 16 / 5, 11 / 3],
    ]
    assert np.isnan(neighbourhood(np.full((2, 2), np.nan))).all()
