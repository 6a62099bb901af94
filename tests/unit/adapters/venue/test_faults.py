"""Each fault that the venue can have, at least once, as clients meet it."""

import json
from http.client import HTTPException

import pytest

from alchemiser.adapters.venue.fault_kinds import KINDS
from tests.served_venue import Served

ORDER = {"symbol": "SPY", "qty": "1", "side": "buy", "type": "market", "time_in_force": "day"}


def held(venue: Served) -> int:
    """Return how many orders the venue really has."""
    return len(venue.document("GET", "/control/truth")["orders"])


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("rate_limited", 429, "42910000"),
        ("rate_limited_bare", 429, "rate limit exceeded"),
        ("error_500", 500, "50010000"),
        ("bad_gateway", 502, "<html>"),
        ("unavailable", 503, ""),
        ("gateway_timeout", 504, "gateway timeout"),
        ("unauthorized", 401, "unauthorized."),
        ("forbidden", 403, "forbidden."),
        ("insufficient_buying_power", 403, "insufficient buying power"),
        ("insufficient_qty", 403, "insufficient qty available"),
        ("wash_trade", 403, "potential wash trade detected"),
        ("not_fractionable", 403, "not fractionable"),
        ("day_trade_denied", 403, "40310100"),
        ("duplicate_client_order_id", 422, "client_order_id must be unique"),
        ("bad_limit", 422, "sub-penny"),
    ],
)
def test_refusals_strike_before_the_order_is_taken(
    venue: Served, name: str, status: int, text: str
) -> None:
    """A03, A05, A06, A08, A10, A11, A12."""
    venue.fault(name)

    found, content, headers = venue.answered("POST", "/v2/orders", ORDER)

    assert (found, text in content) == (status, True)
    assert ("X-RateLimit-Reset" in headers) is (name == "rate_limited")
    assert held(venue) == 0
    assert venue.hits() == {name: 1}
    assert venue.call("POST", "/v2/orders", ORDER)[0] == 200


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("accept_then_504", 504, "gateway timeout"),
        ("accept_then_500", 500, "internal server error"),
        ("empty_body", 200, ""),
        ("null_body", 200, "null"),
        ("html_200", 200, "<html>"),
        ("unknown_status", 200, '"status": "teleported"'),
        ("nan_numbers", 200, '"qty": "NaN"'),
        ("huge_numbers", 200, '"qty": "1e400"'),
        ("negative_numbers", 200, '"qty": "-1"'),
    ],
)
def test_answers_are_spoilt_after_the_order_was_taken(
    venue: Served, name: str, status: int, told: str
) -> None:
    """A02, A04, A15, A16, A17."""
    venue.fault(name)

    found, content = venue.call("POST", "/v2/orders", ORDER)

    assert (found, told in content) == (status, True)
    assert bool(content) is (name != "empty_body")
    assert held(venue) == 1


def test_an_answer_is_cut_in_half(venue: Served) -> None:
    venue.fault("truncated_json", method="POST")

    status, content = venue.call("POST", "/v2/orders", ORDER)

    assert status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(content)
    assert held(venue) == 1


def test_fields_are_missing(venue: Served) -> None:
    venue.fault("missing_fields", times=2)

    order = venue.order()
    assets = venue.document("GET", "/v2/assets")

    assert "submitted_at" not in order
    assert all("easy_to_borrow" not in one for one in assets)


@pytest.mark.parametrize(("name", "count"), [("drop", 0), ("accept_then_drop", 1)])
def test_connections_break_before_and_after(venue: Served, name: str, count: int) -> None:
    """A01, A02."""
    venue.fault(name)

    with pytest.raises((HTTPException, ConnectionError)):
        venue.call("POST", "/v2/orders", ORDER)

    assert held(venue) == count


@pytest.mark.parametrize(("name", "count"), [("hang", 0), ("accept_then_hang", 1)])
def test_a_hanging_venue_never_answers(venue: Served, name: str, count: int) -> None:
    """A18."""
    venue.fault(name, method="POST")

    with pytest.raises(TimeoutError):
        venue.answered("POST", "/v2/orders", ORDER, patience=0.3)

    assert held(venue) == count


