"""What is traded, what it costs, and whose it is."""

from math import sqrt

from alchemiser.domain.fast.kernel.sums import product, total
from alchemiser.domain.fast.kernel.values import A_SHARE, Desk, Market, Terms


def cost_of(row: int, n: int, net: float, market: Market, terms: Terms) -> float:
    """Return what trading `net` shares of a symbol costs, in dollars."""
    # Both are read whatever is traded: a compiler can do several symbols at once then.
    bought, sold = market.buy[row, n], market.sell[row, n]
    cost = abs(net) * (bought if net > 0 else sold)
    if terms.moves:
        dollars = abs(net * market.prices[row, n])
        cost += market.impact[row, n] * (sqrt(dollars) * dollars)
    return float(cost if net != 0 else 0.0)


def deal_alone(row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Give what is traded to the only book."""
    shares = desk.shares[0]
    for n in range(len(shares)):
        net = desk.net[n]
        after = shares[n] + net
        shares[n] = 0.0 if abs(after) < A_SHARE else after
        desk.room[n] = net * market.prices[row, n]
        desk.more[n] = cost_of(row, n, net, market, terms)
    desk.cash[0] -= total(desk.room) + total(desk.more)


def deal(row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Share out what is traded to the books that wanted it, and what they trade with each other.

    What each book trades takes the place of what it wanted, and what it pays that of its bands.
    """
    price = market.prices[row]
    for n in range(len(price)):
        cross(n, desk)
        share_out(n, cost_of(row, n, desk.net[n], market, terms), desk)
    for book in range(len(desk.cash)):
        moved = product(desk.wanted[book], price, desk.room)
        desk.cash[book] -= moved + total(desk.bands[book])
        for n in range(len(price)):
            after = desk.shares[book, n] + desk.wanted[book, n]
            desk.shares[book, n] = 0.0 if abs(after) < A_SHARE else after


def cross(n: int, desk: Desk) -> None:
    """Let books trade a symbol with each other; what they want besides takes the bands' place."""
    net, bought, sold = desk.net[n], 0.0, 0.0
    for book in range(len(desk.cash)):
        bought += max(desk.wanted[book, n], 0.0)
        sold += max(-desk.wanted[book, n], 0.0)
    crossed = min(bought, sold)
    for book in range(len(desk.cash)):
        wanted, moved = desk.wanted[book, n], 0.0
        if bought > 0:
            moved += max(wanted, 0.0) / bought * crossed
        if sold > 0:
            moved -= max(-wanted, 0.0) / sold * crossed
        claim = abs(wanted) if wanted * net > 0 else 0.0
        desk.bands[book, n] = max(claim - abs(moved), 0.0)
        desk.wanted[book, n] = moved


def share_out(n: int, cost: float, desk: Desk) -> None:
    """Give what is traded of a symbol, and what it costs, to the books that still want it."""
    left = 0.0
    for book in range(len(desk.cash)):
        left += desk.bands[book, n]
    for book in range(len(desk.cash)):
        part = desk.bands[book, n] / left if left > 0 else 0.0
        desk.wanted[book, n] += part * desk.net[n]
        desk.bands[book, n] = part * cost if left > 0 else 0.0
