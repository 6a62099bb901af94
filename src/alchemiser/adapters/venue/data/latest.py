"""The present: last bars, trades and quotes, alone or together."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import msgspec

from alchemiser.adapters.venue.data.bending import bent, bent_quote
from alchemiser.adapters.venue.data.query import Feed, latest_feed
from alchemiser.adapters.venue.data.rows import BarRow, QuoteRow, TradeRow, bar_rows
from alchemiser.adapters.venue.data.series import Series, Window
from alchemiser.adapters.venue.data.source import Source
from alchemiser.adapters.venue.data.timeframe import DAY, MINUTE, Timeframe
from alchemiser.domain.values.identifiers import Symbol

R = TypeVar("R")
Values = Mapping[str, str]

_FAR: Final = 2**40
"""Seconds since 1970: later than any bar."""


class Snapshot(msgspec.Struct, omit_defaults=True, rename="camel"):
    """Write the latest of everything of one symbol; the fields are those of `stock_snapshot`."""

    latest_trade: TradeRow
    latest_quote: QuoteRow
    minute_bar: BarRow | None = None
    daily_bar: BarRow | None = None
    prev_daily_bar: BarRow | None = None


class Latest:
    """Answer for the present; each method returns what there is by symbol.

    Each raises QueryError when a value of the request is none, or the plan does not cover it.
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    def bars(self, values: Values, symbols: tuple[Symbol, ...]) -> dict[Symbol, BarRow]:
        """Return the last whole minutes."""

        def read(feed: Feed, series: Series) -> BarRow | None:
            del feed
            return next(iter(self._bars(series, MINUTE, 1)), None)

        return self._each(values, symbols, read)

    def trades(self, values: Values, symbols: tuple[Symbol, ...]) -> dict[Symbol, TradeRow]:
        """Return the last trades."""
        return self._each(values, symbols, self._trade)

    def quotes(self, values: Values, symbols: tuple[Symbol, ...]) -> dict[Symbol, QuoteRow]:
        """Return the last quotes."""
        return self._each(values, symbols, self._quote)

    def snapshots(self, values: Values, symbols: tuple[Symbol, ...]) -> dict[Symbol, Snapshot]:
        """Return the latest of everything."""

        def read(feed: Feed, series: Series) -> Snapshot:
            days = self._bars(series, DAY, 2)
            return Snapshot(
                latest_trade=self._trade(feed, series),
                latest_quote=self._quote(feed, series),
                minute_bar=next(iter(self._bars(series, MINUTE, 1)), None),
                daily_bar=next(iter(days), None),
                prev_daily_bar=next(iter(days[1:]), None),
            )

        return self._each(values, symbols, read)

    def _each(
        self,
        values: Values,
        symbols: tuple[Symbol, ...],
        read: Callable[[Feed, Series], R | None],
    ) -> dict[Symbol, R]:
        source = self._source
        source.throttle()
        feed = source.effective(latest_feed(values, source.now(), source.plan))
        found: dict[Symbol, R] = {}
        for name in symbols:
            series = source.series(feed, name)
            row = None if series is None else read(feed, series)
            if row is not None:
                found[name] = row
        return found

    def _trade(self, feed: Feed, series: Series) -> TradeRow:
        row = self._source.places(feed).trade(series.name, series.tick())
        return bent(self._source.faults, series.name, [row], series.newest())[0]

    def _quote(self, feed: Feed, series: Series) -> QuoteRow:
        tick = series.tick()
        row = self._source.places(feed).quote(series.name, tick)
        row = bent(self._source.faults, series.name, [row], series.newest())[0]
        return bent_quote(self._source.faults, series.name, row, tick.quoted_at)

    def _bars(self, series: Series, frame: Timeframe, count: int) -> list[BarRow]:
        bars = series.bars(frame, Window(first=0, last=_FAR, count=count, newest_first=True))
        rows = [] if bars is None else bar_rows(bars)
        return bent(self._source.faults, series.name, rows, series.newest())
