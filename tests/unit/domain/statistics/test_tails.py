"""Bad sessions: published values, order of the figures, and where there is none."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.risk import metrics
from alchemiser.domain.statistics.normal import normal_quantile
from alchemiser.domain.statistics.tails import (
    bent_quantile,
    cornish_fisher_shortfall,
    cornish_fisher_var,
    historical_shortfall,
    historical_var,
    is_bent_quantile,
    parametric_shortfall,
    parametric_var,
    tail_count,
    tail_ratio,
)
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats, decimal_from_float
from tests.unit.domain.statistics.histories import three

PAIRS = [
    (historical_var, historical_shortfall),
    (parametric_var, parametric_shortfall),
    (cornish_fisher_var, cornish_fisher_shortfall),
]
EVERY = [figure for pair in PAIRS for figure in pair]

returns_of_sessions = st.lists(st.integers(-5_000, 5_000), min_size=2, max_size=80).map(
    lambda rows: np.array(rows, dtype=np.float64) / 10_000
)
confidences = st.integers(510, 999).map(lambda n: Decimal(n) / 1000)


def bent(chance: float, skew: float, excess: float) -> float:
    z = float(normal_quantile(chance))
    return float(bent_quantile(z, np.asarray(skew), np.asarray(excess)))


def test_expansion_is_the_published_one() -> None:
    """Wikipedia, "Cornish-Fisher expansion": mean 10, variance 25, skewness 5, excess 2."""
    assert bent(0.95, 5, 2) == pytest.approx(2.55621, abs=5e-6)
    assert 10 + 5 * bent(0.95, 5, 2) == pytest.approx(22.781, abs=5e-4)


@pytest.mark.parametrize(
    ("chance", "excess", "quantile"),
    [
        (0.9, 0, 1.292868),
        (0.9, 1, 1.220374),
        (0.9, -1, 1.365363),
        (0.99, 0, 2.396116),
        (0.99, 1, 2.629904),
        (0.01, 1, -2.482841),
        (0.01, -1, -2.015265),
    ],
)
def test_expansion_is_that_of_another_library(
    chance: float, excess: float, quantile: float
) -> None:
    """Values in the documents of mir.stat, cornishFisherInvCDF with a skewness of 0.1."""
    assert bent(chance, 0.1, excess) == pytest.approx(quantile, abs=5e-7)


@pytest.mark.parametrize("confidence", ["0.9", "0.95", "0.99"])
def test_bent_shortfall_is_the_mean_of_the_bent_quantiles_beyond(confidence: str) -> None:
    """BT-08: by the midpoint rule, in the tail's own chance."""
    series, tail, steps = three(), float(1 - Decimal(confidence)), 20_000
    chances = [tail * (n + 0.5) / steps for n in range(steps)]
    z = np.array([normal_quantile(chance) for chance in chances])

    found = cornish_fisher_shortfall(series, Decimal(confidence))

    for column, value in zip(series.T, found, strict=True):
        m, s = column.mean(), column.std(ddof=1)
        centred = (column - m) / column.std()
        skew, excess = (centred**3).mean(), (centred**4).mean() - 3
        quantiles = [bent_quantile(float(x), skew, excess) for x in z]
        assert value == pytest.approx(-m - s * np.mean(quantiles), rel=2e-4)


@pytest.mark.parametrize("figure", EVERY)
def test_nothing_lost_has_no_sign(figure: Callable[[Floats], Floats]) -> None:
    """BT-08: -0.0 would be told as a gain of nothing."""
    for nothing in (np.zeros(10), np.full(10, -0.0), np.zeros(1), np.array([0.0] * 30 + [0.01])):
        found = figure(nothing)

        assert found != 0 or not np.signbit(found)


@given(returns_of_sessions, confidences)
def test_shortfall_is_at_least_value_at_risk(returns: Floats, confidence: Decimal) -> None:
    for var, shortfall in PAIRS:
        at_risk, beyond = float(var(returns, confidence)), float(shortfall(returns, confidence))
        assert np.isnan(at_risk) == np.isnan(beyond)
        assert np.isnan(at_risk) or beyond >= at_risk - 1e-15


