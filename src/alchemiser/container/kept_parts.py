"""The broker's market data: what is kept of it and read before it is asked, and its other feed."""

from datetime import date
from typing import Final

from dependency_injector import providers

from alchemiser.application.pulling import Puller
from alchemiser.container.adapters import adapter
from alchemiser.container.alpaca_parts import AlpacaParts, clock_kind
from alchemiser.container.second import second_feed
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.market_data import MarketDataPort, PricedMarketDataPort
from alchemiser.ports.series_store import SeriesStorePort

FIRST: Final = date(1990, 1, 2)
"""The first session of the calendar: a source's own history begins at it or later."""


class KeptParts(AlpacaParts):
    """Compose the local store of bars and the source that asks for what it lacks."""

    settings = AlpacaParts.settings
    calendar = AlpacaParts.calendar
    alpaca_market = AlpacaParts.alpaca_market
    others_name = providers.Callable(second_feed, settings)
    other_feed: providers.Provider[PricedMarketDataPort] = providers.Singleton(
        adapter("alpaca.market.AlpacaMarketData"),
        # A feed that is down must not keep anybody from the other one.
        providers.Singleton(lambda line: line.beside(), AlpacaParts.data_line),
        *alpaca_market.args[1:],
        **alpaca_market.kwargs
        | {
            "feed": others_name,
            "halts": providers.Factory(
                adapter("alpaca.halted.Halts"),
                *AlpacaParts.halts.args,
                **AlpacaParts.halts.kwargs | {"feed": others_name},
            ),
        },
    )

    seen_clock: providers.Provider[ClockPort] = providers.Selector(
        providers.Callable(clock_kind, settings),
        virtual=AlpacaParts.wall_clock,  # bars of a backtest are seen when they are asked for
        wall=AlpacaParts.wall_clock,
        venue=AlpacaParts.venue_clock,
    )
    series_store: providers.Provider[SeriesStorePort] = providers.Singleton(
        adapter("bars_store.series.SqliteSeriesStore"), settings.provided.series_file.call()
    )
    puller: providers.Provider[Puller] = providers.Singleton(
        Puller, alpaca_market, series_store, calendar, providers.Object(FIRST)
    )
    kept_market: providers.Provider[MarketDataPort] = providers.Singleton(
        adapter("bars_store.kept.KeptMarketData"),
        alpaca_market,
        puller,
        seen_clock,
        providers.Singleton(adapter("bars_store.cache.SeriesCache"), AlpacaParts.stopwatch),
    )
