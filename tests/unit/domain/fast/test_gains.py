"""A sale gains what it brings above what its own lots had cost, the oldest first."""

import numpy as np
import pytest

from alchemiser.domain.fast.gains import sales_of


def column(*values: float) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.array([[float(value)] for value in values])


def test_the_oldest_lot_is_sold_first() -> None:
    shares, prices = column(10, 30, 30, 15, 0), column(10, 13, 99, 15, 11)
    nothing = np.zeros_like(prices)

    found = sales_of(shares, prices, nothing, nothing)

    told = zip(found.opened, found.rows, found.shares, found.gains, strict=True)
    assert list(told) == [(0, 3, 10, 50), (1, 3, 5, 10), (1, 4, 15, -30)]


def test_what_rounding_leaves_of_a_lot_is_no_trade() -> None:
    shares, prices = column(0.1, 0.3, 0.6, 0.2, 0.0, 0.7, 0), column(*[10] * 7)
    nothing = np.zeros_like(prices)

    found = sales_of(shares, prices, nothing, nothing)

    assert list(zip(found.opened, found.rows, strict=True)) == [
        (0, 3),
        (1, 3),
        (2, 3),
        (2, 4),
        (5, 6),
    ]
    assert found.shares == pytest.approx([0.1, 0.2, 0.1, 0.2, 0.7])


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
