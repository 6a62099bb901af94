"""The unmodified alpaca-py clients work against the venue."""

import warnings
from collections.abc import Iterator
from threading import Thread
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest

from tests.served_venue import Served, served

Theirs: TypeAlias = Any
"""An object of alpaca-py."""

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def sdk() -> SimpleNamespace:
    """The parts of alpaca-py that are used; importing them warns of a deprecation of theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from alpaca.common.exceptions import APIError  # noqa: PLC0415
        from alpaca.trading import enums, requests  # noqa: PLC0415
        from alpaca.trading.client import TradingClient  # noqa: PLC0415
        from alpaca.trading.stream import TradingStream  # noqa: PLC0415
    return SimpleNamespace(
        APIError=APIError,
        TradingClient=TradingClient,
        TradingStream=TradingStream,
        asked=requests,
        enums=enums,
    )


@pytest.fixture
def client(venue: Served, sdk: SimpleNamespace) -> Iterator[Theirs]:
    found = sdk.TradingClient("key", "word", url_override=venue.urls["trading_url"])
    found._retry_wait = 0
    yield found
    found._session.close()


def test_account_clock_calendar_and_assets(client: Theirs, sdk: SimpleNamespace) -> None:
    account = client.get_account()
    assert (account.cash, account.buying_power, account.multiplier) == (
        "100000.00",
        "400000.00",
        "4",
    )
    assert client.get_clock().is_open is True
    days = client.get_calendar(sdk.asked.GetCalendarRequest(start="2026-11-25", end="2026-11-27"))
    assert [f"{one.close:%d %H:%M}" for one in days] == ["25 16:00", "27 13:00"]
    assets = client.get_all_assets(sdk.asked.GetAssetsRequest(status="active"))
    assert [one.symbol for one in assets] == ["F", "NVDA", "SPY", "TLT"]
    assert client.get_asset("SPY").id == client.get_asset(str(client.get_asset("SPY").id)).id
    configured = client.get_account_configurations()
    configured.no_shorting = True
    assert client.set_account_configurations(configured).no_shorting is True
    assert client.get_portfolio_history().equity[-1] == 100000


def test_orders_of_every_class(client: Theirs, sdk: SimpleNamespace, venue: Served) -> None:
    asked, side, tif = sdk.asked, sdk.enums.OrderSide, sdk.enums.TimeInForce
    market = client.submit_order(
        asked.MarketOrderRequest(symbol="SPY", qty=10, side=side.BUY, time_in_force=tif.DAY)
    )
    client.submit_order(
        asked.MarketOrderRequest(symbol="TLT", notional=50, side=side.BUY, time_in_force=tif.DAY)
    )
    venue.advance()
    assert client.get_order_by_id(market.id).status is sdk.enums.OrderStatus.FILLED
    limit = client.submit_order(
        asked.LimitOrderRequest(
            symbol="SPY",
            qty=2,
            side=side.BUY,
            time_in_force=tif.GTC,
            limit_price=590.1,
            client_order_id="mine a+b&c/ü",
        )
    )
    assert client.get_order_by_client_id("mine a+b&c/ü").id == limit.id
    bracket = client.submit_order(
        asked.MarketOrderRequest(
            symbol="NVDA",
            qty=3,
            side=side.BUY,
            time_in_force=tif.GTC,
            order_class=sdk.enums.OrderClass.BRACKET,
            take_profit=asked.TakeProfitRequest(limit_price=200),
            stop_loss=asked.StopLossRequest(stop_price=150, limit_price=149.5),
        )
    )
    assert [leg.status.value for leg in bracket.legs] == ["held", "held"]
    venue.advance()

    replaced = client.replace_order_by_id(
        limit.id, asked.ReplaceOrderRequest(qty=3, limit_price=591, client_order_id="mine-2")
    )
    venue.advance()
    listed = client.get_orders(
        asked.GetOrdersRequest(status="open", nested=True, side=side.BUY, symbols=["SPY", "NVDA"])
    )
    assert [one.id for one in listed] == [replaced.id]
    client.cancel_order_by_id(replaced.id)
    venue.advance()
    with pytest.raises(sdk.APIError, match="already in"):
        client.cancel_order_by_id(replaced.id)
    assert [one.status for one in client.cancel_orders()] == [200, 200]


def test_positions_and_activities(client: Theirs, sdk: SimpleNamespace, venue: Served) -> None:
    venue.hold("SPY", "10")
    venue.hold("TLT", "4")
    assert [one.symbol for one in client.get_all_positions()] == ["SPY", "TLT"]
    closing = client.close_position("SPY", sdk.asked.ClosePositionRequest(percentage="50"))
    assert closing.qty == "5"
    venue.advance()
    assert client.get_open_position("SPY").qty == "5"
    answers = client.close_all_positions(cancel_orders=True)
    assert [(one.symbol, one.status) for one in answers] == [("SPY", 200), ("TLT", 200)]
    venue.advance()
    assert client.get_all_positions() == []
    with pytest.raises(sdk.APIError) as caught:
        client.get_open_position("SPY")
    assert (caught.value.status_code, caught.value.code) == (404, 40410000)
    fills = client.get("/account/activities/FILL", {"page_size": 100})
    assert {one["side"] for one in fills} == {"buy", "sell"}


def test_refusals_reach_the_caller(client: Theirs, sdk: SimpleNamespace) -> None:
    order = sdk.asked.MarketOrderRequest(symbol="SPY", qty=1e6, side="buy", time_in_force="day")

    with pytest.raises(sdk.APIError) as caught:
        client.submit_order(order)

    assert (caught.value.status_code, caught.value.code) == (403, 40310000)
    assert caught.value.message == "insufficient buying power"


@pytest.mark.parametrize(("name", "orders"), [(None, 4), ("mine", 1)])
def test_repeats_after_504_double_an_order_without_a_name_only(
    client: Theirs, sdk: SimpleNamespace, venue: Served, name: str | None, orders: int
) -> None:
    """A04, A05: alpaca-py sends a POST up to four times."""
    venue.fault("accept_then_504", times=-1)
    order = sdk.asked.MarketOrderRequest(
        symbol="SPY", qty=1, side="buy", time_in_force="day", client_order_id=name
    )

    with pytest.raises(sdk.APIError) as caught:
        client.submit_order(order)

    assert caught.value.status_code == 504
    assert len(venue.document("GET", "/control/truth")["orders"]) == orders


def test_what_the_venue_does_not_have_is_refused_in_alpacas_form(
    client: Theirs, sdk: SimpleNamespace
) -> None:
    """Alpaca-API, issue 137: programs read the number; without one alpaca-py fails at it."""
    for ask in (client.get_watchlists, lambda: client.get_asset("BTC/USD")):
        with pytest.raises(sdk.APIError, match="endpoint not found") as caught:
            ask()
        assert (caught.value.status_code, caught.value.code) == (404, 40410000)


def test_the_stream_of_the_sdk_hears_fills(sdk: SimpleNamespace) -> None:
    with served(speed=1) as venue:
        stream = sdk.TradingStream("key", "word", url_override=venue.urls["stream_url"])
        heard: list[tuple[str, str]] = []

        async def hear(update: Theirs) -> None:
            heard.append((str(update.event), str(update.position_qty)))
            if update.event == "fill":
                await stream.stop_ws()

        stream.subscribe_trade_updates(hear)
        thread = Thread(target=stream.run, daemon=True)
        thread.start()
        while not venue.document("POST", "/control/stream", {})["connections"]:
            pass
        while not heard:
            venue.order(symbol="NVDA", qty="2", type="limit", limit_price="190.00")
            venue.advance(1)
        thread.join(10)

    assert not thread.is_alive()
    assert heard[0] == ("new", "None")
    assert heard[-1][0] == "fill"
