"""A sale gains what it brings above the average price that was paid."""

import numpy as np
import pytest

from alchemiser.domain.fast.gains import gains_of


def column(*values: float) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.array([[float(value)] for value in values])


def test_a_sale_gains_on_the_average_of_what_was_paid() -> None:
    shares, prices = column(10, 30, 30, 5, 0), column(10, 13, 99, 15, 11)
    nothing = np.zeros_like(prices)

    assert gains_of(shares, prices, nothing, nothing) == pytest.approx([25 * 3.0, 5 * -1.0])


def test_costs_of_both_sides_count() -> None:
    shares, prices = column(10, 0), column(10, 10)

    found = gains_of(shares, prices, np.full_like(prices, 0.1), np.full_like(prices, 0.2))

    assert found == pytest.approx([10 * -0.3])


def test_what_is_bought_again_has_a_new_cost() -> None:
    shares, prices = column(1, 0, 1, 0), column(10, 20, 30, 31)
    nothing = np.zeros_like(prices)

    assert gains_of(shares, prices, nothing, nothing) == pytest.approx([10.0, 1.0])


def test_without_a_sale_nothing_is_gained() -> None:
    assert gains_of(column(1, 1), column(5, 6), column(0, 0), column(0, 0)).size == 0
