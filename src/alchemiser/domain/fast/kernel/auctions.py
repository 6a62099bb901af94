"""What waits for the closing auction."""

import numpy as np

from alchemiser.domain.fast.kernel.limits import money
from alchemiser.domain.fast.kernel.sums import total
from alchemiser.domain.fast.kernel.values import ALMOST, REST_MIN, Desk, Market, Terms
from alchemiser.domain.values.numbers import Floats


def wait(row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Find how many shares of what is traded wait for the auction of the session."""
    price = market.prices[row]
    sells_wait, buys_wait = sides(price, terms, desk)
    for n in range(len(price)):
        net = desk.net[n]
        is_large = abs(net) * price[n] >= market.large[row, n]
        waits = terms.large_waits if is_large else terms.usual_waits
        waits &= buys_wait if net > 0 else sells_wait
        desk.taken[n] = whole_part(net, price[n], terms) if waits else 0.0


def sides(price: Floats, terms: Terms, desk: Desk) -> tuple[bool, bool]:
    """Return whether sells may wait, and whether buys may: alone, or where cash pays for them."""
    bought, sold = 0, False
    for n in range(len(price)):
        net = desk.net[n]
        sold |= bool(net < 0)
        if net > 0:
            desk.room[bought] = net * price[n]
            bought += 1
    cost = (1.0 + terms.reserve) * total(desk.room[:bought])
    return bought == 0, not sold or bool(cost <= money(desk.cash, desk))


def whole_part(net: float, price: float, terms: Terms) -> float:
    """Return the whole shares of an order, less one where a part worth too little needs it."""
    shares = abs(net)
    whole = np.floor(shares * (1.0 + ALMOST))
    broken = shares - whole
    worst = price * (1.0 + (terms.reserve if net > 0 else -terms.reserve))
    little = 1.0 if (broken > 0) & (broken * worst < REST_MIN) else 0.0
    return float(max(whole - little, 0.0))
