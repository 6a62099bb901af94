"""What is traded, what it costs, and whose it is."""

from math import sqrt

from alchemiser.domain.fast.kernel.sums import product, total
from alchemiser.domain.fast.kernel.values import A_SHARE, Desk, Market, Terms


def cost_of(row: int, n: int, net: float, market: Market, terms: Terms) -> float:
    """Return what trading `net` shares of a symbol costs, in dollars."""
    # Both are read and neither is chosen: a compiler reads several symbols at once then.
    cost = (net if net > 0 else 0.0) * market.buy[row, n]
    cost += (-net if net < 0 else 0.0) * market.sell[row, n]
    if terms.moves:
        dollars = abs(net * market.prices[row, n])
        cost += market.impact[row, n] * (sqrt(dollars) * dollars)
    return float(cost - beyond(row, net, market) if net != 0 else 0.0)


def beyond(row: int, net: float, market: Market) -> float:
    """Return the dollars beyond the cap of a fee, which no order for `net` shares pays."""
    over = -net * market.fee[row] - market.fee_most[row]
    return float(over if over > 0 else 0.0)


def cost_in_parts(row: int, n: int, market: Market, terms: Terms, desk: Desk) -> float:
    """Return what trading a symbol costs, some of it in the closing auction, in dollars."""
    net, taken = desk.net[n], desk.taken[n]
    waiting = taken if net > 0 else -taken
    each = market.there_buy[row, n] if net > 0 else market.there_sell[row, n]
    there = taken * each - beyond(row, waiting, market)
    # Where nothing is traded there may be no price either.
    return cost_of(row, n, net - waiting, market, terms) + float(there) if net != 0 else 0.0


def price_deals(row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Find what trading each symbol costs, in dollars."""
    if terms.auctions:
        for n in range(len(desk.net)):
            desk.more[n] = cost_in_parts(row, n, market, terms, desk)
    else:
        for n in range(len(desk.net)):
            desk.more[n] = cost_of(row, n, desk.net[n], market, terms)


def deal_alone(row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Give what is traded to the only book."""
    shares = desk.shares[0]
    price_deals(row, market, terms, desk)
    for n in range(len(shares)):
        net = desk.net[n]
        after = shares[n] + net
        shares[n] = 0.0 if abs(after) < A_SHARE else after
        desk.room[n] = net * market.prices[row, n]
    desk.cash[0] -= total(desk.room) + total(desk.more)


def deal(row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Share out what is traded to the books that wanted it, and what they trade with each other.

    What each book trades takes the place of what it wanted, and what it pays that of its bands.
    """
    price = market.prices[row]
    price_deals(row, market, terms, desk)
    for n in range(len(price)):
        cross(n, desk)
        share_out(n, desk.more[n], desk)
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
