"""Estimators against what is known of them, and what they refuse (EX-09)."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.execution.calibration.estimates import (
    Estimate,
    Lack,
    NoEstimate,
    mean,
    proportion,
    quantile,
    slope,
    too_few_orders,
    uniform_ends,
    uniform_width,
)
from alchemiser.domain.values.numbers import Floats

D = Decimal


def even(count: int) -> Floats:
    """Return `count` values that lie evenly between 0 and 1."""
    return np.arange(1.0, count + 1) / (count + 1)


def test_width_and_ends_of_an_even_distribution() -> None:
    width, error = uniform_width(even(99))
    low, high = uniform_ends(even(99) * 2 + 1, least=0, most=60)

    assert width == pytest.approx(1)
    assert error == pytest.approx(0.5 / 99**0.5)
    assert (low.value, high.value) == (D(1), D(3))
    assert high.half_width() == pytest.approx(D(2 * 1.96 * (0.1125 / 99) ** 0.5), rel=D("0.01"))


def test_errors_are_those_that_repetition_shows() -> None:
    """EX-09: an interval of 95 % holds the truth about 95 times of 100."""
    chance = np.random.default_rng(3)
    held = {"low": 0, "high": 0, "width": 0, "slope": 0, "mean": 0, "quantile": 0}
    for _ in range(400):
        values = chance.uniform(1, 3, 80)
        low, high = uniform_ends(values, least=0, most=60)
        width, error = uniform_width(values)
        x = chance.integers(1, 20, 80).astype(float)
        line, average = (
            slope([(x, 0.01 * x + chance.normal(0, 0.1, 80))], most=1),
            mean(values / 10),
        )
        median = quantile(values, 0.5, most=60)
        assert isinstance(line, Estimate)
        assert isinstance(average, Estimate)
        assert isinstance(median, Estimate)
        held["low"] += low.low <= 1 <= low.high
        held["high"] += high.low <= 3 <= high.high
        held["width"] += abs(width - 2) <= 1.96 * error
        held["slope"] += line.low <= D("0.01") <= line.high
        held["mean"] += average.low <= D("0.2") <= average.high
        held["quantile"] += median.low <= 2 <= median.high

    assert all(360 <= count <= 395 for count in held.values()), held


def test_slope_is_the_median_of_pairs_within_groups() -> None:
    """Groups differ in level and in x; between them nothing is compared."""
    x = np.arange(20.0)
    found = slope([(x, 0.5 * x), (x + 100, 0.5 * x - 70)], most=1)

    assert found == Estimate(value=D("0.5"), low=D("0.5"), high=D("0.5"), count=40)


@given(st.lists(st.floats(0, 1), min_size=30, max_size=60), st.floats(-0.5, 0.5))
def test_slope_does_not_depend_on_the_level(values: list[float], level: float) -> None:
    x, y = np.arange(float(len(values))), np.array(values)

    first, second = (slope([(x, one)], most=1) for one in (y, y + level))

    assert isinstance(first, Estimate)
    assert isinstance(second, Estimate)
    assert abs(first.value - second.value) <= D("1e-7")
    assert first.low <= first.value <= first.high


def test_points_over_one_x_have_no_slope() -> None:
    flat = np.ones(50)

    assert slope([(flat, even(50))], most=1) == NoEstimate(
        code=Lack.ONE_SIZE, observed="all orders", limit="orders of several sizes"
    )
    assert slope([], most=1) == NoEstimate(
        code=Lack.TOO_FEW_FILLS, observed="0", limit="at least 30"
    )


def test_proportion_has_the_score_interval() -> None:
    """Wilson's own: 0 of 30 is not certainly never."""
    never, half = proportion(0, 30), proportion(50, 100)

    assert isinstance(never, Estimate)
    assert isinstance(half, Estimate)
    assert (never.value, never.low, half.value) == (D(0), D(0), D("0.5"))
    assert never.high == pytest.approx(D("0.11351"), abs=D("0.00001"))
    assert half.low == 1 - half.high == pytest.approx(D("0.40383"), abs=D("0.00001"))
    assert proportion(1, 29) == NoEstimate(
        code=Lack.TOO_FEW_ORDERS, observed="29", limit="at least 30"
    )


def test_quantile_lies_between_two_of_its_order_statistics() -> None:
    found = quantile(np.arange(1.0, 101.0), 0.9, most=1000)

    assert found == Estimate(value=D(90), low=D(84), high=D(96), count=100)


@pytest.mark.parametrize(("p", "least"), [(0.5, 30), (0.9, 35), (0.95, 73)])
def test_quantile_refuses_what_its_interval_cannot_reach(p: float, least: int) -> None:
    found = quantile(np.arange(float(least - 1)), p, most=1000)

    assert found == too_few_orders(least - 1, least)
    assert isinstance(quantile(np.arange(float(least)), p, most=1000), Estimate)


def test_quantile_that_too_many_never_reached_is_not_known() -> None:
    """EX-09: what was not filled would have needed more, nobody knows how much."""
    values = np.array([0.001] * 90 + [np.inf] * 10)

    assert quantile(values, 0.95, most=0.1) == NoEstimate(
        code=Lack.UNFILLED, observed="10 of 100 not filled whole", limit="at most 0"
    )
    assert isinstance(quantile(values, 0.5, most=0.1), Estimate)


def test_mean_of_equal_values_has_no_error() -> None:
    assert mean(np.full(30, 0.25)) == Estimate(
        value=D("0.25"), low=D("0.25"), high=D("0.25"), count=30
    )
    assert mean(np.array([])) == NoEstimate(
        code=Lack.TOO_FEW_ORDERS, observed="0", limit="at least 30"
    )
