"""A mean of whole cents is the float nearest to it, however it was added up; others stay."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from alchemiser.domain.market.indicators import sma
from alchemiser.domain.market.indicators.series import MEAN, ROOM, measure
from alchemiser.domain.market.indicators.whole_cents import settle
from alchemiser.domain.values.numbers import ROUNDING, round_significant

Array = NDArray[np.float64]


def prices(level: int, sessions: int, seed: int) -> Array:
    """Return closes in whole cents around `level` dollars."""
    draw = np.random.default_rng(seed)
    spread = max(level, 2)
    closes: Array = (100 * level + draw.integers(-spread, spread, sessions)) / 100
    return closes


def by_loops(closes: Array, window: int) -> Array:
    """Return the rounded mean as the loop for a compiler measures it."""
    room, figures = np.empty((ROOM, len(closes))), np.empty((1, len(closes)))
    asked = np.array([[MEAN, window, 0, 0, 0]])
    measure(asked, closes[:, None], ROUNDING, room, room.view(np.int64), figures)
    found: Array = figures[0]
    return found


@given(
    level=st.sampled_from([1, 9, 101, 999, 4_321, 600_000]),
    window=st.integers(1, 600),
    seed=st.integers(0, 2**32),
)
def test_mean_of_whole_cents_is_the_nearest_float(level: int, window: int, seed: int) -> None:
    """BT-03: so it is the same whichever way it is added up, and of however many."""
    closes = prices(level, window, seed)
    total = sum(round(100 * close) for close in closes.tolist())
    nearest = float(Fraction(total, 100 * window))

    assert sma(closes, window)[-1] == nearest
    assert sma(closes[::-1], window)[-1] == nearest
    assert sma(np.tile(closes, 2), 2 * window)[-1] == nearest


@given(
    window=st.integers(1, 40),
    seed=st.integers(0, 2**32),
    odd=st.lists(st.integers(0, 119), max_size=6),
    gaps=st.lists(st.integers(0, 119), max_size=3),
)
def test_loops_and_arrays_agree_where_some_closes_are_whole_cents(
    window: int, seed: int, odd: list[int], gaps: list[int]
) -> None:
    closes = prices(140, 120, seed)
    closes[odd] *= 1.0123456789
    closes[gaps] = np.nan

    arrays = round_significant(sma(closes, window))

    assert np.array_equal(by_loops(closes, window), arrays, equal_nan=True)
    for row in (window, 60, 119):
        assert np.array_equal(
            sma(closes[: row + 1], window)[-1], sma(closes, window)[row], equal_nan=True
        )


@pytest.mark.parametrize("odd", [1.001, -5.0, 0.0, np.nan, 1e300, 1.7e308])
def test_mean_with_anything_else_in_it_stays_as_it_was_added(odd: float) -> None:
    closes = prices(140, 30, 7)[:, None]
    closes[12] = odd
    means = np.full_like(closes, 140.0 + 1e-13)
    before = means.copy()

    settle(closes, 10, means)

    assert (means[12:22] == before[12:22]).all()
    assert (means[9:12] == 140.0).all()
    assert (means[22:] == 140.0).all()
    assert (means[:9] == before[:9]).all()


def test_mean_too_large_to_be_sure_of_its_cents_stays_as_it_was_added() -> None:
    closes = np.full((300, 1), 9e11)
    means = np.full_like(closes, np.nextafter(9e11, 0))

    settle(closes, 256, means)

    assert (means < 9e11).all()
