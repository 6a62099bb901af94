"""The unmodified alpaca-py data clients work against the venue."""

import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Thread
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest

from tests.served_venue import Served

Theirs: TypeAlias = Any
"""An object of alpaca-py."""

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def sdk() -> SimpleNamespace:
    """The parts of alpaca-py that are used; importing them warns of a deprecation of theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from alpaca.data import requests, timeframe  # noqa: PLC0415
        from alpaca.data.enums import Adjustment, DataFeed  # noqa: PLC0415
        from alpaca.data.historical.corporate_actions import (  # noqa: PLC0415
            CorporateActionsClient,
        )
        from alpaca.data.historical.stock import StockHistoricalDataClient  # noqa: PLC0415
        from alpaca.data.live.stock import StockDataStream  # noqa: PLC0415
    return SimpleNamespace(
        Actions=CorporateActionsClient,
        Adjustment=Adjustment,
        DataFeed=DataFeed,
        Historical=StockHistoricalDataClient,
        Stream=StockDataStream,
        TimeFrame=timeframe.TimeFrame,
        asked=requests,
    )


@pytest.fixture
def client(venue: Served, sdk: SimpleNamespace) -> Iterator[Theirs]:
    found = sdk.Historical("key", "word", url_override=venue.urls["data_url"])
    found._retry_wait = 0
    yield found
    found._session.close()


def test_bars_come_in_pages(client: Theirs, sdk: SimpleNamespace) -> None:
    """More than 10,000 minutes are two pages, and what the client adds up is the day."""
    frame = sdk.TimeFrame
    wanted = {
        "symbol_or_symbols": ["SPY", "AAPL"],
        "start": datetime(2026, 10, 26, tzinfo=UTC),
        "end": datetime(2026, 11, 21, tzinfo=UTC),
        "feed": sdk.DataFeed.SIP,
        "adjustment": sdk.Adjustment.RAW,
        "asof": "2026-11-25",
    }
    minutes = client.get_stock_bars(sdk.asked.StockBarsRequest(timeframe=frame.Minute, **wanted))
    days = client.get_stock_bars(sdk.asked.StockBarsRequest(timeframe=frame.Day, **wanted))

    assert {name: len(bars) for name, bars in minutes.data.items()} == {"AAPL": 7_800, "SPY": 7_800}
    for name, bars in days.data.items():
        assert sum(one.volume for one in minutes[name]) == sum(one.volume for one in bars)
        assert max(one.high for one in minutes[name]) == max(one.high for one in bars)
    assert days.df.shape == (40, 7)


def test_the_latest_of_everything(client: Theirs, sdk: SimpleNamespace) -> None:
    quote = client.get_stock_latest_quote(
        sdk.asked.StockLatestQuoteRequest(symbol_or_symbols=["SPY", "BRK.B"])
    )
    trade = client.get_stock_latest_trade(
        sdk.asked.StockLatestTradeRequest(symbol_or_symbols="SPY")
    )
    bar = client.get_stock_latest_bar(sdk.asked.StockLatestBarRequest(symbol_or_symbols="SPY"))
    whole = client.get_stock_snapshot(sdk.asked.StockSnapshotRequest(symbol_or_symbols="SPY"))

    assert set(quote) == {"SPY", "BRK.B"}
    assert quote["SPY"].bid_price < trade["SPY"].price < quote["SPY"].ask_price
    assert quote["SPY"].timestamp == datetime(2026, 11, 25, 19, 0, 5, tzinfo=UTC)
    assert bar["SPY"].timestamp == datetime(2026, 11, 25, 18, 59, tzinfo=UTC)
    assert whole["SPY"].latest_quote == quote["SPY"]
    assert whole["SPY"].daily_bar.close == trade["SPY"].price
    assert whole["SPY"].previous_daily_bar.timestamp.day == 24
    assert whole["SPY"].minute_bar == bar["SPY"]


def test_past_quotes_and_trades(client: Theirs, sdk: SimpleNamespace) -> None:
    window = {
        "symbol_or_symbols": "SPY",
        "start": datetime(2026, 11, 25, 15, tzinfo=UTC),
        "end": datetime(2026, 11, 25, 15, 1, tzinfo=UTC),
    }
    quotes = client.get_stock_quotes(sdk.asked.StockQuotesRequest(**window))["SPY"]
    trades = client.get_stock_trades(sdk.asked.StockTradesRequest(**window))["SPY"]

    assert (len(quotes), len(trades)) == (13, 5)
    assert quotes[0].bid_price < trades[0].price < quotes[0].ask_price


def test_corporate_actions(sdk: SimpleNamespace, venue: Served) -> None:
    client = sdk.Actions("key", "word", url_override=venue.urls["data_url"])
    asked = sdk.asked.CorporateActionsRequest(
        symbols=["AAPL"], start="2026-01-01", end="2026-11-25", limit=None
    )
    found = client.get_corporate_actions(asked).data
    client._session.close()

    assert found["forward_splits"][0].new_rate == 4
    assert found["cash_dividends"][0].rate == 0.25


def test_the_stream_tells_what_happens(sdk: SimpleNamespace, venue: Served) -> None:
    """D05: trades, quotes, bars and a halt, as MessagePack, to a client in a thread."""
    seen: list[Theirs] = []
    stream = sdk.Stream("key", "word", url_override=venue.urls["data_stream_url"])

    async def keep(message: Theirs) -> None:
        seen.append(message)

    stream.subscribe_trades(keep, "SPY")
    stream.subscribe_quotes(keep, "SPY", "AAPL")
    stream.subscribe_bars(keep, "*")
    stream.subscribe_daily_bars(keep, "SPY")
    stream.subscribe_trading_statuses(keep, "*")
    thread = Thread(target=stream.run, daemon=True)
    thread.start()
    try:
        until(lambda: venue.document("POST", "/control/data", {})["subscribed"] == 1)
        venue.advance(53)
        venue.document("POST", "/control/halt/AAPL", {})
        venue.advance(30)
        until(lambda: len(seen) >= 39)
    finally:
        stream.stop()
        thread.join(15)

    kinds = {type(one).__name__ for one in seen}
    assert kinds == {"Trade", "Quote", "Bar", "TradingStatus"}
    trades = [one for one in seen if type(one).__name__ == "Trade"]
    assert [one.timestamp.second for one in trades] == [15, 30, 45, 0, 15, 30]
    bars = [(one.symbol, one.timestamp.minute) for one in seen if type(one).__name__ == "Bar"]
    assert sorted(bars) == [("AAPL", 0), ("BRK.B", 0), ("SPY", 0), ("SPY", 0)]
    (halt,) = (one for one in seen if type(one).__name__ == "TradingStatus")
    assert (halt.symbol, halt.status_code, halt.reason_code) == ("AAPL", "H", "T1")


def until(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for what happens in another thread."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)