@given(returns_of_sessions, confidences, st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_losses_grow_with_the_bet_and_shift_with_what_is_certain(
    returns: Floats, confidence: Decimal, size: float
) -> None:
    for figure in EVERY:
        found = float(figure(returns, confidence))
        scaled, shifted = figure(returns * size, confidence), figure(returns + 0.125, confidence)
        assert scaled == pytest.approx(found * size, rel=1e-7, abs=1e-12, nan_ok=True)
        assert shifted == pytest.approx(found - 0.125, rel=1e-7, abs=1e-9, nan_ok=True)


@given(returns_of_sessions, confidences)
def test_historical_figures_are_those_that_limits_are_held_to(
    returns: Floats, confidence: Decimal
) -> None:
    """RC-13: but for the limits' rule that a gain is no loss."""
    var = max(float(historical_var(returns, confidence)), 0.0)
    shortfall = max(float(historical_shortfall(returns, confidence)), 0.0)
    sample = metrics.Sample.of(returns)

    assert decimal_from_float(var) == metrics.historical_var(sample, confidence)
    assert shortfall == pytest.approx(
        float(metrics.historical_shortfall(sample, confidence)), rel=1e-11
    )


def test_normal_returns_make_all_three_alike() -> None:
    normal = np.array([normal_quantile((n + 0.5) / 20_000) for n in range(20_000)]) * 0.01

    at_risk = [float(var(normal)) for var, _ in PAIRS]
    beyond = [float(shortfall(normal)) for _, shortfall in PAIRS]

    assert at_risk == pytest.approx([0.0164485] * 3, rel=2e-3)
    assert beyond == pytest.approx([0.0206271] * 3, rel=2e-3)


def test_where_the_expansion_falls_there_is_no_figure() -> None:
    """One crash in a year of calm: a skewness of -15 has no quantiles."""
    crash = np.full(252, 0.001)
    crash[::2] = -0.0005
    crash[100] = -0.3

    assert np.isnan(cornish_fisher_var(crash))
    assert np.isnan(cornish_fisher_shortfall(crash))
    assert historical_var(crash) == pytest.approx(0.0005)


def test_tail_is_counted_without_the_error_of_floats() -> None:
    """0.05 of 2,520 is 126.00000000000011 in floats, whose ceiling is 127."""
    assert tail_count(2_520, Decimal("0.95")) == 126
    assert tail_count(250, Decimal("0.99")) == 3
    assert tail_count(1, Decimal("0.99")) == 1


@pytest.mark.parametrize("confidence", ["0.5", "1", "0.05", "95", "NaN"])
@pytest.mark.parametrize("figure", EVERY)
def test_a_confidence_that_is_none_is_refused(figure: object, confidence: str) -> None:
    with pytest.raises(InvalidValueError, match="a confidence lies"):
        figure(three(), Decimal(confidence))  # type: ignore[operator]


def test_tail_ratio_compares_good_sessions_with_bad_ones() -> None:
    returns = np.repeat([-0.02, 0.0, 0.03], [20, 60, 20])

    assert tail_ratio(returns) == pytest.approx(1.5)
    assert np.isnan(tail_ratio(np.zeros(20)))


def below(quantile: float, skew: float, excess: float) -> float:
    """Return how likely a bent distribution is at or below `quantile`, by counting."""
    fine = np.linspace(-8, 8, 40_001)
    density = np.exp(-fine * fine / 2)
    bent = bent_quantile(fine, np.asarray(skew), np.asarray(excess))
    return float(density[bent <= quantile].sum() / density.sum())


@given(skew=st.floats(-4, 4), excess=st.floats(-1, 60), confidence=st.sampled_from(["0.9", "0.99"]))
def test_a_bent_quantile_has_as_much_below_it_as_it_says(
    skew: float, excess: float, confidence: str
) -> None:
    """BT-08: of normal numbers that were bent, counted."""
    z = -normal_quantile(Decimal(confidence))
    shape = np.asarray(skew), np.asarray(excess)
    found = below(float(bent_quantile(z, *shape)), skew, excess)

    assert not is_bent_quantile(z, *shape) or found == pytest.approx(
        1 - float(confidence), abs=1e-3
    )


@pytest.mark.parametrize(
    ("skew", "excess", "is_one"),
    [(0.0, 0.0, True), (-0.5, 3.0, True), (0.3, 0.5, True), (3.0, 40.0, False), (-15, 220, False)],
)
def test_shapes_that_are_far_from_normal_have_no_bent_quantile(
    skew: float, excess: float, *, is_one: bool
) -> None:
    """Of a skewness of 3 and a kurtosis of 43, value at risk came out as a gain."""
    z = -normal_quantile(Decimal("0.95"))

    assert bool(is_bent_quantile(z, np.asarray(skew), np.asarray(excess))) is is_one


def test_a_leap_in_years_of_calm_makes_no_loss_a_gain() -> None:
    """BT-08: as nuclear shares from 2020 to 2025."""
    leaps = np.random.default_rng(3).standard_t(3, 4_000) * 0.01
    leaps[[100, 900, 2_000]] = 0.35

    assert np.isnan(cornish_fisher_var(leaps))
    assert np.isnan(cornish_fisher_shortfall(leaps))
    assert historical_var(leaps) > 0.01
