"""Pages of the past: bars, trades, quotes and auctions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from alchemiser.adapters.venue.data.bending import bent, bent_bars
from alchemiser.adapters.venue.data.faults import DataFault
from alchemiser.adapters.venue.data.moments import midnight, text
from alchemiser.adapters.venue.data.pages import page, token_of
from alchemiser.adapters.venue.data.query import RangeQuery, basis_of, frame_of, range_query
from alchemiser.adapters.venue.data.rows import (
    AuctionRow,
    BarRow,
    QuoteRow,
    TradeRow,
    auction_rows,
    bar_rows,
)
from alchemiser.adapters.venue.data.series import RAW, Basis, Series, Window
from alchemiser.adapters.venue.data.source import Source
from alchemiser.domain.values.identifiers import Symbol

R = TypeVar("R")
Paged = tuple[dict[Symbol, list[R]], str | None]
Values = Mapping[str, str]

_ALL: Final = Basis(splits=True, dividends=True)


class History:
    """Answer for ranges of the past; each method returns rows by symbol and the next token.

    Each raises QueryError when a value of the request is none, or the plan does not cover it.
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    def bars(self, values: Values, symbols: tuple[Symbol, ...]) -> Paged[BarRow]:
        """Return a page of bars."""
        frame, basis = frame_of(values), basis_of(values)
        if self._source.faults.hit(DataFault.WRONG_ADJUSTMENT):
            basis = _ALL if basis == RAW else RAW

        def read(series: Series, window: Window) -> list[BarRow]:
            bars = series.bars(frame, window, basis)
            rows = [] if bars is None else bar_rows(bars)
            faults = self._source.faults
            rows = bent(faults, series.name, rows, series.newest())
            return bent_bars(faults, series.name, rows)

        return self._page(self._query(values, symbols), read, lambda row: row.t)

    def trades(self, values: Values, symbols: tuple[Symbol, ...]) -> Paged[TradeRow]:
        """Return a page of trades."""
        query = self._query(values, symbols)
        places = self._source.places(query.feed)

        def read(series: Series, window: Window) -> list[TradeRow]:
            rows = places.trade_rows(series.name, series.trades(window))
            return bent(self._source.faults, series.name, rows, series.newest())

        return self._page(query, read, lambda row: row.t)

    def quotes(self, values: Values, symbols: tuple[Symbol, ...]) -> Paged[QuoteRow]:
        """Return a page of quotes."""
        query = self._query(values, symbols)
        places = self._source.places(query.feed)

        def read(series: Series, window: Window) -> list[QuoteRow]:
            rows = places.quote_rows(series.name, series.quotes(window))
            return bent(self._source.faults, series.name, rows, series.newest())

        return self._page(query, read, lambda row: row.t)

    def auctions(self, values: Values, symbols: tuple[Symbol, ...]) -> Paged[AuctionRow]:
        """Return a page of opening and closing auctions, by day."""
        return self._page(
            self._query(values, symbols), auction_rows, lambda row: text(midnight(row.d))
        )

    def _query(self, values: Values, symbols: tuple[Symbol, ...]) -> RangeQuery:
        source = self._source
        source.throttle()
        query = range_query(values, symbols, source.now(), source.plan)
        return replace(query, feed=source.effective(query.feed))

    def _page(
        self,
        query: RangeQuery,
        read: Callable[[Series, Window], list[R]],
        at: Callable[[R], str],
    ) -> Paged[R]:
        def rows_of(name: Symbol, window: Window) -> list[R]:
            series = self._source.series(query.feed, name)
            return [] if series is None else read(series, window)

        rows, following = page(query.symbols, query.span, query.limit, query.after, rows_of, at)
        faults = self._source.faults
        if query.after is not None and following and faults.hit(DataFault.PAGE_LOOP):
            following = token_of(query.after)
        if rows and faults.hit(DataFault.TRUNCATED_PAGE):
            last = max(rows)
            rows[last], following = rows[last][: len(rows[last]) // 2], None
        return rows, following
