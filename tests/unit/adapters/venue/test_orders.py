"""Orders over time: entered, filled, changed, ended."""

from tests.served_venue import OPEN, Served, served


def test_a_market_order_waits_for_time_and_fills_at_the_ask(venue: Served) -> None:
    order = venue.order(qty="10")

    assert order["status"] == "pending_new"
    assert venue.seen(order)["status"] == "pending_new"

    venue.advance()

    filled = venue.seen(order)
    assert (filled["status"], filled["filled_qty"]) == ("filled", "10")
    assert filled["filled_avg_price"] == "600.01"
    truth = venue.document("GET", "/control/truth")
    assert (truth["cash"], truth["positions"]) == ("93999.90", {"SPY": "10"})


def test_a_limit_order_rests_until_its_price_comes(venue: Served) -> None:
    order = venue.order(type="limit", limit_price="590.00")
    venue.advance(60)
    assert venue.seen(order)["status"] == "new"

    venue.prices.middles["SPY"] = "589.50"
    venue.advance()

    assert venue.seen(order)["filled_avg_price"] == "589.51"


def test_some_orders_fill_in_parts_and_the_parts_add_up(venue: Served) -> None:
    orders = [venue.order(symbol="TLT", qty="7") for _ in range(40)]
    venue.advance()

    truth = venue.document("GET", "/control/truth")
    parts = [row for row in truth["executions"] if row["order_id"] == orders[0]["id"]]
    assert parts
    assert len(truth["executions"]) > len(orders)
    assert truth["positions"] == {"TLT": "280"}


def test_a_day_order_expires_at_the_close_and_a_gtc_order_does_not(venue: Served) -> None:
    day = venue.order(type="limit", limit_price="1.00", qty="2")
    gtc = venue.order(type="limit", limit_price="1.00", qty="2", time_in_force="gtc")
    venue.document("POST", "/control/clock", {"to": "2026-11-25T21:00:00Z"})

    assert venue.seen(day)["status"] == "expired"
    assert venue.seen(day)["expired_at"] == "2026-11-25T21:00:00.000000Z"
    assert venue.seen(gtc)["status"] == "new"

    venue.prices.middles["SPY"] = "0.99"
    venue.document("POST", "/control/clock", {"to": "2026-11-27T14:30:02Z"})
    assert venue.seen(gtc)["status"] == "filled"


def test_what_is_not_filled_by_the_close_waits_for_the_next_session(venue: Served) -> None:
    venue.document("POST", "/control/clock", {"to": "2026-11-25T20:59:59.800Z"})
    orders = [
        venue.order(type="limit", limit_price="605.00", time_in_force="gtc") for _ in range(20)
    ]
    venue.document("POST", "/control/clock", {"to": "2026-11-26T15:00:00Z"})

    fills = venue.document("GET", "/control/truth")["executions"]
    assert 0 < len(fills) < len(orders)
    assert all(one["at"] < "2026-11-25T21:00:00Z" for one in fills)

    venue.document("POST", "/control/clock", {"to": "2026-11-27T15:00:00Z"})
    assert {venue.seen(one)["status"] for one in orders} == {"filled"}


def test_a_gtc_order_ends_after_ninety_days(venue: Served) -> None:
    gtc = venue.order(type="limit", limit_price="1.00", qty="2", time_in_force="gtc")
    for month in (12, 1, 2):
        year = 2026 if month == 12 else 2027
        venue.document("POST", "/control/clock", {"to": f"{year}-{month:02d}-20T21:30:00Z"})
        assert venue.seen(gtc)["status"] == "new"

    venue.document("POST", "/control/clock", {"to": "2027-02-24T21:00:00Z"})

    assert venue.seen(gtc)["status"] == "expired"


def test_an_order_of_the_night_waits_for_the_morning(venue: Served) -> None:
    venue.document("POST", "/control/clock", {"to": "2026-11-26T20:00:00Z"})
    order = venue.order()
    assert order["status"] == "accepted"

    venue.document("POST", "/control/clock", {"to": "2026-11-27T14:30:01Z"})

    assert venue.seen(order)["status"] == "filled"


def test_the_closing_auction_fills_at_the_last_price(venue: Served) -> None:
    order = venue.order(time_in_force="cls", qty="3")
    beyond = venue.order(time_in_force="cls", type="limit", limit_price="599.99", qty="3")
    assert order["status"] == "accepted_for_bidding"

    venue.document("POST", "/control/clock", {"to": "2026-11-25T20:50:00Z"})
    assert venue.call("DELETE", f"/v2/orders/{order['id']}")[0] == 422
    status, refusal = venue.refused(time_in_force="cls")
    assert (status, refusal["code"]) == (403, 40310000)
    venue.document("POST", "/control/clock", {"to": "2026-11-25T21:00:01Z"})

    assert venue.seen(order)["filled_avg_price"] == "600"
    assert venue.seen(beyond)["status"] == "expired"


