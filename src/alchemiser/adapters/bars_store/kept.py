"""A source of market data whose bars are kept on this machine and only ever extended."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from alchemiser.adapters.bars_store.cache import Columns, SeriesCache, SeriesKey
from alchemiser.application.pulling import Puller
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import from_first_bar, panel_columns, panel_from_columns
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.market_data import PricedMarketDataPort

_TIMEFRAME: Final = "1Day"
_CLOSURE_MAX: Final = timedelta(days=14)


class KeptMarketData:
    """Serve bars from a local store after asking the source for what is missing.

    A session that is kept is not asked for again, so that a second decision of a day asks for
    nothing, and one of the next day for a few sessions.
    """

    def __init__(
        self, market: PricedMarketDataPort, puller: Puller, clock: ClockPort, cache: SeriesCache
    ) -> None:
        """Keep the bars of `market`.

        Args:
            market: The source of all that is not kept.
            puller: Pulls its bars into the store.
            clock: Tells when they are seen.
            cache: Keeps what was read from the store a moment ago.
        """
        self._market = market
        self._puller = puller
        self._clock = clock
        self._cache = cache

    def check(self) -> None:
        """Check the source; it raises InputError."""
        self._market.check()

    def price_increment(self) -> Decimal:
        """Return the price step of the source."""
        return self._market.price_increment()

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return bars from the first session that one of `symbols` has up to `through`.

        A session that has not closed yet has no bar that could be kept: the axis ends before it.
        """
        now = self._clock.now()
        last = self._closed(through, now)
        keys = [self._key(name, last) for name in sorted(set(symbols))]
        series = [self._cache.get(key) for key in keys]
        held = [one for one in series if one is not None]
        if keys and len(held) == len(keys):
            return self._joined(keys, held)
        self._puller.bring(symbols, through=last, seen_at=now)
        panel = self._puller.panel(symbols, through=last)
        for place, key in enumerate(keys):
            # What has no price yet may have one when it is asked for again.
            if panel.sessions and panel.close[-1, place] > 0:
                self._cache.put(key, _series(panel, place))
        return panel

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the quotes of the source."""
        return self._market.quotes(symbols, at=at)

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return the actions that the source tells."""
        return self._market.corporate_actions(symbols, first=first, last=last)

    def _key(self, name: Symbol, last: date) -> SeriesKey:
        source = self._puller.origin.source()
        return SeriesKey(symbol=name, timeframe=_TIMEFRAME, adjustment=source, as_of=last)

    def _joined(self, keys: Sequence[SeriesKey], series: Sequence[Columns]) -> BarPanel:
        """Return series that end in one session as a panel that begins with the longest of them."""
        length = max(len(one["close"]) for one in series)
        last = keys[0].as_of
        # A session takes a day and a half; a year more, whatever was closed.
        first = max(self._puller.first, last - timedelta(days=length * 3 // 2 + 366))
        sessions = self._puller.calendar.sessions(first, last)[-length:]
        columns = {name: np.full((length, len(keys)), np.nan) for name in series[0]}
        for place, one in enumerate(series):
            for name, array in one.items():
                columns[name][length - len(array) :, place] = array
        panel = panel_from_columns(
            sessions=tuple(one.day for one in sessions),
            symbols=tuple(key.symbol for key in keys),
            columns=columns,
        )
        return from_first_bar(panel)

    def _closed(self, through: date, now: datetime) -> date:
        """Return the last session up to `through` that has closed."""
        until = min(through, now.date())
        near = self._puller.calendar.sessions(until - _CLOSURE_MAX, until)
        return max((one.day for one in near if one.close_at <= now), default=until)


def _series(panel: BarPanel, place: int) -> Columns:
    """Return one symbol's columns from their first number on: copies, or the panel would live."""
    columns = {name: array[:, place] for name, array in panel_columns(panel).items()}
    first = min(int(np.argmax(~np.isnan(array))) for array in columns.values())
    return {name: array[first:].copy() for name, array in columns.items()}