def test_a_slow_venue_answers_late(venue: Served) -> None:
    venue.fault("delay", seconds=0.3)
    venue.fault("late_answer", seconds=0.3)

    with pytest.raises(TimeoutError):
        venue.answered("POST", "/v2/orders", ORDER, patience=0.2)
    with pytest.raises(TimeoutError):
        venue.answered("POST", "/v2/orders", ORDER, patience=0.2)

    assert venue.call("GET", "/v2/clock")[0] == 200
    assert venue.hits() == {"delay": 1, "late_answer": 1}


def test_an_order_enters_late(venue: Served) -> None:
    """A14."""
    venue.fault("late_acceptance", seconds=20)
    asked = {**ORDER, "client_order_id": "mine"}
    path = "/v2/orders:by_client_order_id?client_order_id=mine"

    assert venue.call("POST", "/v2/orders", asked)[0] == 504
    assert venue.call("GET", path)[0] == 404
    venue.advance(19)
    assert venue.call("GET", path)[0] == 404
    venue.advance(2)

    assert venue.document("GET", path)["status"] == "filled"


def test_an_order_is_hidden_for_a_time(venue: Served) -> None:
    """A13."""
    venue.fault("hidden_order", seconds=10)
    order = venue.order(client_order_id="mine")
    path = f"/v2/orders/{order['id']}"

    assert venue.call("GET", path)[0] == 404
    assert venue.document("GET", "/v2/orders?status=all") == []
    assert venue.refused(client_order_id="mine")[0] == 422
    venue.advance(10)

    assert venue.call("GET", path)[0] == 200


def test_a_query_may_not_find_an_order(venue: Served) -> None:
    order = venue.order()
    venue.fault("order_not_found", times=2)

    assert [venue.call("GET", f"/v2/orders/{order['id']}")[0] for _ in range(3)] == [404, 404, 200]


def test_an_order_is_rejected_after_it_was_accepted(venue: Served) -> None:
    """A09."""
    venue.fault("reject_after_accept")
    order = venue.order()
    venue.advance()

    assert venue.seen(order)["status"] == "rejected"
    assert venue.seen(order)["failed_at"] is not None


def test_cancels_fail_in_every_way(venue: Served) -> None:
    """A19, A20, A21, A25."""
    lost, filled, raced, stuck = (venue.order(type="limit", limit_price="590.00") for _ in range(4))
    venue.advance()

    venue.fault("cancel_lost")
    assert venue.call("DELETE", f"/v2/orders/{lost['id']}")[0] == 204
    venue.fault("cancel_filled")
    assert venue.call("DELETE", f"/v2/orders/{filled['id']}")[0] == 422
    venue.fault("cancel_fill_race")
    assert venue.call("DELETE", f"/v2/orders/{raced['id']}")[0] == 204
    venue.fault("cancel_stuck", seconds=600)
    assert venue.call("DELETE", f"/v2/orders/{stuck['id']}")[0] == 204
    venue.advance(60)

    assert [venue.seen(one)["status"] for one in (lost, filled, raced, stuck)] == [
        "new",
        "new",
        "filled",
        "pending_cancel",
    ]
    venue.advance(600)
    assert venue.seen(stuck)["status"] == "canceled"


def test_some_of_many_cancels_and_exits_fail(venue: Served) -> None:
    """A22."""
    venue.hold("TLT")
    venue.hold("NVDA")
    orders = [venue.order(type="limit", limit_price="590.00") for _ in range(3)]
    venue.advance()
    venue.fault("partial_207", after=1)
    venue.fault("partial_207", symbol="TLT")

    status, content = venue.call("DELETE", "/v2/orders")
    exits_status, exits = venue.call("DELETE", "/v2/positions")
    venue.advance()

    assert (status, exits_status) == (207, 207)
    assert [row["status"] for row in json.loads(content)] == [200, 500, 200]
    assert [venue.seen(one)["status"] for one in orders] == ["canceled", "new", "canceled"]
    assert {row["symbol"]: row["status"] for row in json.loads(exits)} == {"NVDA": 200, "TLT": 500}


