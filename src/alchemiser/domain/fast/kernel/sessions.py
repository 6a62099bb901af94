"""Session after session."""

from alchemiser.domain.fast.kernel.deals import deal, deal_alone
from alchemiser.domain.fast.kernel.limits import limit, skip_dust
from alchemiser.domain.fast.kernel.sums import copy, product, total
from alchemiser.domain.fast.kernel.values import Desk, Market, Outcome, Terms
from alchemiser.domain.fast.kernel.wishes import gather, want
from alchemiser.domain.values.numbers import Mask


def run(market: Market, terms: Terms, desk: Desk, out: Outcome) -> None:
    """Run all sessions of `market` and fill `out`."""
    before = total(desk.cash) + terms.idle
    for row in range(len(market.prices)):
        trade(row, market, terms, desk, out.bound[row])
        before = keep(row, market, terms, desk, out, before)


def trade(row: int, market: Market, terms: Terms, desk: Desk, bound: Mask) -> None:
    """Let the books trade in one session, and pay for it."""
    price = market.prices[row]
    for book in range(len(desk.cash)):
        desk.worth[book] = desk.cash[book] + product(desk.shares[book], price, desk.room)
    for book in range(len(desk.cash)):
        want(book, row, market, terms, desk)
    gather(price, terms, desk)
    skip_dust(price, terms, desk)
    if limit(price, terms, desk, bound):
        # What a limit leaves of an order may not be worth one.
        skip_dust(price, terms, desk)
    if len(desk.cash) == 1:
        deal_alone(row, market, terms, desk)
    else:
        deal(row, market, terms, desk)


def keep(row: int, market: Market, terms: Terms, desk: Desk, out: Outcome, before: float) -> float:
    """Take down the session, and return the dollars of cash after it; `before` are those before."""
    price, traded = market.prices[row], 0
    for book in range(len(desk.cash)):
        copy(desk.shares[book], out.held[row, book])
        worth = product(desk.shares[book], price, desk.room)
        out.books[row, book] = desk.cash[book] + worth
    after = desk.shares[0]
    if len(desk.cash) > 1:
        copy(after, desk.net)
        after = desk.net
    for book in range(1, len(desk.cash)):
        for n in range(len(price)):
            after[n] += desk.shares[book, n]
    for n in range(len(price)):
        moved = after[n] - desk.total[n]
        traded += moved != 0
        desk.room[n] = moved * price[n]
        desk.more[n] = abs(moved) * price[n]
    cash = total(desk.cash) + terms.idle
    out.orders[row] = traded
    out.sums[0, row] = total(out.books[row]) + terms.idle
    out.sums[1, row] = cash
    out.sums[2, row] = total(desk.more)
    out.sums[3, row] = before - cash - total(desk.room)
    return cash
