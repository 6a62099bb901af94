"""Alpha and beta."""

import numpy as np
import pytest

from alchemiser.domain.statistics.benchmark import alpha, beta
from alchemiser.domain.values.errors import InvalidValueError
from tests.unit.domain.statistics.histories import market, three


def test_what_follows_the_benchmark_has_its_slope_and_the_rest_is_alpha() -> None:
    other = market()
    made = np.column_stack([other, 0.5 * other + 0.0001, 0.0002 - 2 * other])

    assert beta(made, other) == pytest.approx(np.array([1.0, 0.5, -2.0]))
    assert alpha(made, other) == pytest.approx(
        np.array([0.0, 1.0001**252 - 1, 1.0002**252 - 1]), abs=1e-12
    )


def test_each_series_may_have_its_own_benchmark() -> None:
    series = three()
    others = np.column_stack([market(), market()[::-1], series[:, 2]])

    together = beta(series, others)

    alone = [beta(one, other) for one, other in zip(series.T, others.T, strict=True)]
    assert together == pytest.approx(np.array(alone))


def test_a_benchmark_that_never_changes_explains_nothing() -> None:
    flat = np.full(100, 0.1 + 0.2)

    assert np.isnan(beta(market(100), flat))
    assert np.isnan(alpha(market(100), flat))


@pytest.mark.parametrize("shape", [(99,), (100, 2), (100, 4)])
def test_a_benchmark_of_other_sessions_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidValueError, match="a benchmark has"):
        beta(three(100), np.zeros(shape))


def test_several_benchmarks_of_one_series_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="a benchmark has"):
        beta(market(100), three(100))
