"""The normal distribution."""

import math
import statistics
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.statistics.normal import normal_chance, normal_quantile, normal_shortfall
from alchemiser.domain.values.numbers import decimal_from_float

HIGH = Decimal("0.99")


def d(text: str) -> Decimal:
    return Decimal(text)


def test_normal_multiples_are_those_of_the_tables() -> None:
    assert decimal_from_float(normal_quantile(HIGH)) == d("2.32634787404")
    assert decimal_from_float(normal_quantile(d("0.95"))) == d("1.64485362695")
    assert normal_shortfall(HIGH) == pytest.approx(2.665214220, abs=5e-10)
    assert normal_shortfall(d("0.95")) == pytest.approx(2.062712808, abs=5e-10)


@pytest.mark.parametrize("confidence", ["0.6", "0.9", "0.99", "0.999"])
def test_normal_shortfall_is_the_mean_of_the_quantiles_beyond(confidence: str) -> None:
    """By the midpoint rule, in the tail's own chance."""
    tail, steps = float(1 - d(confidence)), 200_000
    normal = statistics.NormalDist()
    mean = math.fsum(-normal.inv_cdf(tail * (n + 0.5) / steps) for n in range(steps)) / steps

    assert normal_shortfall(d(confidence)) == pytest.approx(mean, rel=1e-5)


def test_basel_s_change_of_measure_keeps_a_normal_loss() -> None:
    """Basel Committee (2013): shortfall at 97.5 % is near to value at risk at 99 %."""
    assert normal_shortfall(d("0.975")) == pytest.approx(2.338, abs=5e-4)
    assert normal_quantile(HIGH) == pytest.approx(2.326, abs=5e-4)


def test_chance_keeps_shape_and_what_is_not_defined() -> None:
    found = normal_chance(np.array([[0.0, 1.959964], [np.nan, -40.0]]))

    assert found == pytest.approx(np.array([[0.5, 0.975], [np.nan, 0.0]]), nan_ok=True, abs=1e-7)
