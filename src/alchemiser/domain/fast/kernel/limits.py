"""What the account may not do: small orders, and what is beyond its limits."""

import numpy as np

from alchemiser.domain.fast.kernel.sums import product, total
from alchemiser.domain.fast.kernel.values import A_SHARE, ALMOST, CLEARLY, EDGE, Desk, Terms
from alchemiser.domain.values.numbers import Floats, Mask


def skip_dust(price: Floats, terms: Terms, desk: Desk) -> None:
    """Leave out changes not worth an order; what leaves the account altogether is worth one."""
    if not terms.band and not terms.minimum:
        return
    for n in range(len(price)):
        net, least = desk.net[n], np.inf
        for book in range(len(desk.cash)):
            if desk.wanted[book, n] * net > 0:
                least = min(least, desk.bands[book, n])
        smallest = max(terms.minimum, least if least < np.inf else 0.0)
        leaves = net < 0 and abs(net + desk.total[n]) < A_SHARE
        if abs(net) * price[n] < smallest * EDGE and not leaves:
            desk.net[n] = 0.0


def limit(price: Floats, terms: Terms, desk: Desk, bound: Mask) -> bool:
    """Cut what is bought to the limits, mark in `bound` which did, and return whether any did."""
    sold = part(price, desk)
    cash, proceeds = money(desk.cash, desk), sold * (1.0 - terms.reserve)
    equity = money(desk.worth, desk) - terms.reserve * sold
    spent = limit_worth(equity, proceeds, price, terms, desk, bound)
    if not surely_fits(1.0 + terms.reserve, spent, cash + proceeds):
        bound[-1] = scale(desk.worst, cash + proceeds, price, terms, desk)
    if not any_of(bound):
        return False
    for n in range(len(price)):
        bought = desk.dollars[n] / price[n]
        desk.net[n] = min(desk.net[n], 0.0) + (np.rint(bought) if terms.whole else bought)
    return True


def money(dollars: Floats, desk: Desk) -> float:
    """Return what the account has when books have `dollars`, (B,)."""
    summed = total(dollars) if len(dollars) > 1 else 0.0 + dollars[0]
    return float(summed + desk.apart[0] - desk.apart[1])


def limit_worth(
    equity: float, proceeds: float, price: Floats, terms: Terms, desk: Desk, bound: Mask
) -> float:
    """Cut what is bought to the shares of `equity` that limits leave, and return its dollars."""
    spent, kept = total(desk.dollars), total(desk.kept)
    if terms.turnover >= 0:
        room = terms.turnover * (equity - terms.reserve * spent) - proceeds
        if not surely_fits(1.0 + terms.reserve, spent, room):
            bound[0] = scale(desk.worst, room, price, terms, desk)
            spent = total(desk.dollars)
    if len(terms.position):
        bound[1] = limit_each(equity - terms.reserve * spent, price, terms, desk)
        if bound[1]:
            spent = total(desk.dollars)
    for k in range(len(terms.most)):
        most = terms.most[k] * (equity - terms.reserve * spent)
        if not surely_fits(terms.largest[k], spent + kept, most):
            room = most - product(terms.factors[k], desk.kept, desk.room)
            bound[k + 2] = scale(terms.factors[k], room, price, terms, desk)
            spent = total(desk.dollars)
    return spent


def surely_fits(largest: float, dollars: float, most: float) -> bool:
    """Return whether `dollars` that count for `largest` at most are so clearly below `most`.

    What each of them counts for need not be summed then: the sum's own rounding cannot matter.
    """
    return bool(largest * dollars <= most * CLEARLY)


def any_of(marks: Mask) -> bool:
    """Return whether anything is marked."""
    found = False
    for place in range(len(marks)):
        found |= bool(marks[place])
    return found


def part(price: Floats, desk: Desk) -> float:
    """Part what is spent from what is kept, and return the dollars of what is sold."""
    for n in range(len(price)):
        net = desk.net[n]
        less = net if net < 0 else 0.0
        desk.dollars[n] = (net if net > 0 else 0.0) * price[n]
        desk.room[n] = less * price[n]
        desk.kept[n] = (desk.total[n] + less) * price[n]
    return -total(desk.room)


def scale(each: Floats, room: float, price: Floats, terms: Terms, desk: Desk) -> bool:
    """Cut by one factor what takes from `room` dollars, `each` a dollar; return whether it did."""
    asked, there = product(each, desk.dollars, desk.room), max(room, 0.0)
    if not asked > there * (1.0 + ALMOST):
        return False
    for n in range(len(price)):
        desk.dollars[n] *= there / asked if each[n] != 0 else 1.0
    round_dollars(price, terms, desk)
    return True


def limit_each(worth: float, price: Floats, terms: Terms, desk: Desk) -> bool:
    """Cut each symbol to its own share of `worth`, beside what is kept; return whether it did."""
    cut = False
    for n in range(len(price)):
        room = terms.position[n] * worth - desk.kept[n]
        desk.room[n] = room if room > 0 else 0.0
        cut |= bool(desk.dollars[n] > desk.room[n] * (1.0 + ALMOST))
    if cut:
        for n in range(len(price)):
            desk.dollars[n] = min(desk.dollars[n], desk.room[n])
        round_dollars(price, terms, desk)
    return cut


def round_dollars(price: Floats, terms: Terms, desk: Desk) -> None:
    """Round what is spent down to whole shares, where these are whole."""
    for n in range(len(price)):
        shares = desk.dollars[n] / price[n]
        if terms.whole:
            shares = np.floor(shares * (1.0 + ALMOST))
        desk.dollars[n] = shares * price[n]