def test_the_opening_auction_fills_at_the_open(venue: Served) -> None:
    status, _ = venue.refused(time_in_force="opg")
    assert status == 403
    venue.document("POST", "/control/clock", {"to": "2026-11-27T01:00:00Z"})
    order = venue.order(time_in_force="opg")

    venue.document("POST", "/control/clock", {"to": "2026-11-27T14:30:01Z"})

    assert venue.seen(order)["status"] == "filled"


def test_ioc_and_fok_end_at_once_when_they_cannot_fill(venue: Served) -> None:
    orders = [
        venue.order(type="limit", limit_price="590.00", time_in_force=name)
        for name in ("ioc", "fok")
    ]
    good = [
        venue.order(type="limit", limit_price="610.00", time_in_force=name)
        for name in ("ioc", "fok")
    ]
    venue.advance()

    assert [venue.seen(one)["status"] for one in orders] == ["canceled", "canceled"]
    assert [venue.seen(one)["status"] for one in good] == ["filled", "filled"]


def test_a_stop_waits_for_its_price_and_a_stop_limit_for_both(venue: Served) -> None:
    venue.hold(qty="10")
    stop = venue.order(side="sell", type="stop", stop_price="595.00", qty="5")
    both = venue.order(
        side="sell", type="stop_limit", stop_price="595.00", limit_price="594.50", qty="5"
    )
    venue.advance()
    assert [venue.seen(one)["status"] for one in (stop, both)] == ["new", "new"]

    venue.prices.middles["SPY"] = "594.00"
    venue.advance()

    assert venue.seen(stop)["filled_avg_price"] == "593.99"
    assert venue.seen(both)["status"] == "new"


def test_a_trailing_stop_follows_the_best_price(venue: Served) -> None:
    venue.hold()
    order = venue.order(side="sell", type="trailing_stop", trail_percent="1", qty="10")
    venue.advance()
    assert venue.seen(order)["hwm"] == "600"
    venue.prices.middles["SPY"] = "620.00"
    venue.advance()
    assert venue.seen(order)["stop_price"] == "613.8"

    venue.prices.middles["SPY"] = "613.80"
    venue.advance()

    assert venue.seen(order)["status"] == "filled"


def test_a_notional_order_buys_parts_of_shares(venue: Served) -> None:
    order = venue.order(notional="100.50")
    assert (order["qty"], order["notional"]) == (None, "100.5")

    venue.advance()

    filled = venue.seen(order)
    assert (filled["status"], filled["filled_qty"]) == ("filled", "0.167497208")


def test_a_cancel_takes_its_time_and_ends_the_order(venue: Served) -> None:
    order = venue.order(type="limit", limit_price="590.00")
    venue.advance()

    assert venue.call("DELETE", f"/v2/orders/{order['id']}") == (204, "")
    assert venue.seen(order)["status"] == "pending_cancel"
    status, text = venue.call("DELETE", f"/v2/orders/{order['id']}")
    assert (status, "order pending cancel" in text) == (422, True)
    venue.advance()

    assert venue.seen(order)["status"] == "canceled"
    status, text = venue.call("DELETE", f"/v2/orders/{order['id']}")
    assert (status, 'order is already in \\"canceled\\" state' in text) == (422, True)


def test_a_replacement_is_a_new_order_and_what_was_filled_counts(venue: Served) -> None:
    order = venue.order(type="limit", limit_price="590.00", qty="10")
    venue.advance()
    venue.prices.middles["SPY"] = "589.00"
    world = venue.world
    first = world.order(order["id"])
    assert first is not None
    venue.document("POST", "/control/halt", {"symbol": "SPY"})

    new = venue.document("PATCH", f"/v2/orders/{order['id']}", {"qty": 12, "limit_price": 591.5})
    assert (new["replaces"], new["status"]) == (order["id"], "pending_new")
    assert venue.seen(order)["status"] == "pending_replace"
    venue.advance()

    old = venue.seen(order)
    assert (old["status"], old["replaced_by"]) == ("replaced", new["id"])
    assert venue.seen(new)["status"] == "new"
    venue.document("POST", "/control/halt/SPY", {"halted": False})
    venue.advance()
    assert venue.seen(new)["filled_qty"] == "12"
    status, text = venue.call("PATCH", f"/v2/orders/{order['id']}", {"qty": 3})
    assert (status, "order already replaced" in text) == (422, True)


