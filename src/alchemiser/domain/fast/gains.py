"""What sales have gained, by the average price that was paid."""

import numpy as np

from alchemiser.domain.values.numbers import Floats


def gains_of(shares: Floats, prices: Floats, paid: Floats, received: Floats) -> Floats:
    """Return dollars gained by each sale of a symbol in a session, (M,), in order of time.

    The exact engine matches lots first in first out; here all shares of a symbol have one average
    cost, so that a sale is one closed trade.

    Args:
        shares: float64 (T, N), held after each session.
        prices: float64 (T, N), dollars, known wherever something is traded.
        paid: float64 (T, N), dollars that buying one share costs besides.
        received: float64 (T, N), dollars that selling one share costs.
    """
    cost, held = np.zeros(shares.shape[1]), np.zeros(shares.shape[1])
    gains: list[Floats] = []
    for now, price, dearer, cheaper in zip(shares, prices, paid, received, strict=True):
        moved = now - held
        sold = np.flatnonzero(moved < 0)
        if sold.size:
            gains.append(-moved[sold] * (price[sold] - cheaper[sold] - cost[sold]))
        bought = np.flatnonzero(moved > 0)
        if bought.size:
            value = held[bought] * cost[bought] + moved[bought] * (price[bought] + dearer[bought])
            cost[bought] = value / now[bought]
        held = now
    return np.concatenate(gains) if gains else np.empty(0)
