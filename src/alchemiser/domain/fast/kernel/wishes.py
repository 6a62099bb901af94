"""What the books want."""

import numpy as np

from alchemiser.domain.fast.kernel.sums import clear, copy
from alchemiser.domain.fast.kernel.values import A_SHARE, ALMOST, Desk, Market, Terms
from alchemiser.domain.values.numbers import Floats


def want(book: int, row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Find the shares that a book wants, and the dollars of its drift bands."""
    worth, owes = desk.worth[book], desk.cash[book] < 0
    shares, wanted, bands = desk.shares[book], desk.wanted[book], desk.bands[book]
    clear(bands)
    if owes and market.rests[book, row]:
        give(book, row, market, terms, desk)
        return
    acts = follows(book, row, market) and not misses(book, row, market, desk)
    if not acts or is_near(book, row, market, terms, desk):
        clear(wanted)
        return
    price, goal = market.prices[row], market.weights[book, row]
    investable = worth if worth > 0 else 0.0
    band = 0.0 if owes else terms.band * worth
    for n in range(len(price)):
        some = goal[n] * terms.part / price[n] * investable
        change = (np.floor(some) if terms.whole else some) - shares[n]
        least = band if (shares[n] > 0) & (goal[n] > 0) else 0.0
        size = abs(change)
        wanted[n] = change if (size * price[n] >= least) & (size >= A_SHARE) else 0.0
        bands[n] = least


def follows(book: int, row: int, market: Market) -> bool:
    """Return whether a book has weights for every symbol."""
    goal, known = market.weights[book, row], True
    for n in range(len(goal)):
        known &= bool(np.isfinite(goal[n]))
    return known


def misses(book: int, row: int, market: Market, desk: Desk) -> bool:
    """Return whether something that a book holds or wants has no price."""
    goal, shares, priced = market.weights[book, row], desk.shares[book], market.priced[row]
    found = False
    for n in range(len(goal)):
        found |= bool((not priced[n]) & ((shares[n] > 0) | (goal[n] > 0)))
    return found


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
        near &= bool(((shares[n] > 0) == (goal[n] > 0)) & (off <= threshold * investable))
    return near


def give(book: int, row: int, market: Market, terms: Terms, desk: Desk) -> None:
    """Give of everything, until a book that owes money is worth what it may invest."""
    worth, shares = desk.worth[book], desk.shares[book]
    holdings = worth - desk.cash[book]
    investable = (worth if worth > 0 else 0.0) * terms.invested
    left = min(investable / holdings, 1.0) if holdings > 0 else 0.0
    for n in range(len(shares)):
        kept = shares[n] * left
        if terms.whole:
            kept = np.floor(kept * (1.0 + ALMOST))
        desk.wanted[book, n] = kept - shares[n] if market.priced[row, n] else 0.0


def gather(price: Floats, terms: Terms, desk: Desk) -> None:
    """Sum what the books want and hold."""
    copy(desk.wanted[0], desk.net)
    copy(desk.shares[0], desk.total)
    for book in range(1, len(desk.cash)):
        for n in range(len(price)):
            desk.net[n] += desk.wanted[book, n]
            desk.total[n] += desk.shares[book, n]
    if terms.whole:
        for n in range(len(price)):
            desk.net[n] = np.trunc(desk.net[n] * (1.0 + ALMOST))