def test_a_replacement_may_move_an_order_to_the_auction(venue: Served) -> None:
    order = venue.order(type="limit", limit_price="605.00", qty="2", time_in_force="gtc")
    venue.document("POST", "/control/halt/SPY")
    venue.advance(0.1)
    path = f"/v2/orders/{order['id']}"
    new = venue.document("PATCH", path, {"time_in_force": "cls"})
    venue.document("POST", "/control/halt/SPY", {"halted": False})
    venue.advance(5)
    assert venue.seen(new)["status"] == "accepted_for_bidding"

    venue.document("POST", "/control/clock", {"to": "2026-11-25T21:00:01Z"})

    assert venue.seen(new)["filled_avg_price"] == "600"


def test_orders_of_one_moment_have_moments_of_their_own(venue: Served) -> None:
    for _ in range(5):
        venue.order()

    told = [one["created_at"] for one in venue.document("GET", "/v2/orders?direction=asc")]

    assert told == sorted(set(told))


def test_a_replacement_that_changes_nothing_is_refused(venue: Served) -> None:
    order = venue.order(type="limit", limit_price="590.00", qty="10")
    path = f"/v2/orders/{order['id']}"
    assert "in pending_new status" in venue.call("PATCH", path, {"qty": 9})[1]
    venue.advance()

    for body, words in (
        ({"qty": "10"}, "order parameters are not changed"),
        ({"qty": "1.5"}, "qty must be a whole number"),
        ({"stop_price": "5"}, "stop_price is no parameter"),
        ({"trail": "5"}, "trail is no parameter"),
        ({"notional": "5"}, "notional orders cannot be replaced"),
        ({"limit_price": "590.001"}, "sub-penny"),
        ({"qty": 100_000}, "insufficient buying power"),
        ([], "request body format is invalid"),
    ):
        assert words in venue.call("PATCH", path, body)[1]


def test_orders_are_listed_by_state_time_side_and_symbol(venue: Served) -> None:
    venue.hold()
    first = venue.order(type="limit", limit_price="500.00")
    venue.advance(10)
    second = venue.order(symbol="TLT", type="limit", limit_price="80.00")
    venue.advance(10)
    sell = venue.order(side="sell", type="limit", limit_price="700.00")

    def ids(query: str) -> list[str]:
        return [row["id"] for row in venue.document("GET", f"/v2/orders?{query}")]

    assert ids("") == [sell["id"], second["id"], first["id"]]
    assert ids("direction=asc&limit=2") == [first["id"], second["id"]]
    assert ids("symbols=TLT%2CNVDA") == [second["id"]]
    assert ids("side=sell") == [sell["id"]]
    assert len(ids("status=closed")) == 1
    assert len(ids("status=all&limit=500")) == 4
    assert ids(f"after={OPEN.isoformat().replace('+', '%2B')}&side=buy") == [
        second["id"],
        first["id"],
    ]
    assert ids("until=2026-11-25T15:00:05Z") == [first["id"]]
    assert venue.call("GET", "/v2/orders?limit=501")[0] == 422
    assert venue.call("GET", "/v2/orders?status=half")[0] == 422
    assert venue.call("GET", "/v2/orders?after=noon")[0] == 422


def test_positions_are_closed_in_part_and_whole(venue: Served) -> None:
    venue.hold(qty="10")
    venue.hold("TLT", "4")

    half = venue.document("DELETE", "/v2/positions/SPY?percentage=25")
    assert (half["side"], half["qty"], half["position_intent"]) == ("sell", "2.5", "sell_to_close")
    venue.advance()
    position = venue.document("GET", "/v2/positions/SPY")
    assert (position["qty"], position["qty_available"]) == ("7.5", "7.5")
    assert venue.call("DELETE", "/v2/positions/SPY?qty=8")[0] == 403
    assert venue.call("DELETE", "/v2/positions/SPY?qty=1&percentage=2")[0] == 422
    assert venue.call("DELETE", "/v2/positions/SPY?percentage=101")[0] == 422
    assert venue.call("DELETE", "/v2/positions/NVDA")[0] == 404
    assert venue.call("DELETE", "/v2/positions/NIX")[0] == 404
    venue.order(side="sell", type="limit", limit_price="700.00", qty="7")

    status, text = venue.call("DELETE", "/v2/positions?cancel_orders=True")

    assert (status, text.count('"status": 200')) == (207, 2)
    venue.advance()
    assert venue.document("GET", "/v2/positions") == []
    assert venue.call("GET", "/v2/positions/SPY")[0] == 404


def test_the_same_seed_gives_the_same_day(venue: Served) -> None:
    def traded(one: Served) -> object:
        one.order(symbol="TLT", qty="9")
        one.order(notional="1000")
        one.order(type="limit", limit_price="590.00")
        one.advance(30)
        return one.document("GET", "/control/truth")

    mine = traded(venue)
    with served() as again, served(seed=8) as other:
        assert traded(again) == mine
        assert traded(other) != mine
