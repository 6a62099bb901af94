"""The figures of a backtest, from what its sessions left."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Final

import numpy as np

from alchemiser.application.backtest_report import ClosedTrade
from alchemiser.application.engine import Engine
from alchemiser.domain.books.history import Entry, of_account
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Disposal
from alchemiser.domain.books.matching import match
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.indicators.kernels import ratio
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import HOUSE, BookId, Symbol
from alchemiser.domain.values.numbers import ZERO, Floats
from alchemiser.ports.chance import ChancePort

_trade: Final = maker(ClosedTrade)
_PARTS: Final = 4
_EACH: Final = 250
"""A thousand histories drawn anew, a part at a time to bound the memory."""


def closed_trades(entries: Iterable[Entry]) -> tuple[ClosedTrade, ...]:
    """Return what became of each lot that the account closed, first in first out, dollars.

    A sale that closes three lots is three closed trades; what is not known is left out.
    """
    disposals = match(of_account(entries).movements).disposals
    return tuple(trade for one in disposals if (trade := _closed(one)) is not None)


def _closed(one: Disposal) -> ClosedTrade | None:
    gain, cost = one.gain(), one.lot.cost
    if gain is None or cost is None:
        return None
    return _trade(
        symbol=one.lot.symbol,
        opened=one.lot.acquired,
        closed=one.disposed,
        quantity=float(one.lot.quantity),
        gain=float(gain),
        part=float(gain / abs(cost)) if cost else math.nan,
    )


def capital_of(entries: Iterable[Entry], start: Decimal) -> dict[BookId, float]:
    """Return what each book was given, less what was taken back, of `start` dollars."""
    given: dict[BookId, Decimal] = {HOUSE: start}
    for posting in (one.posting for one in entries):
        if posting.kind is PostingKind.FUNDING:
            given[posting.book] = given.get(posting.book, ZERO) + posting.cash
    return {name: float(dollars) for name, dollars in sorted(given.items())}


def data_digest(panel: BarPanel) -> str:
    """Return SHA-256 over the bars of `panel`, whichever its source."""
    digest = sha256(repr((panel.sessions, panel.symbols)).encode())
    for name in ("close", "open", "high", "low", "volume", "raw_close"):
        column = getattr(panel, name)
        if column is not None:
            digest.update(name.encode())
            digest.update(np.where(np.isnan(column), np.nan, column).astype("<f8").tobytes())
    return digest.hexdigest()


def stranded(
    panel: BarPanel, held: Iterable[Symbol], last: date
) -> tuple[tuple[Symbol, date], ...]:
    """Return which of `held` have no price in the session `last`, with the last that had one.

    Where a company merged or was delisted its bars end, and no data say what the share became: it
    stays held at its last price, and the book that holds it is traded no more. What `panel` knows
    of later sessions does not count.
    """
    found, rows = [], bisect_right(panel.sessions, last)
    for name in sorted(held):
        column = panel.column(name)
        known = [] if column is None else np.flatnonzero(panel.close[:rows, column] > 0).tolist()
        if known and known[-1] < rows - 1:
            found.append((name, panel.sessions[known[-1]]))
    return tuple(found)


def returns_of(engine: Engine, symbol: Symbol, days: Sequence[date]) -> Floats:
    """Return what a share of `symbol` earned in each session, dividends too, (T,).

    From close to close, or from open to open where equity is that of the open; NaN where one of
    the two is missing, and in the first session.
    """
    panel = engine.market.bars((symbol,), through=days[-1])
    column = panel.open if engine.schedule.timing.trades_at_open() else panel.close
    known = {} if column is None else dict(zip(panel.sessions, column[:, 0], strict=True))
    prices = np.array([known.get(day, np.nan) for day in days])
    return np.concatenate([[np.nan], ratio(prices[1:], prices[:-1]) - 1])


def draws(chance: ChancePort, sessions: int) -> Iterator[Floats]:
    """Return what a thousand histories of `sessions` are drawn by, a part at a time."""
    shape = (2, sessions, _EACH)
    for part in range(_PARTS):
        yield chance.uniform(f"history {part}", 2 * sessions * _EACH).reshape(shape)


def floats(values: Iterable[Decimal]) -> Floats:
    """Return `values` as float64 (T,)."""
    return np.array([float(value) for value in values], dtype=np.float64)
