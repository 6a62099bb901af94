"""The fast engine: whole histories of weights become trades, books and equity, in float64.

Sessions that only follow their weights take the shortest way there is; the limits are checked for
many of them at once. Where one binds, or a price is missing, the session is done again by all the
rules, and the run goes on from there.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from alchemiser.domain.fast.inputs import FastInputs, FastRun, Happening
from alchemiser.domain.fast.kernel.entry import Kernel, run_whole, run_with
from alchemiser.domain.fast.kernel.values import CLEARLY
from alchemiser.domain.fast.ledger import Ledger
from alchemiser.domain.fast.limits import NO_LIMITS
from alchemiser.domain.fast.short_way import ShortWay
from alchemiser.domain.fast.step import Session, trade
from alchemiser.domain.values.numbers import Floats, Mask

LONGEST = 512
"""Sessions that are checked together, at most."""


def simulate(inputs: FastInputs, kernel: Kernel | None = None) -> FastRun:
    """Run all sessions of `inputs`.

    The same inputs give the same bytes, with a kernel and without. Costs and shares are float64:
    against the exact engine, the rounding of prices and cents is left out, and chance at the venue
    is its mean.

    Args:
        inputs: The sessions.
        kernel: What runs them, number by number; None runs them as arrays.
    """
    if kernel is not None:
        whole = run_whole(kernel, inputs)
        if whole is not None:
            return whole
        priced = np.isfinite(inputs.prices)
        return run_with(kernel, inputs, _last_known(inputs, priced), priced)
    run, row = _Run(inputs), 0
    while row < len(inputs.prices):
        row = run.advance(row)
    return run.result()


@dataclass(slots=True, eq=False)
class _Run:
    inputs: FastInputs
    _ledger: Ledger = field(init=False)
    _prices: Floats = field(init=False)
    _priced: Mask = field(init=False)
    _short: "ShortWay | None" = field(init=False)
    _turns: list[int] = field(init=False)
    _auctioned: Floats | None = field(init=False)
    _length: int = field(init=False, default=LONGEST)

    def __post_init__(self) -> None:
        self._ledger = Ledger.begin(self.inputs)
        happenings = self.inputs.happenings
        self._turns = sorted({*happenings, *_paid(happenings, len(self.inputs.prices))})
        in_auction = self.inputs.costs.auction is not None
        self._auctioned = np.zeros_like(self.inputs.prices) if in_auction else None
        self._priced = np.isfinite(self.inputs.prices)
        self._prices = _last_known(self.inputs, self._priced)
        self._short = ShortWay.of(self.inputs) if self._priced.all() else None

    def advance(self, row: int) -> int:
        """Run the sessions from `row` on that can be run together, and return the next row."""
        ledger = self._ledger
        ledger.open(row)
        if self._short is None:
            self._step(row)
            return row + 1
        end, begun = min(row + self._length, self._next_turn(row)), (ledger.cash, ledger.shares)
        self._short.walk(ledger, row, end)
        ledger.apart[:, row:end] = [[ledger.house], [ledger.owed]]
        broken = self._first_broken(row, end, begun)
        if broken is None:
            self._length = min(2 * self._length, LONGEST)
            return end
        self._length = max((broken - row) // 2, 1)
        if broken == row:
            ledger.cash, ledger.shares = begun
        else:
            ledger.back_to(broken)
        self._step(broken)
        return broken + 1

    def _next_turn(self, row: int) -> int:
        """Return the first row after `row` before which something is booked, or that of the end."""
        found = bisect_right(self._turns, row)
        return self._turns[found] if found < len(self._turns) else len(self._prices)

    def _step(self, row: int) -> None:
        costs, capped = self.inputs.costs, self.inputs.costs.capped
        session = Session(
            prices=self._prices[row],
            priced=self._priced[row],
            buy=costs.buy[row],
            sell=costs.sell[row],
            impact=None if costs.impact is None else costs.impact[row],
            fee=0.0 if capped is None else float(capped.per_share[row]),
            fee_most=0.0 if capped is None else float(capped.most[row]),
        )
        taken = trade(self._ledger, self.inputs, row, session)
        if self._auctioned is not None and taken is not None:
            self._auctioned[row] = taken
        self._ledger.keep(row)

    def _first_broken(self, row: int, end: int, begun: tuple[Floats, Floats]) -> int | None:
        """Return the first of these rows whose trades the limits may not let pass, or None.

        Or the first that a debt of the account leads to, or that sells so much of something that
        its fee may be capped.
        """
        inputs, bounds, prices = self.inputs, self.inputs.bounds, self._prices[row:end]
        ledger, reserve = self._ledger, inputs.rules.reserve
        held = ledger.held[row:end, 0]
        held_before, cash_of_book = ledger.before(row, end, begun)
        cash_before = cash_of_book + ledger.house - ledger.owed
        dollars = held - held_before
        is_capped = self._is_capped(dollars, row, end)
        dollars *= prices
        bought, turned = dollars.sum(axis=1), np.abs(dollars).sum(axis=1)
        bought, sold = (turned + bought) / 2, (turned - bought) / 2
        at_worst = bought * (1.0 + reserve) + sold * (1.0 - reserve)
        broken = is_capped | (at_worst > cash_before + 2 * sold * (1.0 - reserve))
        if inputs.rests is not None:
            broken |= inputs.rests[0, row:end] & (cash_of_book < 0)
        if inputs.interest is not None:
            broken |= cash_before < 0
        if bounds is NO_LIMITS:
            return _first(broken, row)
        equity = cash_before + np.einsum("tn,tn->t", held_before, prices)
        after, worth = equity - reserve * turned, held * prices
        broken |= (worth @ bounds.factors.T > bounds.most * after[:, None]).any(axis=1)
        if bounds.position is not None:
            broken |= (worth > bounds.position * after[:, None]).any(axis=1)
        if bounds.turnover is not None:
            broken |= at_worst > bounds.turnover * after
        return _first(broken, row)

    def _is_capped(self, moved: Floats, row: int, end: int) -> Mask:
        """Return where so much of something is sold that its fee may be capped."""
        capped = self.inputs.costs.capped
        if capped is None:
            return np.zeros(end - row, np.bool_)
        fee, most = capped.per_share[row:end], capped.most[row:end]
        found: Mask = moved.min(axis=1, initial=0.0) * -fee > most * CLEARLY
        return found

    def result(self) -> FastRun:
        """Return what became of all sessions."""
        ledger = self._ledger
        rows, books, _ = ledger.held.shape
        worth, sums, orders = np.empty((rows, books)), np.empty((2, rows)), np.empty(rows, np.int64)
        for row in range(0, rows, LONGEST):
            end = min(row + LONGEST, rows)
            part = slice(row, end)
            prices, moved = self._prices[part], self._moved(row, end)
            np.add.reduce(ledger.held[part] * prices[:, None], axis=2, out=worth[part])
            orders[part] = np.count_nonzero(moved, axis=1)
            np.add.reduce(moved * prices, axis=1, out=sums[0, part])
            np.add.reduce(np.abs(moved) * prices, axis=1, out=sums[1, part])
        house, owed = ledger.apart
        cash = np.add.reduce(ledger.money, axis=1) + house - owed
        before = np.concatenate((ledger.begun[:1], cash[:-1]))
        begun = np.where(np.isnan(ledger.begun), before, ledger.begun)
        values = ledger.money + worth
        return FastRun(
            equity=np.add.reduce(values, axis=1) + house - owed,
            cash=cash,
            house=house,
            owed=owed,
            positions=ledger.held,
            books=values,
            traded=sums[1],
            costs=begun - cash - sums[0],
            orders=orders,
            limited=tuple(ledger.limited),
            auctioned=self._auctioned,
        )

    def _moved(self, row: int, end: int) -> Floats:
        """Return the shares that all books together traded in each of these sessions, (R, N)."""
        held = self._ledger.held[max(row - 1, 0) : end]
        shares = held[:, 0] if held.shape[1] == 1 else np.add.reduce(held, axis=1)
        first = np.zeros_like(shares[:1]) if row == 0 else shares[:0]
        moved = np.diff(shares, axis=0, prepend=first)
        happenings, kept = self.inputs.happenings, self._ledger.held
        for at in (one for one in self._turns if row <= one < end and one in happenings):
            split = np.add.reduce(kept[at - 1] * happenings[at].ratio, axis=0)
            moved[at - row] = np.add.reduce(kept[at], axis=0) - split
        return moved


def _paid(happenings: Mapping[int, Happening], rows: int) -> Iterator[int]:
    """Yield the rows of sessions before which dividends of `happenings` are paid."""
    for one in happenings.values():
        yield from np.unique(one.paid[one.paid < rows]).tolist()


def _first(broken: Mask, row: int) -> int | None:
    found = np.flatnonzero(broken)
    return row + int(found[0]) if found.size else None


def _last_known(inputs: FastInputs, priced: Mask) -> Floats:
    """Return the prices, where there is none the one before it, and before the first one dollar.

    A split since then divides it.
    """
    if priced.all():
        return inputs.prices
    splits = inputs.splits()
    prices = inputs.prices * splits
    rows = np.where(priced, np.arange(len(prices))[:, None], -1)
    last = np.maximum.accumulate(rows, axis=0)
    known = np.take_along_axis(prices, np.maximum(last, 0), axis=0)
    return np.where(last < 0, 1.0, known / splits)
