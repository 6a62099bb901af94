"""Pages of rows: by symbol, then by time; a token tells the last row of a page."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from alchemiser.adapters.venue.data.moments import epoch, moment
from alchemiser.adapters.venue.data.series import Window
from alchemiser.domain.values.identifiers import Symbol

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Name one row: the second `at` since 1970 of `symbol`."""

    symbol: Symbol
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Hold the range of which pages are made; seconds since 1970, both inclusive."""

    first: int
    last: int
    newest_first: bool

    def rest(self, after: int) -> "Span":
        """Return what comes behind the row of second `after`."""
        if self.newest_first:
            return Span(first=self.first, last=min(self.last, after - 1), newest_first=True)
        return Span(first=max(self.first, after + 1), last=self.last, newest_first=False)

    def window(self, count: int) -> Window:
        """Return the first `count` rows of it."""
        return Window(first=self.first, last=self.last, count=count, newest_first=self.newest_first)


def page(
    symbols: Sequence[Symbol],
    span: Span,
    limit: int,
    after: Place | None,
    read: Callable[[Symbol, Window], list[R]],
    at: Callable[[R], str],
) -> tuple[dict[Symbol, list[R]], str | None]:
    """Return at most `limit` rows by symbol, and the token of the next page or None.

    Args:
        symbols: Sorted.
        span: The range asked for.
        limit: Rows a page, counted over all symbols.
        after: Where the page before ended.
        read: Returns a symbol's rows in a window, in order.
        at: Returns the moment of a row.
    """
    rows: dict[Symbol, list[R]] = {}
    left, end = limit, None
    for symbol in symbols:
        if after is not None and symbol < after.symbol:
            continue
        rest = span.rest(after.at) if after is not None and symbol == after.symbol else span
        found = read(symbol, rest.window(left + 1))
        if not found:
            continue
        if not left:
            return rows, end
        rows[symbol] = found[:left]
        end = token_of(Place(symbol=symbol, at=_second(at(rows[symbol][-1]))))
        if len(found) > left:
            return rows, end
        left -= len(found)
    return rows, None


def token_of(end: Place) -> str:
    """Return the text by which a client asks for what follows `end`."""
    written = f"{end.symbol}|{moment(end.at):%Y-%m-%dT%H:%M:%S}.000000000Z"
    return base64.b64encode(written.encode()).decode()


def place(text: str) -> Place | None:
    """Return the row that a token names, or None when it is none of ours."""
    try:
        name, _, at = base64.b64decode(text, validate=True).decode("ascii").partition("|")
        return Place(symbol=Symbol(name), at=_second(at))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _second(text: str) -> int:
    return epoch(datetime.fromisoformat(text).astimezone(UTC))
