"""A sale gains what it brings above the average price that was paid."""

import numpy as np
import pytest

from alchemiser.domain.fast.gains import sales_of


def column(*values: float) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.array([[float(value)] for value in values])


def test_a_sale_gains_on_the_average_of_what_was_paid() -> None:
    shares, prices = column(10, 30, 30, 5, 0), column(10, 13, 99, 15, 11)
    nothing = np.zeros_like(prices)

    assert sales_of(shares, prices, nothing, nothing).gains == pytest.approx([25 * 3.0, 5 * -1.0])


def test_costs_of_both_sides_count() -> None:
    shares, prices = column(10, 0), column(10, 10)

    found = sales_of(shares, prices, np.full_like(prices, 0.1), np.full_like(prices, 0.2))

    assert found.gains == pytest.approx([10 * -0.3])
    assert found.cost == pytest.approx([10 * 10.1])


def test_what_is_bought_again_has_a_new_cost() -> None:
    shares, prices = column(1, 0, 1, 0), column(10, 20, 30, 31)
    nothing = np.zeros_like(prices)

    assert sales_of(shares, prices, nothing, nothing).gains == pytest.approx([10.0, 1.0])


def test_without_a_sale_nothing_is_gained() -> None:
    found = sales_of(column(1, 1), column(5, 6), column(0, 0), column(0, 0))

    assert found.gains.size == found.rows.size == 0


def test_a_sale_tells_its_session_its_symbol_and_its_shares() -> None:
    shares = np.array([[10.0, 3.0], [10.0, 0.0], [4.0, 0.0]])
    nothing, prices = np.zeros_like(shares), np.full_like(shares, 7.0)

    found = sales_of(shares, prices, nothing, nothing)

    assert list(zip(found.rows, found.columns, found.shares, strict=True)) == [(1, 1, 3), (2, 0, 6)]
