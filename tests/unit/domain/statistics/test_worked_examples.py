"""Worked examples of third parties, which no other test holds."""

import math

import numpy as np
import pytest

from alchemiser.domain.statistics.benchmark import beta
from alchemiser.domain.statistics.drawdowns import drawdowns
from alchemiser.domain.statistics.evidence import chance_above, expected_largest, sharpe_error
from alchemiser.domain.statistics.moments import deviation, kurtosis, skewness
from alchemiser.domain.statistics.overfitting import overfitting
from alchemiser.domain.statistics.ratios import downside_deviation, omega, sortino
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR

MONTHS = (
    "3 26 11 -10 15 25 16 67 -14 40 -5 81 40 -37 -61 17 -49 -22 70 58 -65 24 -5 -9",
    "2 25 18 -11 14 18 14 65 -15 42 -6 83 39 -38 -62 15 -48 21 60 56 -67 19 -3 0",
)
PORTFOLIO, BENCHMARK = (np.array(one.split(), dtype=np.float64) / 1000 for one in MONTHS)
"""Bacon (2008), "Practical Portfolio Performance Measurement and Attribution", second edition,
pages 65 and 66: 24 months. Digits beyond the book's are those of PerformanceAnalytics 2 in R."""
YEAR = math.sqrt(SESSIONS_A_YEAR)
HURDLE = 0.005


def test_what_falls_short_is_bacons() -> None:
    """BT-08: pages 92 to 97: downside risk, Bernardo and Ledoit, omega-Sharpe, kappa of order 2."""
    assert downside_deviation(PORTFOLIO, HURDLE) / YEAR == pytest.approx(0.02553674, abs=5e-9)
    assert omega(PORTFOLIO) == pytest.approx(1.779783, abs=5e-7)
    assert omega(PORTFOLIO, HURDLE) - 1 == pytest.approx(0.2917933, abs=5e-8)
    assert sortino(PORTFOLIO, HURDLE) / YEAR == pytest.approx(0.1566371, abs=5e-8)


def test_moments_are_bacons() -> None:
    """BT-08: pages 83 to 85: kurtosis by its moment, and skewness as that of a sample."""
    count = len(PORTFOLIO)
    of_a_sample = skewness(PORTFOLIO) * math.sqrt(count * (count - 1)) / (count - 2)

    assert kurtosis(PORTFOLIO) == pytest.approx(2.43, abs=5e-3)
    assert of_a_sample == pytest.approx(-0.09, abs=5e-3)


def test_what_the_benchmark_explains_is_bacons() -> None:
    """BT-08: pages 71 to 78: Jensen's alpha from beta, and Fama's beta from the deviations."""
    mine, theirs = (np.prod(1 + one) ** (12 / 24) - 1 for one in (PORTFOLIO, BENCHMARK))

    assert mine - beta(PORTFOLIO, BENCHMARK) * theirs == pytest.approx(-0.01416944, abs=5e-9)
    fama = deviation(PORTFOLIO) / deviation(BENCHMARK)
    assert fama == pytest.approx(1.030395, abs=5e-7)


def test_pain_is_bacons() -> None:
    """BT-08: page 91: the mean of all drawdowns, to the book's digits."""
    assert np.mean(drawdowns(PORTFOLIO)) == pytest.approx(0.04, abs=5e-4)


def test_probabilistic_sharpe_of_59_months_is_that_of_another_library() -> None:
    """BT-09: PerformanceAnalytics 2 in R, `ProbSharpeRatio`: an annual ratio of 2 above 1.

    Of a skewness of -0.72; that library ignores kurtosis unless it is told not to.
    """
    found, above = 2 / math.sqrt(12), 1 / math.sqrt(12)
    error = sharpe_error(np.asarray(found), 59, np.asarray(-0.72), np.asarray(3.0))

    assert float(chance_above(np.asarray(found), error, above)) == pytest.approx(
        0.9597434, abs=5e-8
    )


@pytest.mark.parametrize(("trials", "years", "ratio"), [(10, 1, 1.57), (45, 5, 1.0)])
def test_shortest_backtest_is_the_published_one(trials: int, years: float, ratio: float) -> None:
    """BT-09: Bailey, Borwein, Lopez de Prado and Zhu (2014), "Pseudo-mathematics".

    Of ten trials the best has 1.57 a year by luck, and five years bear no more than 45 trials
    before one of them has a ratio of 1.
    """
    assert expected_largest(trials, 1 / years) == pytest.approx(ratio, abs=5e-3)


def test_trials_of_one_mean_and_one_deviation_are_overfitted_as_in_another_library() -> None:
    """BT-09: pbo in R, its vignette: 100 trials of 2,400 sessions in 8 blocks, none better.

    Each is re-centred, so that what it gains in one half it loses in the other: `p_bo` and `p_loss`
    are 1 there, whatever was drawn. A session could have earned 0.03 / 252 otherwise.
    """
    drawn = np.random.default_rng(765).normal(size=(2_400, 100))
    scaled = (drawn - drawn.mean(axis=0)) / (drawn.std(axis=0, ddof=1) * YEAR)

    found = overfitting(scaled - 0.03 / SESSIONS_A_YEAR, 8)

    assert len(found.logits) == 70
    assert (found.probability, found.loss) == (1.0, 1.0)


def test_overfitting_of_a_small_matrix_is_that_by_hand() -> None:
    """BT-09: two trials, four blocks of two sessions, six splits.

    Every block deviates alike, by 1 about its mean: 3, -1, -1 and -1 of the first trial, 0 of the
    second. With the first block the first trial means 1 and is chosen, means -1 in the other half
    and is beaten there, with a rank of 1 of 2: a logit of ln(1/3 / 2/3). Without it the first means
    -1, so that the second is chosen with a mean of 0, and is beaten by the first, which means 1.
    """
    swings = np.tile([1.0, -1.0], 4)
    first = np.repeat([3.0, -1.0, -1.0, -1.0], 2) + swings
    found = overfitting(np.stack([first, swings], axis=1) / 100, 4)

    assert found.logits == pytest.approx([-math.log(2)] * 6)
    assert (found.probability, found.loss) == (1.0, 0.5)
    # Of 4, 2, 0 and -2 the squares about 1 sum to 20, of 0, -2, 0 and -2 about -1 to 4.
    inside, lost = 1 / math.sqrt(20 / 3), -1 / math.sqrt(4 / 3)
    assert found.inside == pytest.approx([inside] * 3 + [0.0] * 3)
    assert found.outside == pytest.approx([lost] * 3 + [0.0] * 3)
