"""Sums of many rows, each exact but for its last rounding (RC-13)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.statistics.exact import exact_sums

SMALL = 2.0**-53
numbers = st.one_of(
    st.floats(-0.1, 0.1),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200),
    # Where sums lie in the middle between two floats, or a hair beside it, or cancel.
    st.sampled_from([1.0, -1.0, SMALL, -SMALL, SMALL / 2, SMALL**2, -(SMALL**2), 1e16, -1e16]),
    st.builds(math.ldexp, st.sampled_from([-1.0, 1.0]), st.integers(-1074, 600)),
)


@given(
    st.integers(1, 12).flatmap(
        lambda width: st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=1)
    )
)
def test_sums_are_those_of_fsum_to_the_bit(rows: list[list[float]]) -> None:
    """RC-13."""
    assert exact_sums(np.array(rows)).tolist() == [math.fsum(row) for row in rows]


@pytest.mark.parametrize("width", [1, 15, 300, 4_000])
def test_wide_rows_are_exact_in_any_order(width: int) -> None:
    """RC-13."""
    rows = np.random.default_rng(width).normal(size=(40, width)) * 0.02

    expected = [math.fsum(row) for row in rows.tolist()]
    assert exact_sums(rows).tolist() == expected
    assert exact_sums(rows[:, ::-1]).tolist() == expected


def test_nothing_sums_to_zero() -> None:
    assert exact_sums(np.empty((2, 0))).tolist() == [0.0, 0.0]
    assert exact_sums(np.zeros((2, 3))).tolist() == [0.0, 0.0]
    assert exact_sums(np.empty((0, 3))).tolist() == []


def test_what_is_not_finite_is_as_for_fsum() -> None:
    sums = exact_sums(np.array([[1.0, math.nan], [math.inf, 1.0], [1.0, 2.0]]))

    assert math.isnan(sums[0])
    assert sums[1:].tolist() == [math.inf, 3.0]
    with pytest.raises(OverflowError):
        exact_sums(np.full((1, 2), 1.7e308))
    with pytest.raises(ValueError, match="-inf"):
        exact_sums(np.array([[math.inf, -math.inf]]))


def test_rows_are_left_as_they_were() -> None:
    rows = np.array([[0.1, 0.2], [0.3, 0.4]])

    exact_sums(rows)

    assert rows.tolist() == [[0.1, 0.2], [0.3, 0.4]]
