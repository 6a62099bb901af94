"""What the books want."""

import numpy as np

from alchemiser.domain.fast.kernel.sums import clear, copy
from alchemiser.domain.fast.kernel.values import A_SHARE, ALMOST, EDGE, Desk, Market, Terms
from alchemiser.domain.values.numbers import Floats


def want(book: int, row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Find the shares that a book wants, and the dollars of its drift bands."""
    worth, owes = desk.worth[book], desk.cash[book] < 0
    shares, wanted, bands = desk.shares[book], desk.wanted[book], desk.bands[book]
    if owes and market.rests[book, row]:
        give(book, row, market, terms, desk)
        return
    if not acts(book, row, market, terms, desk) or is_near(book, row, market, terms, desk):
        clear(wanted)
        clear(bands)
        return
    price, goal = market.prices[row], market.weights[book, row]
    investable = worth if worth > 0 else 0.0
    band = 0.0 if owes else terms.band * worth
    for n in range(len(price)):
        some = goal[n] * terms.part / price[n] * investable
        change = (np.floor(some) if terms.whole else some) - shares[n]
        least = band if (shares[n] > 0) & (goal[n] > 0) else 0.0
        size = abs(change)
        wanted[n] = change if (size * price[n] >= least * EDGE) & (size >= A_SHARE) else 0.0
        bands[n] = least


def acts(book: int, row: int, market: Market, terms: Terms, desk: Desk) -> bool:
    """Return whether a book has weights for every symbol, and prices of all it holds or wants."""
    goal, shares, known = market.weights[book, row], desk.shares[book], True
    if not terms.gaps:
        for n in range(len(goal)):
            known &= bool(np.isfinite(goal[n]))
        return known
    priced = market.priced[row]
    for n in range(len(goal)):
        known &= bool(np.isfinite(goal[n]) & (priced[n] | ((shares[n] <= 0) & (goal[n] <= 0))))
    return known


def is_near(book: int, row: int, market: Market, terms: Terms, desk: Desk) -> bool:
    """Return whether a book is left alone, since it is within its threshold of its weights."""
    threshold, worth = market.thresholds[book], desk.worth[book]
    if threshold <= 0 or desk.cash[book] < 0:
        return False
    price, goal, shares = market.prices[row], market.weights[book, row], desk.shares[book]
    investable = (worth if worth > 0 else 0.0) * terms.invested
    near = True
    for n in range(len(price)):
        off = abs(shares[n] * price[n] - goal[n] * investable)
        near &= bool(((shares[n] > 0) == (goal[n] > 0)) & (off * EDGE <= threshold * investable))
    return near


def give(book: int, row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Give of everything, until a book that owes money is worth what it may invest."""
    worth, shares = desk.worth[book], desk.shares[book]
    holdings = worth - desk.cash[book]
    investable = (worth if worth > 0 else 0.0) * terms.invested
    left = min(investable / holdings, 1.0) if holdings > 0 else 0.0
    for n in range(len(shares)):
        desk.bands[book, n] = 0.0
        kept = shares[n] * left
        if terms.whole:
            kept = np.floor(kept * (1.0 + ALMOST))
        desk.wanted[book, n] = kept - shares[n] if not terms.gaps or market.priced[row, n] else 0.0


def gather(price: Floats, terms: Terms, desk: Desk) -> None:
    """Sum what the books want and hold."""
    wanted = desk.wanted[0]
    copy(desk.shares[0], desk.total)
    if len(desk.cash) > 1:
        copy(wanted, desk.net)
        wanted = desk.net
    for book in range(1, len(desk.cash)):
        for n in range(len(price)):
            wanted[n] += desk.wanted[book, n]
            desk.total[n] += desk.shares[book, n]
    for n in range(len(price)):
        desk.net[n] = np.trunc(wanted[n] * (1.0 + ALMOST)) if terms.whole else wanted[n]
