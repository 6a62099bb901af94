"""How inputs reach a kernel, and what it has found leaves it."""

from collections.abc import Callable

import numpy as np

from alchemiser.domain.fast.inputs import Costs, FastInputs, FastRun
from alchemiser.domain.fast.kernel.values import (
    ALMOST,
    Market,
    Outcome,
    Rows,
    Space,
    Table,
    Terms,
    space_of,
)
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.numbers import Floats, Mask

Kernel = Callable[[Market, Terms, Space, Outcome], None]
"""`sessions.run`, or the same compiled."""

# What is told of what there is not; only read.
_NONE = np.zeros((1, 1))
_NO_MARKS = np.zeros((1, 1), np.bool_)
_NO_NUMBERS = np.empty((0, 1), np.int64)


def run_whole(kernel: Kernel, inputs: FastInputs) -> FastRun | None:
    """Run all sessions of `inputs` with `kernel`, or return None where a price is missing.

    That is found on the way: to look at all prices beforehand takes a tenth of what the run does.
    """
    out = _ran(kernel, inputs, inputs.prices, None)
    return _told(inputs, out) if np.isfinite(out.sums[0]).all() else None


def run_with(kernel: Kernel, inputs: FastInputs, prices: Floats, priced: Mask) -> FastRun:
    """Run all sessions of `inputs` with `kernel`.

    Args:
        kernel: What runs them.
        inputs: The sessions.
        prices: float64 (T, N), dollars, the last known ones where there is none.
        priced: bool (T, N), where there is a price.
    """
    return _told(inputs, _ran(kernel, inputs, prices, priced))


def _ran(kernel: Kernel, inputs: FastInputs, prices: Floats, priced: Mask | None) -> Outcome:
    out = _outcome(inputs)
    terms = _terms(inputs, gaps=priced is not None)
    kernel(_market(inputs, prices, priced), terms, _space(inputs), out)
    return out


def _told(inputs: FastInputs, out: Outcome) -> FastRun:
    return FastRun(
        equity=out.sums[0],
        cash=out.sums[1],
        house=out.sums[4],
        owed=out.sums[5],
        positions=out.held,
        books=out.books,
        traded=out.sums[2],
        costs=out.sums[3],
        orders=out.orders,
        limited=_limited(inputs, out),
        auctioned=None if inputs.costs.auction is None else out.auctioned,
    )


def _limited(inputs: FastInputs, out: Outcome) -> tuple[tuple[int, str], ...]:
    """Return row and code of every limit that bound."""
    places = np.flatnonzero(out.bound).tolist()
    if not places:
        return ()
    codes = (RiskCode.MAX_TURNOVER, RiskCode.MAX_POSITION, *inputs.bounds.codes)
    names = [code.value for code in (*codes, RiskCode.BUYING_POWER)]
    cuts = (divmod(place, len(names)) for place in places)
    return tuple((row, names[place]) for row, place in cuts)


def example() -> tuple[Market, Terms, Space, Outcome]:
    """Return what a kernel may be called with: one symbol in one session."""
    one = np.ones((1, 1))
    costs = Costs(buy=one, sell=one)
    inputs = FastInputs(prices=one, weights=one[None], capital=one[0], costs=costs)
    return _market(inputs, one, None), _terms(inputs, gaps=False), _space(inputs), _outcome(inputs)


def _plain(array: Floats) -> Floats:
    """Return `array` as the one kind that is compiled for, copied only when it is another."""
    flags = array.flags
    if array.dtype == np.float64 and flags.carray:
        return array
    return np.require(array, np.float64, ["C", "W"])


def _market(inputs: FastInputs, prices: Floats, priced: Mask | None) -> Market:
    books, rows, _ = inputs.weights.shape
    impact = inputs.costs.impact
    rests, thresholds, buy = inputs.rests, inputs.thresholds, _plain(inputs.costs.buy)
    same = inputs.costs.buy is inputs.costs.sell
    happens, ratio, income, paid = _happenings(inputs)
    capped, auction, nothing = inputs.costs.capped, inputs.costs.auction, np.zeros(rows)
    return Market(
        prices=_plain(prices),
        priced=_NO_MARKS if priced is None else np.require(priced, np.bool_, ["C", "W"]),
        buy=buy,
        sell=buy if same else _plain(inputs.costs.sell),
        fee=nothing if capped is None else _plain(capped.per_share),
        fee_most=nothing if capped is None else _plain(capped.most),
        impact=_NONE if impact is None else _plain(impact),
        weights=_plain(inputs.weights),
        rests=np.zeros((books, rows), np.bool_)
        if rests is None
        else np.require(rests, np.bool_, ["C", "W"]),
        thresholds=np.zeros(books) if thresholds is None else _plain(thresholds),
        interest=nothing if inputs.interest is None else _plain(inputs.interest),
        happens=happens,
        ratio=ratio,
        income=income,
        paid=paid,
        there_buy=_NONE if auction is None else _plain(auction.buy),
        there_sell=_NONE if auction is None else _plain(auction.sell),
        large=_NONE if auction is None else _plain(auction.large),
    )


def _happenings(inputs: FastInputs) -> tuple[Rows, Floats, Floats, Table]:
    """Return which happening comes before which session, and what all of them do."""
    _, rows, columns = inputs.weights.shape
    told = sorted(inputs.happenings.items())
    happens = np.full(rows, -1, np.int64)
    if not told:
        return happens, _NONE, _NONE, _NO_NUMBERS
    ratio, income = np.empty((2, len(told), columns))
    paid = np.empty((len(told), columns), np.int64)
    for which, (row, one) in enumerate(told):
        happens[row] = which
        ratio[which], income[which] = one.ratio, one.income
        paid[which] = np.minimum(one.paid, rows)
    return happens, ratio, income, paid


def _terms(inputs: FastInputs, *, gaps: bool) -> Terms:
    rules, bounds, auction = inputs.rules, inputs.bounds, inputs.costs.auction
    invested = 1.0 - float(rules.cash_buffer)
    return Terms(
        invested=invested,
        part=invested * (1.0 + ALMOST if rules.whole else 1.0),
        band=float(rules.drift_band),
        minimum=float(rules.minimum_trade),
        whole=bool(rules.whole),
        reserve=float(rules.reserve),
        gaps=gaps,
        moves=inputs.costs.impact is not None,
        factors=_plain(bounds.factors),
        largest=np.maximum.reduce(_plain(bounds.factors), axis=1, initial=0.0),
        most=_plain(bounds.most),
        position=np.empty(0) if bounds.position is None else _plain(bounds.position),
        turnover=-1.0 if bounds.turnover is None else float(bounds.turnover),
        auctions=auction is not None,
        usual_waits=auction is not None and bool(auction.usual_waits),
        large_waits=auction is not None and bool(auction.large_waits),
    )


def _space(inputs: FastInputs) -> Space:
    books, rows, columns = inputs.weights.shape
    space = space_of(books, rows, columns)
    space.rest[:books] = inputs.capital
    space.rest[books] = inputs.idle
    return space


def _outcome(inputs: FastInputs) -> Outcome:
    books, rows, columns = inputs.weights.shape
    return Outcome(
        held=np.empty((rows, books, columns)),
        books=np.empty((rows, books)),
        sums=np.empty((6, rows)),
        orders=np.empty(rows, dtype=np.int64),
        bound=np.zeros((rows, len(inputs.bounds.codes) + 3), np.bool_),
        auctioned=np.zeros((1, 1) if inputs.costs.auction is None else (rows, columns)),
    )