def test_a_replacement_is_rejected_after_it_was_accepted(venue: Served) -> None:
    """A23."""
    order = venue.order(type="limit", limit_price="590.00")
    venue.advance()
    venue.fault("replace_rejected")

    new = venue.document("PATCH", f"/v2/orders/{order['id']}", {"limit_price": "591.00"})
    venue.advance()

    assert venue.seen(order)["status"] == "new"
    assert venue.seen(new)["status"] == "rejected"


def test_the_account_lags_behind_the_orders(venue: Served) -> None:
    """A27."""
    venue.advance(60)
    venue.hold()
    venue.fault("positions_lag", seconds=30, times=2)

    assert venue.document("GET", "/v2/positions") == []
    assert venue.document("GET", "/v2/account")["cash"] == "100000.00"
    assert len(venue.document("GET", "/v2/positions")) == 1


def test_lists_of_orders_are_cut_short(venue: Served) -> None:
    """A26."""
    for _ in range(3):
        venue.order()
    venue.fault("orders_truncated", value=2)

    assert len(venue.document("GET", "/v2/orders")) == 2
    assert len(venue.document("GET", "/v2/orders")) == 3


def test_marketable_orders_do_not_fill(venue: Served) -> None:
    venue.fault("no_fills", symbol="SPY", times=-1)
    order, other = venue.order(), venue.order(symbol="TLT")
    venue.advance(30)

    assert [venue.seen(one)["status"] for one in (order, other)] == ["new", "filled"]
    venue.document("DELETE", "/control/faults/no_fills")
    venue.advance(2)
    assert venue.seen(order)["status"] == "filled"


def test_clock_and_account_are_wrong(venue: Served) -> None:
    """G01, G04, M07."""
    venue.fault("clock_skew", seconds=-90)
    venue.fault("clock_closed", after=1)
    venue.fault("account_blocked")

    skewed, closed = venue.document("GET", "/v2/clock"), venue.document("GET", "/v2/clock")

    assert (skewed["timestamp"], skewed["is_open"]) == ("2026-11-25T09:58:30-05:00", True)
    assert closed["is_open"] is False
    assert venue.document("GET", "/v2/account")["trading_blocked"] is True
    assert venue.document("GET", "/v2/account")["trading_blocked"] is False


def test_a_fault_strikes_by_chance_of_its_seed_and_by_path(venue: Served) -> None:
    venue.fault("error_500", times=-1, probability=0.5, seed=3, path="/v2/clock", method="GET")

    struck = [venue.call("GET", "/v2/clock")[0] for _ in range(60)]

    assert 15 < struck.count(500) < 45
    assert venue.call("GET", "/v2/account")[0] == 200
    assert venue.hits() == {"error_500": struck.count(500)}


def test_faults_are_listed_and_switched_off(venue: Served) -> None:
    venue.fault("drop", times=-1)
    venue.fault("hang", path="/v2/never")
    listed = venue.document("GET", "/control/faults")
    assert [one["name"] for one in listed["armed"]] == ["drop", "hang"]
    assert {one["name"] for one in listed["known"]} == set(KINDS)

    assert venue.document("DELETE", "/control/faults/f1") == {"switched_off": 1}
    assert venue.document("DELETE", "/control/faults") == {"switched_off": 1}
    assert venue.document("GET", "/control/faults")["armed"] == []
    bodies: tuple[object, ...] = (
        {"name": "rain"},
        {"name": "drop", "often": 3},
        {"name": "drop", "times": "2"},
        {"name": "delay", "seconds": 1e300},
        {"name": "stream_close", "value": 5},
        [],
    )
    assert {venue.call("POST", "/control/faults", body)[0] for body in bodies} == {422}


def test_every_fault_has_a_number_in_the_catalogue() -> None:
    assert all(one.ids for one in KINDS.values())


def test_a_path_that_ends_in_a_dollar_is_the_whole_path(venue: Served) -> None:
    venue.fault("error_500", times=-1, path="/v2/account$|/v2/calendar")

    told = ("/v2/account", "/v2/account/activities", "/v2/calendar", "/v2/clock")
    assert [venue.call("GET", path)[0] for path in told] == [500, 200, 500, 200]
