"""Working on parts that a cache holds, and by blocks, leaves every bit as it would be at once."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from alchemiser.domain.market import indicators
from alchemiser.domain.market.indicators.kernels import TILE, run_lengths
from alchemiser.domain.market.indicators.smoothing import recurrence, smoothed
from alchemiser.domain.market.indicators.windows import window_sum
from tests.unit.domain.market.test_indicator_bits import ALL, bits

Array = NDArray[np.float64]

cents = st.integers(100, 140).map(lambda price: price / 100)
closes = st.lists(cents | st.just(np.nan), min_size=1, max_size=60).map(np.array)


def market(rows: int, columns: int) -> Array:
    """Return closes in cents; a third of the columns begins late, another has a gap."""
    draw = np.random.default_rng(3)
    steps = draw.normal(0.0, 0.01, (rows, columns))
    prices = np.asarray(np.round(80 * np.exp(np.cumsum(steps, axis=0)), 2))
    prices[: rows // 5, ::3] = np.nan
    prices[rows // 2 : rows // 2 + 2, 1::3] = np.nan
    return prices


def fall_of_all_pairs(series: Array, window: int) -> Array:
    """Return the deepest fall in each window, from every pair of closes."""
    found = np.full(len(series), np.nan)
    for end in range(window, len(series) + 1):
        inside = series[end - window : end]
        peaks = np.maximum.accumulate(inside)
        found[end - 1] = np.max(1.0 - inside / peaks) * 100.0
    return found


@given(series=closes, window=st.integers(1, 20))
def test_fall_by_blocks_is_that_of_all_pairs_to_the_bit(series: Array, window: int) -> None:
    assert bits(indicators.max_drawdown(series, window)) == bits(fall_of_all_pairs(series, window))


def test_fall_to_nothing_is_still_measured() -> None:
    series = np.array([4.0, 5.0, 0.0, 2.0, 8.0, 6.0, 7.0])

    fell = indicators.max_drawdown(series, 3)

    assert fell[2:].tolist() == [100.0, 100.0, 0.0, 25.0, 25.0]


@pytest.mark.parametrize("name", sorted(set(ALL) - {"correlation_state"}))
def test_a_wide_market_is_measured_like_each_of_its_columns(name: str) -> None:
    prices = market(140, TILE // 128)

    at_once = ALL[name](prices)

    some = [0, 1, 2, 100, -1]
    alone = np.stack([ALL[name](np.ascontiguousarray(prices[:, each])) for each in some], axis=1)
    assert at_once[:, some].tobytes() == alone.tobytes()


@pytest.mark.parametrize(
    "measure", [indicators.sma, indicators.stdev_price, indicators.max_drawdown]
)
def test_a_long_series_is_measured_like_its_end(measure: Callable[[Array, int], Array]) -> None:
    series = market(TILE + 700, 1)[:, 0]

    at_once = measure(series, 90)

    assert bits(at_once[-600:]) == bits(measure(series[-689:], 90)[-600:])


@given(
    gains=st.lists(st.integers(0, 3).map(float), min_size=1, max_size=80).map(np.array),
    window=st.integers(1, 5),
    weight=st.sampled_from([1.0, 0.5, 0.2, 1e-9]),
    late=st.integers(0, 4),
)
def test_exponential_mean_of_one_stretch_is_that_of_any(
    gains: Array, window: int, weight: float, late: int
) -> None:
    series = np.concatenate((np.full(late, np.nan), gains))
    counts = run_lengths(series)

    alone = smoothed(series, counts, window, weight)

    later = np.where(counts > window, weight * series, 0.0)
    seeded = np.where(counts == window, window_sum(series, window) / window, later)
    solved = recurrence(np.where(counts > window, 1.0 - weight, 0.0), seeded)
    assert bits(alone) == bits(np.where(counts >= window, solved, np.nan))


def test_exponential_mean_that_has_forgotten_its_beginning_is_solved_to_the_bit() -> None:
    gains = np.random.default_rng(5).random((1200, 2)) + np.array([0.5, 0.0])
    gains[300:, 1] = 0.0  # what decays for ever is never small beside itself
    counts = run_lengths(gains)

    both = smoothed(gains, counts, 3, 0.5)

    seeded = np.where(counts == 3, window_sum(gains, 3) / 3, np.where(counts > 3, gains / 2, 0.0))
    assert both[2:].tobytes() == recurrence(np.where(counts > 3, 0.5, 0.0), seeded)[2:].tobytes()
