"""A day at the venue: what each operation answers is as Alpaca has published it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from alchemiser.adapters.venue import hands
from alchemiser.adapters.venue.orders import InForce, Kind, OrderClass, Status
from alchemiser.adapters.venue.server import build_app
from tests.published import Operation, needs_documents, served_operations, wrong
from tests.served_venue import Served, served
from tests.venue_days import NOW, daily_prices

pytestmark = needs_documents
LEGS: dict[str, Any] = {"take_profit": {"limit_price": 700}, "stop_loss": {"stop_price": 500}}


class Walk:
    """Ask the venue, and hold every answer against what is published."""

    def __init__(self, venue: Served) -> None:
        self.venue = venue
        known = served_operations(build_app(venue.world)).values()
        self.known = {str(one): one for one in known if one is not None}
        self.asked: set[str] = set()

    def ask(self, name: str, url: str = "", body: object = None, status: int = 200) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON of an answer; `url` is the operation's own path unless told."""
        operation = self.known[name]
        got, text = self.venue.call(operation.method, url or operation.path, body)
        told = json.loads(text) if text else None
        assert (got, wrong(operation, got, told)) == (status, []), text[:500]
        self.asked.add(name)
        return told

    def order(self, status: int = 200, **asked: object) -> Any:  # noqa: ANN401 - JSON
        """Enter an order; it buys a share of SPY unless told."""
        usual = {"symbol": "SPY", "side": "buy", "type": "market", "time_in_force": "day"}
        amount = {} if "notional" in asked else {"qty": "1"}
        return self.ask("POST /v2/orders", body={**usual, **amount, **asked}, status=status)

    def orders(self) -> list[dict[str, Any]]:
        """Return every order there ever was, legs among them."""
        self.ask("GET /v2/orders", "/v2/orders?status=all&nested=true&limit=500")
        found: list[dict[str, Any]] = self.ask("GET /v2/orders", "/v2/orders?status=all&limit=500")
        return found


@pytest.fixture
def walk() -> Iterator[Walk]:
    with served(start=NOW, market=daily_prices()) as found:
        yield Walk(found)


def test_a_wrong_answer_would_be_found() -> None:
    orders = Operation("trading", "GET", "/v2/orders")
    moment = Operation("data", "GET", "/v2/stocks/{symbol}/snapshot")
    clock = Operation("trading", "GET", "/v2/clock")
    at = "2026-11-25T19:00:00Z"
    told = {"timestamp": at, "is_open": True, "next_open": at, "next_close": at}

    assert wrong(clock, 200, told) == []
    assert wrong(clock, 200, told | {"next_open": "soon"}) != []
    assert wrong(clock, 200, told | {"season": "autumn"}) != []
    assert wrong(orders, 200, [{"symbol": 3}]) != []
    assert wrong(orders, 422, {"code": 40010001}) != []
    assert wrong(orders, 409, {"message": "conflict"}) != []
    assert wrong(moment, 200, {"symbol": "SPY", "latestTrade": {}}) != []


def test_orders_in_every_state(walk: Walk) -> None:
    """Every type, time in force and class, and every status that the venue knows."""
    venue, seen = walk.venue, list[dict[str, Any]]()
    _entered(walk)
    for _ in range(12):  # some are filled in parts
        seen += walk.orders()
        venue.advance(0.1)
    venue.advance()
    seen += _changed(walk)
    venue.document("POST", "/control/clock", {"to": "2026-11-26T01:00:00Z"})  # the evening
    walk.order(symbol="BRK.B")
    walk.order(symbol="BRK.B", time_in_force="opg")
    seen += walk.orders()

    assert {one["status"] for one in seen} == set(Status)
    assert {one["type"] for one in seen} == set(Kind)
    assert {one["time_in_force"] for one in seen} == set(InForce)
    assert {one["order_class"] for one in seen} == set(OrderClass)


def _entered(walk: Walk) -> None:
    for number in range(25):
        walk.order(symbol="BRK.B", qty="3", client_order_id=f"mine {number}")
    walk.order(notional="20")
    walk.order(qty="1.5")
    for in_force in ("gtc", "cls", "ioc", "fok"):
        walk.order(symbol="SPY", type="limit", limit_price="10.00", time_in_force=in_force)
    walk.order(symbol="AAPL", type="stop", stop_price="400.00")
    walk.order(symbol="AAPL", type="stop_limit", stop_price="400.00", limit_price="401.00")
    walk.order(symbol="AAPL", type="trailing_stop", trail_percent="2")
    walk.order(symbol="AAPL", order_class="oto", stop_loss={"stop_price": 100})
    walk.order(order_class="bracket", **LEGS)


