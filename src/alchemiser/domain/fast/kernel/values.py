"""What the kernel works on, and what it fills: nothing is left out, nothing is None."""

from typing import NamedTuple

import numpy as np

from alchemiser.domain.values.numbers import Floats, Mask

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
"""Numbers of sessions, 0-based, or counts."""
Table = np.ndarray[tuple[int, int], np.dtype[np.int64]]

A_SHARE = 1e-9
"""The smallest part of a share; less of one is nothing."""
ALMOST = 1e-12
"""How near below a whole share, as a fraction, counts as that share: floats do not decide it."""
EDGE = 1.0 - ALMOST
"""What part of an edge counts as the edge, for the same reason."""
REST_MIN = 1.0
"""Dollars that the part of an order that goes before the auction is worth at least."""
CLEARLY = 1.0 - 1e-9
"""What part of a limit is so clearly below it that no rounding of a sum reaches it."""


class Market(NamedTuple):
    """Hold the sessions; as in `FastInputs`, but nothing is left out.

    Attributes:
        prices: float64 (T, N), dollars, the last known ones where there is none.
        priced: bool (T, N), where there is a price; (1, 1) where there is one everywhere.
        buy: float64 (T, N), dollars.
        sell: float64 (T, N), dollars.
        fee: float64 (T,), dollars a share sold, a part of `sell`; zero where none is capped.
        fee_most: float64 (T,), dollars of it an order.
        impact: float64 (T, N), dollars per power 3/2 of the dollars traded; (1, 1) without any.
        weights: float64 (B, T, N).
        rests: bool (B, T).
        thresholds: float64 (B,).
        happens: int64 (T,), which of H happenings comes before a session, below zero for none.
        ratio: float64 (H, N).
        income: float64 (H, N), dollars.
        paid: int64 (H, N), rows, that of the happening itself where it pays at once.
        interest: float64 (T,).
        there_buy: float64 (T, N), dollars in the closing auction; (1, 1) where nothing waits for
            it, as the two below.
        there_sell: float64 (T, N), dollars there.
        large: float64 (T, N), dollars from which on an order is large.
    """

    prices: Floats
    priced: Mask
    buy: Floats
    sell: Floats
    fee: Floats
    fee_most: Floats
    impact: Floats
    weights: Floats
    rests: Mask
    thresholds: Floats
    happens: Rows
    ratio: Floats
    income: Floats
    paid: Table
    interest: Floats
    there_buy: Floats
    there_sell: Floats
    large: Floats


class Terms(NamedTuple):
    """Hold the rules and the limits; as in `Rules` and `Bounds`.

    Attributes:
        invested: Share of equity that may be invested.
        part: The same, a little more where shares are whole.
        band: The drift band.
        minimum: The smallest order, dollars.
        whole: Whether shares are whole.
        reserve: How much worse than its price a trade is taken to be.
        gaps: Whether anything has no price in some session.
        moves: Whether trades have an impact.
        factors: float64 (K, N).
        largest: float64 (K,), the largest of each limit's factors, at least zero.
        most: float64 (K,).
        position: float64 (N,), or (0,) where no symbol has a limit.
        turnover: The most that is traded, below zero without a limit.
        auctions: Whether anything waits for the closing auction.
        usual_waits: Whether orders that are not large do.
        large_waits: Whether large ones do.
    """

    invested: float
    part: float
    band: float
    minimum: float
    whole: bool
    reserve: float
    gaps: bool
    moves: bool
    factors: Floats
    largest: Floats
    most: Floats
    position: Floats
    turnover: float
    auctions: bool
    usual_waits: bool
    large_waits: bool


class Outcome(NamedTuple):
    """Hold what becomes of the sessions; as in `FastRun`.

    Attributes:
        held: float64 (T, B, N), shares after each session.
        books: float64 (T, B), dollars of equity.
        sums: float64 (6, T), dollars of equity, cash, traded, costs, the house, and what is owed.
        orders: int64 (T,).
        bound: bool (T, K + 3), which limits cut: turnover, position, the K others, money.
        auctioned: float64 (T, N), shares; (1, 1) where nothing waits for the auction.
    """

    held: Floats
    books: Floats
    sums: Floats
    orders: Rows
    bound: Mask
    auctioned: Floats


class Desk(NamedTuple):
    """Hold what changes from session to session, and room to work in.

    Attributes:
        cash: float64 (B,), dollars.
        apart: float64 (2,), dollars of the house, and of dividends that are owed.
        last: float64 (1,), the row at which the last of these is paid, below zero without any.
        due: float64 (T + 1,), dollars that are paid at each row; those of the last one never.
        worth: float64 (B,), dollars, before the session's trades.
        wanted: float64 (B, N), shares.
        bands: float64 (B, N), dollars.
        shares: float64 (B, N).
        total: float64 (N,), shares of all books before the session.
        net: float64 (N,), shares that are traded.
        taken: float64 (N,), how many of them wait for the closing auction.
        dollars: float64 (N,), what is to be spent.
        kept: float64 (N,), dollars of what is not sold.
        worst: float64 (N,), dollars that a dollar's worth may cost.
        room: float64 (N,), to work in.
        more: float64 (N,), to work in.
    """

    cash: Floats
    apart: Floats
    last: Floats
    due: Floats
    worth: Floats
    wanted: Floats
    bands: Floats
    shares: Floats
    total: Floats
    net: Floats
    taken: Floats
    dollars: Floats
    kept: Floats
    worst: Floats
    room: Floats
    more: Floats


class Space(NamedTuple):
    """Hold what a desk lies in: two arrays, for handing over sixteen takes longer than some runs.

    Attributes:
        each: float64 (3, B, N), zero.
        rest: float64 (2 B + T + 4 + 8 N,), zero but for the cash of each book, and then that of
            the house.
    """

    each: Floats
    rest: Floats


def space_of(books: int, rows: int, columns: int) -> Space:
    """Return the space for a desk of so many books, sessions and symbols, all zero."""
    rest = np.zeros(2 * books + rows + 4 + 8 * columns)
    return Space(each=np.zeros((3, books, columns)), rest=rest)


def desk_in(space: Space, reserve: float) -> Desk:
    """Return a desk that lies in `space`; `reserve` is that of `Terms`."""
    _, books, columns = space.each.shape
    rest, first = space.rest, 2 * books + 2
    due = first + 8 * columns + 1
    rest[due - 1] = -1.0
    rest[first : first + columns] = 1.0 + reserve
    return Desk(
        cash=rest[:books],
        apart=rest[books : books + 2],
        last=rest[due - 1 : due],
        due=rest[due:],
        worth=rest[books + 2 : first],
        wanted=space.each[0],
        bands=space.each[1],
        shares=space.each[2],
        total=rest[first + columns : first + 2 * columns],
        net=rest[first + 2 * columns : first + 3 * columns],
        taken=rest[first + 3 * columns : first + 4 * columns],
        dollars=rest[first + 4 * columns : first + 5 * columns],
        kept=rest[first + 5 * columns : first + 6 * columns],
        worst=rest[first : first + columns],
        room=rest[first + 6 * columns : first + 7 * columns],
        more=rest[first + 7 * columns : due - 1],
    )
