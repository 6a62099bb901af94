"""Session after session."""

from math import isfinite, nan

from alchemiser.domain.fast.kernel.auctions import wait
from alchemiser.domain.fast.kernel.deals import deal, deal_alone
from alchemiser.domain.fast.kernel.limits import limit, money, skip_dust
from alchemiser.domain.fast.kernel.sums import clear, copy, product, total
from alchemiser.domain.fast.kernel.values import Desk, Market, Outcome, Space, Terms, desk_in
from alchemiser.domain.fast.kernel.wishes import gather, want


def run(market: Market, terms: Terms, space: Space, out: Outcome) -> None:
    """Run all sessions of `market` at a desk in `space`, and fill `out`.

    Where a price is missing that `terms` take to be there, it ends with an equity of NaN.
    """
    desk = desk_in(space, terms.reserve)
    for row in range(len(market.prices)):
        begin(row, market, desk)
        before = money(desk.cash, desk)
        trade(row, market, terms, desk, out)
        keep(row, market, desk, out, before)
        if not terms.gaps and not isfinite(out.sums[0, row]):
            out.sums[0, row] = nan
            break


def begin(row: int, market: Market, desk: Desk) -> None:
    """Book what happens as a session begins: interest on a debt, splits and dividends."""
    desk.apart[0] -= max(-money(desk.cash, desk), 0.0) * market.interest[row]
    if market.happens[row] >= 0:
        happen(row, market.happens[row], market, desk)
    if row < desk.last[0]:
        desk.apart[1] -= desk.due[row]
    elif desk.last[0] >= 0:
        # Without what rounding leaves, once nothing is owed any more.
        desk.apart[1], desk.last[0] = 0.0, -1


def happen(row: int, which: int, market: Market, desk: Desk) -> None:
    """Split shares and count dividends; what is paid later is owed until then."""
    income, ratio, paid = market.income[which], market.ratio[which], market.paid[which]
    clear(desk.more)
    for book in range(len(desk.cash)):
        shares = desk.shares[book]
        desk.cash[book] += product(shares, income, desk.room)
        for n in range(len(shares)):
            desk.more[n] += shares[n] * income[n]
            shares[n] *= ratio[n]
    for n in range(len(income)):
        late = desk.more[n] if paid[n] > row else 0.0
        desk.due[paid[n]] += late
        desk.more[n] = late
        if late > 0:
            desk.last[0] = max(desk.last[0], paid[n])
    desk.apart[1] += total(desk.more)


def trade(row: int, market: Market, terms: Terms, desk: Desk, out: Outcome) -> None:
    """Let the books trade in one session, and pay for it."""
    price = market.prices[row]
    for book in range(len(desk.cash)):
        desk.worth[book] = desk.cash[book] + product(desk.shares[book], price, desk.room)
    for book in range(len(desk.cash)):
        want(book, row, market, terms, desk)
    gather(price, terms, desk)
    skip_dust(price, terms, desk)
    if limit(price, terms, desk, out.bound[row]):
        # What a limit leaves of an order may not be worth one.
        skip_dust(price, terms, desk)
    if terms.auctions:
        wait(row, market, terms, desk)
        copy(desk.taken, out.auctioned[row])
    if len(desk.cash) == 1:
        deal_alone(row, market, terms, desk)
    else:
        deal(row, market, terms, desk)


def keep(row: int, market: Market, desk: Desk, out: Outcome, before: float) -> None:
    """Take down the session, `before` which the account had so many dollars of cash."""
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
    cash = money(desk.cash, desk)
    out.orders[row] = traded
    out.sums[0, row] = money(out.books[row], desk)
    out.sums[1, row] = cash
    out.sums[2, row] = total(desk.more)
    out.sums[3, row] = before - cash - total(desk.room)
    out.sums[4, row], out.sums[5, row] = desk.apart[0], desk.apart[1]