def _changed(walk: Walk) -> list[dict[str, Any]]:
    """Replace, cancel, refuse; return the orders as they were meanwhile."""
    venue = walk.venue
    found = walk.ask(
        "GET /v2/orders:by_client_order_id",
        "/v2/orders:by_client_order_id?client_order_id=mine%200",
    )
    assert found["status"] == "filled"
    exits: dict[str, Any] = {"take_profit": {"limit_price": 900}, "stop_loss": {"stop_price": 100}}
    walk.order(symbol="BRK.B", side="sell", type="limit", order_class="oco", **exits)
    limited = [walk.order(type="limit", limit_price="20.00") for _ in range(3)]
    venue.advance()
    walk.ask("PATCH /v2/orders/{order_id}", f"/v2/orders/{limited[0]['id']}", {"qty": 2})
    walk.ask("DELETE /v2/orders/{order_id}", f"/v2/orders/{limited[1]['id']}", status=204)
    seen = walk.orders()
    venue.fault("reject_after_accept")
    walk.order()
    venue.advance()
    for one in (limited[0], found):
        path = f"/v2/orders/{one['id']}"
        walk.ask("GET /v2/orders/{order_id}", f"{path}?nested=true")
        walk.ask("DELETE /v2/orders/{order_id}", path, status=422)
        walk.ask("PATCH /v2/orders/{order_id}", path, {"qty": 3}, status=422)
    return seen + walk.orders()


def test_positions_in_both_directions(walk: Walk) -> None:
    venue = walk.venue
    venue.hold(qty="10")
    venue.order(side="sell", symbol="BRK.B", qty="3")
    venue.advance()
    name = "GET /v2/positions/{symbol_or_asset_id}"

    sides = [one["side"] for one in walk.ask("GET /v2/positions")]
    asset = walk.ask(name, "/v2/positions/SPY")["asset_id"]
    assert (sides, walk.ask(name, f"/v2/positions/{asset}")["qty"]) == (["short", "long"], "10")
    walk.ask(name, "/v2/positions/AAPL", status=404)
    close = "DELETE /v2/positions/{symbol_or_asset_id}"
    walk.ask(close, "/v2/positions/SPY?qty=1")
    walk.ask(close, "/v2/positions/SPY?percentage=50")
    walk.ask(close, "/v2/positions/SPY?qty=100", status=403)
    walk.ask(close, "/v2/positions/SPY?qty=1&percentage=1", status=422)
    walk.ask(close, "/v2/positions/AAPL", status=404)
    venue.order(symbol="AAPL", type="limit", limit_price="10.00")
    venue.fault("partial_207", times=2)
    canceled = walk.ask("DELETE /v2/orders", status=207)
    closed = walk.ask("DELETE /v2/positions", "/v2/positions?cancel_orders=true", status=207)
    assert {one["status"] for one in canceled + closed} == {200, 500}


def test_activities_of_every_kind(walk: Walk) -> None:
    """Fills in whole and in parts, and whatever else the venue books; page by page."""
    venue = walk.venue
    for _ in range(40):
        venue.order(symbol="AAPL", qty="3")
    venue.advance()
    for kind in sorted(hands.KINDS):
        share = {"symbol": "AAPL", "per_share_amount": "0.25"} if kind == "DIV" else {}
        amount = {"symbol": "AAPL", "ratio": 2} if kind == "SPLIT" else {"net_amount": "9"}
        venue.document("POST", "/control/activities", {"activity_type": kind, **(share or amount)})

    url = "/v2/account/activities?page_size=10"
    found = page = walk.ask("GET /v2/account/activities", url)
    while page:
        page = walk.ask("GET /v2/account/activities", f"{url}&page_token={page[-1]['id']}")
        found += page
    assert {one["activity_type"] for one in found} == {"FILL", *hands.KINDS}
    assert {one["type"] for one in found if one["activity_type"] == "FILL"} == {
        "fill",
        "partial_fill",
    }
    for kind in ("FILL", "DIV"):
        walk.ask("GET /v2/account/activities/{activity_type}", f"/v2/account/activities/{kind}")
    walk.ask("GET /v2/account/portfolio/history")


