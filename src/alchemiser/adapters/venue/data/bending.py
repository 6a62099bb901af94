"""Rows as a fault would have them."""

from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import Final, TypeVar

import msgspec

from alchemiser.adapters.venue.data.candles import PLACES
from alchemiser.adapters.venue.data.faults import DataFault, Faults
from alchemiser.adapters.venue.data.moments import text
from alchemiser.adapters.venue.data.rows import BarRow, Price, QuoteRow, TradeRow
from alchemiser.domain.values.identifiers import Symbol

R = TypeVar("R", BarRow, TradeRow, QuoteRow)

_PRICES: Final = {BarRow: ("c", "h", "l", "o", "vw"), TradeRow: ("p",), QuoteRow: ("ap", "bp")}
_HOUR: Final = 3_600
_NAN: Final = msgspec.Raw(b"NaN")

_BENT: Final[Mapping[DataFault, Callable[[float], Price]]] = {
    DataFault.ZERO_PRICE: lambda _: 0.0,
    DataFault.NEGATIVE_PRICE: lambda price: -price,
    DataFault.NULL_PRICE: lambda _: None,
    DataFault.NAN_PRICE: lambda _: _NAN,
    DataFault.TIMES_1000: lambda price: round(price * 1_000, PLACES),
    DataFault.SPLIT_WITHOUT_ACTION: lambda price: round(price / 2, PLACES),
}


def bent(faults: Faults, name: Symbol, rows: list[R], newest: int) -> list[R]:
    """Return `rows` with what strikes `name`; prices change from second `newest` on."""
    recent = _recent(rows, text(newest))
    for fault, change in _BENT.items():
        if recent and faults.hit(fault, name):
            for row in recent:
                _bend(row, change)
                _double(row, fault)
    return rows


def bent_bars(faults: Faults, name: Symbol, rows: list[BarRow]) -> list[BarRow]:
    """Return bars with what strikes `name` and can befall a list of bars only."""
    if len(rows) > 1 and faults.hit(DataFault.REVISED, name):
        _bend(rows[-2], lambda price: round(price * 1.003, PLACES))
    if rows and faults.hit(DataFault.HIGH_BELOW_LOW, name):
        rows[-1].h, rows[-1].l = rows[-1].l, rows[-1].h
    if rows and faults.hit(DataFault.DUPLICATE_ROW, name):
        rows = [*rows, rows[-1]]
    if len(rows) > 1 and faults.hit(DataFault.DISORDERED_ROWS, name):
        rows = [*rows[:-2], rows[-1], rows[-2]]
    return rows


def bent_quote(faults: Faults, name: Symbol, row: QuoteRow, quoted_at: int) -> QuoteRow:
    """Return the latest quote with what strikes `name`."""
    if faults.hit(DataFault.CROSSED_QUOTE, name):
        row.ap, row.bp = row.bp, row.ap
    if faults.hit(DataFault.ONE_SIDED_QUOTE, name):
        row.bp, row.bs = 0.0, 0
    if faults.hit(DataFault.STALE_QUOTE, name):
        row.t = text(quoted_at - _HOUR)
    return row


def _recent(rows: list[R], since: str) -> list[R]:
    """Return the rows from `since` on, of rows in either order of time."""
    if not rows:
        return []
    newest_first = rows if rows[0].t >= rows[-1].t else reversed(rows)
    return list(takewhile(lambda row: row.t >= since, newest_first))


def _bend(row: BarRow | TradeRow | QuoteRow, change: Callable[[float], Price]) -> None:
    for field in _PRICES[type(row)]:
        price = getattr(row, field)
        if isinstance(price, float):
            setattr(row, field, change(price))


def _double(row: BarRow | TradeRow | QuoteRow, fault: DataFault) -> None:
    if fault is DataFault.SPLIT_WITHOUT_ACTION and isinstance(row, BarRow):
        row.v *= 2
