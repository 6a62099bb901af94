"""Worked examples of third parties, which no other test holds."""

import math

import numpy as np
import pytest

from alchemiser.domain.statistics.benchmark import beta
from alchemiser.domain.statistics.drawdowns import drawdowns
from alchemiser.domain.statistics.evidence import chance_above, expected_largest, sharpe_error
from alchemiser.domain.statistics.moments import deviation, kurtosis, skewness
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