def test_account_calendar_and_assets(walk: Walk) -> None:
    walk.ask("GET /v2/account")
    walk.ask("GET /v2/clock")
    walk.ask("GET /v2/account/configurations")
    path = "/v2/account/configurations"
    walk.ask("PATCH /v2/account/configurations", path, {"no_shorting": True, "suspend_trade": None})
    walk.ask("PATCH /v2/account/configurations", path, {"no_shorting": "perhaps"}, status=422)
    days = walk.ask("GET /v2/calendar", "/v2/calendar?start=2026-11-25&end=2026-11-30")
    settled = "/v2/calendar?start=2026-11-27&end=2026-11-27&date_type=SETTLEMENT"
    assert [one["close"] for one in days] == ["16:00", "13:00", "16:00"]
    assert [one["date"] for one in walk.ask("GET /v2/calendar", settled)] == ["2026-11-25"]
    walk.ask("GET /v2/calendar", "/v2/calendar?start=someday", status=400)
    fractional = "/v2/assets?attributes=fractional_eh_enabled,ipo"
    assert walk.ask("GET /v2/assets") == walk.ask("GET /v2/assets", fractional)
    assert walk.ask("GET /v2/assets", "/v2/assets?attributes=ipo") == []
    asset = walk.ask("GET /v2/assets/{symbol_or_asset_id}", "/v2/assets/SPY")
    assert walk.ask("GET /v2/assets/{symbol_or_asset_id}", f"/v2/assets/{asset['id']}") == asset
    walk.ask("GET /v2/assets/{symbol_or_asset_id}", "/v2/assets/NONE", status=404)


@pytest.mark.parametrize("kind", ["bars", "trades", "quotes", "auctions"])
def test_the_past_page_by_page(walk: Walk, kind: str) -> None:
    frame = "&timeframe=1Day&adjustment=all" if kind == "bars" else ""
    asked = f"start=2026-11-24T20:50:00Z&end=2026-11-25T15:00:00Z&limit=7{frame}"
    url = f"/v2/stocks/{kind}?symbols=AAPL,SPY&{asked}"
    page = walk.ask(f"GET /v2/stocks/{kind}", url)
    symbols = set(page[kind])
    while token := page["next_page_token"]:
        page = walk.ask(f"GET /v2/stocks/{kind}", f"{url}&page_token={token}")
        symbols |= page[kind].keys()
    assert symbols == {"AAPL", "SPY"}
    one = f"GET /v2/stocks/{{symbol}}/{kind}"
    assert walk.ask(one, f"/v2/stocks/SPY/{kind}?{asked}")[kind] != []
    assert walk.ask(one, f"/v2/stocks/ZZZ/{kind}?{asked}")[kind] == []
    walk.ask(one, f"/v2/stocks/SPY/{kind}?{asked}&sort=sideways", status=400)


def test_the_present_and_corporate_actions(walk: Walk) -> None:
    for kind in ("bars", "trades", "quotes"):
        walk.ask(f"GET /v2/stocks/{kind}/latest", f"/v2/stocks/{kind}/latest?symbols=AAPL,ZZZ")
        one = f"GET /v2/stocks/{{symbol}}/{kind}/latest"
        walk.ask(one, f"/v2/stocks/SPY/{kind}/latest?feed=iex")
        walk.ask(one, f"/v2/stocks/ZZZ/{kind}/latest", status=400)
    walk.ask("GET /v2/stocks/snapshots", "/v2/stocks/snapshots?symbols=AAPL,SPY")
    walk.ask("GET /v2/stocks/{symbol}/snapshot", "/v2/stocks/SPY/snapshot")
    url = "/v1/corporate-actions?start=2026-09-01&limit=1"
    page = walk.ask("GET /v1/corporate-actions", url)
    rest = walk.ask("GET /v1/corporate-actions", f"{url}&page_token={page['next_page_token']}")
    groups = (*page["corporate_actions"], *rest["corporate_actions"])
    assert groups == ("forward_splits", "cash_dividends")
    cusip = page["corporate_actions"]["forward_splits"][0]["cusip"]
    assert walk.ask("GET /v1/corporate-actions", f"{url}&cusips={cusip}") == page
    none = walk.ask("GET /v1/corporate-actions", f"{url}&cusips=000000000")
    assert none["corporate_actions"] == {}
    walk.venue.document("POST", "/control/data", {"recent": False})
    walk.ask(
        "GET /v2/stocks/quotes/latest", "/v2/stocks/quotes/latest?symbols=SPY&feed=sip", status=403
    )
