"""What waits for the closing auction in the fast engine."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from alchemiser.domain.fast.auction import Auction, large_from
from alchemiser.domain.venue_model.liquidity import LiquidityTable

PRICES = np.array([50.0, 80.0, 0.5])
NOTHING = np.zeros((1, 3))
AUCTION = Auction(buy=NOTHING, sell=NOTHING, large=np.full((1, 3), np.inf))
RESERVE = 0.1


def taken(net: list[float], cash: float, auction: Auction = AUCTION) -> list[float]:
    found: list[float] = auction.taken(0, np.array(net), PRICES, cash, RESERVE).tolist()
    return found


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        ([57.3, 2.0, 0.0], [57, 2, 0]),
        ([-57.3, -0.6, -9.0], [57, 0, 9]),
        # Half a dollar's worth and less takes a whole share with it, if there is one.
        ([7.01, 0.0, 3.5], [6, 0, 2]),
        ([0.01, 0.0, 0.5], [0, 0, 0]),
        # A part of a share that is float noise is none.
        ([56.99999999999999, 0.0, 0.0], [57, 0, 0]),
    ],
)
def test_whole_shares_wait_where_one_side_is_traded(
    net: list[float], expected: list[float]
) -> None:
    """EX-07: whatever cash there is."""
    assert taken(net, cash=0.0) == expected


@pytest.mark.parametrize(("cash", "waits"), [(1_100.0, 20), (1_099.0, 0)])
def test_buys_beside_sells_wait_where_cash_pays_for_them_and_sells_never(
    cash: float, waits: float
) -> None:
    """OS-18: 20 shares at 50 dollars, taken to be a tenth dearer."""
    assert taken([20.0, -30.0, 0.0], cash) == [waits, 0, 0]


@pytest.mark.parametrize(
    ("usual", "large", "expected"),
    [
        (True, True, [10, 10, 0]),
        (True, False, [10, 0, 0]),
        (False, True, [0, 10, 0]),
        (False, False, [0, 0, 0]),
    ],
)
def test_large_orders_are_worked_as_the_owner_says(
    usual: bool, large: bool, expected: list[float]
) -> None:
    """An order of exactly so many dollars is large."""
    auction = replace(
        AUCTION, large=np.array([[500.01, 800.0, 1.0]]), usual_waits=usual, large_waits=large
    )

    assert taken([10.0, 10.0, 0.0], 0.0, auction) == expected


def test_order_is_large_from_where_the_square_root_law_says_so() -> None:
    """2 % x sqrt(Q / 1000) is 1 % at Q = 250; a symbol of which too little is known has no size."""
    table = LiquidityTable(
        sessions=(date(2024, 7, 2),),
        symbols=("A", "B", "C", "D"),  # type: ignore[arg-type]
        volatility=np.array([[0.02, np.nan, 0.02, 0.0]]),
        volume=np.array([[1000.0, 1000.0, np.nan, 1000.0]]),
    )

    found = large_from(table, np.array([[50.0, 50.0, 50.0, 50.0]]), 0.01)

    assert found.tolist() == [[250 * 50.0, np.inf, np.inf, np.inf]]
    assert large_from(table, np.full((1, 4), np.nan), 0.01).tolist() == [[np.inf] * 4]
