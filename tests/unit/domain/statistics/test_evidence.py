"""Sharpe ratios that may be luck: values that were published, and rates that were promised."""

import math
from itertools import combinations

import numpy as np
import pytest

from alchemiser.adapters.synthetic.noise import normal
from alchemiser.domain.statistics.evidence import (
    chance_above,
    deflated_sharpe,
    expected_largest,
    independent_trials,
    probabilistic_sharpe,
    sharpe_error,
)
from alchemiser.domain.values.errors import InvalidValueError
from tests.unit.domain.statistics.histories import three


def error(sharpe: float, sessions: int, skew: float, kurt: float) -> float:
    return float(sharpe_error(np.asarray(sharpe), sessions, np.asarray(skew), np.asarray(kurt)))


def chance(sharpe: float, of: float, benchmark: float) -> float:
    return float(chance_above(np.asarray(sharpe), np.asarray(of), benchmark))


@pytest.mark.parametrize(("skew", "kurt", "expected"), [(0, 3, 0.982), (-2.448, 10.164, 0.913)])
def test_probabilistic_sharpe_is_the_published_one(
    skew: float, kurt: float, expected: float
) -> None:
    """BT-09: Bailey and Lopez de Prado (2012): a hedge fund's 24 months with a ratio of 0.458."""
    assert chance(0.458, error(0.458, 24, skew, kurt), 0) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("sessions", "years"), [(252, 2.73), (52, 2.83), (12, 3.24)])
def test_shortest_convincing_history_is_the_published_one(sessions: int, years: float) -> None:
    """BT-09: Bailey and Lopez de Prado (2012): an annual ratio of 2 above 1 at 95 %.

    Of so many years it takes 2.73 by days, 2.83 by weeks and 3.24 by months, to two decimals.
    """
    found, benchmark = (annual / math.sqrt(sessions) for annual in (2, 1))
    lengths = [round((years + step) * sessions) for step in (-0.005 - 1 / sessions, 0.005)]

    short, long = (chance(found, error(found, n, 0, 3), benchmark) for n in lengths)

    assert short < 0.95 + 1e-3
    assert long >= 0.95 - 1e-3
    assert short < long


@pytest.mark.parametrize(
    ("trials", "skew", "kurt", "expected"),
    [(100, -3, 10, 0.9004), (46, -3, 10, 0.9505), (88, 0, 3, 0.9505)],
)
def test_deflated_sharpe_is_the_published_one(
    trials: int, skew: float, kurt: float, expected: float
) -> None:
    """BT-09: Bailey and Lopez de Prado (2014): 2.5 a year of 250 days, 1,250 days, variance 1/2."""
    found = 2.5 / math.sqrt(250)

    luck = expected_largest(trials, 0.5 / 250)

    assert chance(found, error(found, 1_250, skew, kurt), luck) == pytest.approx(expected, abs=5e-5)


def test_expected_largest_is_the_published_one() -> None:
    """BT-09: the same source: 0.1132 a day of 100 trials."""
    assert expected_largest(100, 0.5 / 250) == pytest.approx(0.1132, abs=5e-5)


def test_one_trial_is_no_choice_and_more_are_never_worse() -> None:
    values = [expected_largest(trials, 1.0) for trials in (1, 1.0000001, 1.2, 2, 10, 1e6, 1e300)]

    assert values[0] == 0
    assert values == sorted(values)
    assert values[-1] < 40


@pytest.mark.parametrize("trials", [0, 0.99, -1, math.nan, math.inf])
def test_trials_that_are_none_are_refused(trials: float) -> None:
    with pytest.raises(InvalidValueError, match="at least one strategy"):
        expected_largest(trials, 1.0)


@pytest.mark.parametrize("variance", [-1e-9, math.nan, math.inf])
def test_a_variance_that_is_none_is_refused(variance: float) -> None:
    with pytest.raises(InvalidValueError, match="with a variance"):
        expected_largest(10, variance)


def test_chance_above_luck_is_right_as_often_as_it_says() -> None:
    """BT-09: of 4,000 strategies with no skill one in twenty looks as if it had some, at 95 %."""
    returns = normal(7, "no skill", 252 * 4_000).reshape(252, 4_000) * 0.01

    mistaken = float(np.mean(probabilistic_sharpe(returns) > 0.95))

    assert mistaken == pytest.approx(0.05, abs=0.011)


def test_benchmark_is_annual() -> None:
    column = three()[:, 0]

    at_itself = probabilistic_sharpe(column, 2.085601317969699)

    assert at_itself == pytest.approx(0.5, abs=1e-9)


def test_ten_copies_are_one_trial_and_strangers_are_all_they_are() -> None:
    alone = normal(7, "alone", 1_000)
    strangers = normal(7, "strangers", 1_000 * 30).reshape(1_000, 30)

    assert independent_trials(np.column_stack([alone] * 10)) == pytest.approx(1)
    assert independent_trials(strangers) == pytest.approx(30, abs=0.5)
    half = strangers + normal(7, "common", 1_000)[:, np.newaxis]
    assert independent_trials(half) == pytest.approx(0.5 + 0.5 * 30, abs=1.2)


def test_correlation_of_trials_is_the_mean_of_all_pairs() -> None:
    series = three()

    pairs = [np.corrcoef(series[:, i], series[:, j])[0, 1] for i, j in combinations(range(3), 2)]

    mean = max(float(np.mean(pairs)), 0.0)
    assert independent_trials(series) == pytest.approx(mean + (1 - mean) * 3)


def test_strategies_that_did_nothing_are_no_trials() -> None:
    column = three()[:, :1]

    assert independent_trials(np.column_stack([column, np.zeros((756, 5))])) == 1
    assert math.isnan(independent_trials(np.zeros((756, 5))))


def test_only_one_that_was_tried_is_not_deflated() -> None:
    column = three()[:, :1]

    assert deflated_sharpe(column) == pytest.approx(probabilistic_sharpe(column))
    assert np.isnan(deflated_sharpe(np.zeros((756, 5)))).all()
    assert deflated_sharpe(np.empty((10, 0))).shape == (0,)


def test_more_trials_leave_less_of_a_ratio() -> None:
    found = np.array([deflated_sharpe(three(), trials)[0] for trials in (1, 2, 10, 1_000)])

    assert (np.diff(found) < 0).all()
    with pytest.raises(InvalidValueError, match="shape"):
        deflated_sharpe(three()[:, 0])
