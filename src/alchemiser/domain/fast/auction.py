"""What of a session's trades waits for the closing auction, as `planning.closing` decides it."""

from dataclasses import dataclass, replace

import numpy as np

from alchemiser.domain.fast.kernel.values import ALMOST, REST_MIN
from alchemiser.domain.values.numbers import Floats, Mask
from alchemiser.domain.venue_model.liquidity import LiquidityTable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Auction:
    """Say what trades in the closing auction, and what it costs there; float64.

    Attributes:
        buy: (T, N) dollars that buying one share there costs.
        sell: (T, N) the same of selling one.
        large: (T, N) dollars from which on an order is large; infinite where none is.
        usual_waits: Whether orders that are not large wait for it.
        large_waits: Whether large ones do.
    """

    buy: Floats
    sell: Floats
    large: Floats
    usual_waits: bool = True
    large_waits: bool = True

    def between(self, first: int, end: int) -> "Auction":
        """Return the auctions of the sessions from row `first` up to `end`."""
        return replace(
            self, buy=self.buy[first:end], sell=self.sell[first:end], large=self.large[first:end]
        )

    def taken(self, row: int, net: Floats, prices: Floats, cash: float, reserve: float) -> Floats:
        """Return how many shares of what is traded in a session wait for its auction, (N,).

        Whole shares only. Buys wait where nothing is sold or `cash` pays for all of them, sells
        where nothing is bought.

        Args:
            row: The session, 0-based.
            net: float64 (N,), shares bought, negative where sold.
            prices: float64 (N,), dollars.
            cash: Dollars before anything is traded.
            reserve: How much worse than its price a trade is taken to be, a fraction.
        """
        dollars = np.abs(net) * prices
        waits: Mask = np.where(dollars >= self.large[row], self.large_waits, self.usual_waits)
        is_bought, is_sold = net > 0, net < 0
        if is_bought.any() and is_sold.any():
            cost = (1.0 + reserve) * float(np.add.reduce(dollars[is_bought]))
            waits &= is_bought & (cost <= cash)
        shares = np.abs(net)
        whole = np.floor(shares * (1.0 + ALMOST))
        broken, worst = shares - whole, prices * (1.0 + np.sign(net) * reserve)
        # A part of a share that is worth too little takes a whole one with it.
        little = (broken > 0) & (broken * worst < REST_MIN)
        return np.where(waits, np.maximum(whole - little, 0.0), 0.0)


def large_from(table: LiquidityTable, prices: Floats, impact: float) -> Floats:
    """Return from how many dollars on an order is estimated to move its price by `impact`.

    Args:
        table: What is known of each symbol as each of T sessions begins.
        prices: float64 (T, N), dollars; NaN where there is none.
        impact: A fraction of the price.

    Returns:
        float64 (T, N), infinite where too little is known to say.
    """
    known = (table.volume > 0) & (table.volatility > 0) & np.isfinite(prices)
    days = np.divide(impact, table.volatility, out=np.zeros_like(prices), where=known) ** 2
    return np.where(known, days * table.volume * prices, np.inf)
