"""What sales have gained, by the average price that was paid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sales:
    """Hold M sales in order of time, one a symbol and session.

    Attributes:
        rows: int (M,), sessions (0-based).
        columns: int (M,), symbols (0-based).
        shares: float64 (M,), shares sold.
        cost: float64 (M,), dollars that they had cost.
        gains: float64 (M,), dollars gained.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    shares: Floats
    cost: Floats
    gains: Floats


def sales_of(shares: Floats, prices: Floats, paid: Floats, received: Floats) -> Sales:
    """Return every sale of a symbol in a session, and what it has gained.

    The exact engine matches lots first in first out; here all shares of a symbol have one average
    cost, so that a sale is one closed trade.

    Args:
        shares: float64 (T, N), held after each session.
        prices: float64 (T, N), dollars, known wherever something is traded.
        paid: float64 (T, N), dollars that buying one share costs besides.
        received: float64 (T, N), dollars that selling one share costs.
    """
    cost, held = np.zeros(shares.shape[1]), np.zeros(shares.shape[1])
    costs = np.zeros(shares.shape)
    for row, (now, price, dearer) in enumerate(zip(shares, prices, paid, strict=True)):
        costs[row] = cost
        bought = np.flatnonzero(now > held)
        if bought.size:
            moved = now[bought] - held[bought]
            value = held[bought] * cost[bought] + moved * (price[bought] + dearer[bought])
            cost[bought] = value / now[bought]
        held = now
    moved = np.diff(shares, axis=0, prepend=np.zeros_like(shares[:1]))
    rows, columns = np.nonzero(moved < 0)
    sold, each = -moved[rows, columns], costs[rows, columns]
    return Sales(
        rows=rows,
        columns=columns,
        shares=sold,
        cost=sold * each,
        gains=sold * (prices[rows, columns] - received[rows, columns] - each),
    )
