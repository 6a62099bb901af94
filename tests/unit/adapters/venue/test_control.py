"""The control endpoint: time, other hands, the truth."""

import pytest

from tests.served_venue import Served, served


def test_time_is_moved_and_never_back(venue: Served) -> None:
    clock = venue.document("POST", "/control/clock", {"advance": 1.5})
    assert clock["now"] == "2026-11-25T15:00:01.500000Z"
    assert clock["is_open"] is True
    assert venue.document("GET", "/v2/clock")["timestamp"] == "2026-11-25T10:00:01.500000-05:00"
    assert venue.document("POST", "/control/clock", {})["now"] == clock["now"]

    for body in (
        {"advance": -1},
        {"advance": 1e18},
        {"to": "2026-11-25T14:00:00Z"},
        {"to": "2031-01-01T15:00:00Z"},
        {"to": "9999-12-31T23:59:59-23:59"},
        {"to": "noon"},
        {"speed": -1},
        3,
    ):
        assert venue.call("POST", "/control/clock", body)[0] == 422
    assert venue.document("GET", "/control/clock") == clock
    assert "/control/truth" in venue.document("GET", "/control")["paths"]


def test_requests_are_counted_by_route(venue: Served) -> None:
    """Also those that are refused; those of the control endpoint are none."""
    venue.hold()
    for name in ("SPY", "NVDA"):
        venue.call("GET", f"/v2/positions/{name}")
    venue.call("GET", "/v2/nothing")
    venue.answered("GET", "/v2/orders", headers={})

    assert venue.document("GET", "/control")["requests"] == {
        "/v2/orders": 2,
        "/v2/positions/{name}": 2,
        "unknown": 1,
    }


def test_time_is_told_in_utc_wherever_it_was_moved_to(venue: Served) -> None:
    venue.document("POST", "/control/clock", {"to": "2026-11-25T10:30:00-05:00"})

    assert venue.order()["created_at"] == "2026-11-25T15:30:00.000000Z"


def test_time_runs_by_itself_at_a_speed() -> None:
    with served(speed=3600) as venue:
        first = venue.document("GET", "/control/clock")
        order = venue.order(type="limit", limit_price="500.00")
        while venue.seen(order)["status"] == "pending_new":
            pass
        assert venue.document("GET", "/control/clock")["now"] > first["now"]
        venue.document("POST", "/control/clock", {"speed": 0})
        stopped = venue.document("GET", "/control/clock")["now"]
        assert venue.document("GET", "/control/clock")["now"] == stopped


def test_a_stranger_trades_and_cancels(venue: Served) -> None:
    """B13, M01, M02."""
    order = venue.document(
        "POST", "/control/orders", {"symbol": "SPY", "qty": 3, "side": "buy", "price": "601.00"}
    )
    assert (order["status"], order["filled_avg_price"]) == ("filled", "601")
    assert venue.document("GET", "/v2/positions/SPY")["qty"] == "3"

    ours = venue.order(type="limit", limit_price="500.00", client_order_id="ours")
    canceled = venue.document("DELETE", "/control/orders/ours")

    assert (canceled["id"], canceled["status"]) == (ours["id"], "canceled")
    unknown = venue.document(
        "POST",
        "/control/orders",
        {"symbol": "SPY", "qty": 1, "side": "buy", "client_order_id": "alc-x"},
    )
    assert unknown["client_order_id"] == "alc-x"
    assert venue.call("DELETE", "/control/orders/none")[0] == 404
    assert venue.call("POST", "/control/orders", {"symbol": "SPY"})[0] == 422


def test_activities_change_the_account_and_are_listed(venue: Served) -> None:
    venue.hold(qty="10")
    post = "/control/activities"
    venue.document("POST", post, {"activity_type": "CSD", "net_amount": "500.00"})
    dividend = venue.document(
        "POST", post, {"activity_type": "DIV", "symbol": "SPY", "per_share_amount": "1.75"}
    )
    fee = venue.document("POST", post, {"activity_type": "FEE", "net_amount": "-0.02"})
    split = venue.document("POST", post, {"activity_type": "SPLIT", "symbol": "SPY", "ratio": "2"})

    assert (dividend["net_amount"], dividend["qty"]) == ("17.50", "10")
    assert (fee["net_amount"], split["qty"]) == ("-0.02", "10")
    assert venue.document("GET", "/v2/positions/SPY")["qty"] == "20"
    assert venue.document("GET", "/v2/account")["cash"] == "94517.38"
    for body in (
        {"activity_type": "GIFT", "net_amount": "1"},
        {"activity_type": "CSD"},
        {"activity_type": "SPLIT", "symbol": "SPY"},
        {"activity_type": "SPLIT", "symbol": "SPY", "ratio": "-2"},
        {"activity_type": "DIV", "symbol": "NIX", "net_amount": "1"},
    ):
        assert venue.call("POST", post, body)[0] == 422


def test_activities_are_paged_and_chosen(venue: Served) -> None:
    for _ in range(5):
        venue.hold(qty="1")
    venue.document("POST", "/control/activities", {"activity_type": "CSD", "net_amount": "5"})

    def ids(query: str) -> list[str]:
        return [row["id"] for row in venue.document("GET", f"/v2/account/activities{query}")]

    every = ids("?direction=asc")
    assert every == sorted(every)
    assert ids("") == every[::-1]
    first = ids("?direction=asc&page_size=4")
    assert first == every[:4]
    assert ids(f"?direction=asc&page_size=4&page_token={first[-1]}") == every[4:]
    assert ids("?page_token=gone") == []
    assert len(ids("/CSD")) == 1
    assert len(ids("/FILL")) == len(every) - 1
    assert len(ids("?activity_types=CSD,DIV")) == 1
    assert len(ids("?category=trade_activity")) == len(every) - 1
    assert ids("?after=2026-11-25T15:00:09Z") == every[-1:]
    assert len(ids("?date=2026-11-25")) == len(every)
    assert ids("?date=2026-11-24") == []
    order = venue.document("GET", "/v2/account/activities/FILL")[0]["order_id"]
    assert 0 < len(ids(f"?order_id={order}")) < len(every)
    for query in ("?page_size=0", "?page_size=101", "?page_size=x", "?after=x"):
        assert venue.call("GET", f"/v2/account/activities{query}")[0] == 422


def test_a_halted_symbol_does_not_trade(venue: Served) -> None:
    assert venue.document("POST", "/control/halt/SPY") == {"halted": ["SPY"]}
    order = venue.order()
    venue.advance(5)
    assert venue.seen(order)["status"] == "new"

    venue.document("POST", "/control/halt", {"symbol": "SPY", "halted": False})
    venue.advance(2)

    assert venue.seen(order)["status"] == "filled"
    assert venue.call("POST", "/control/halt/NIX")[0] == 422


def test_a_symbol_is_no_longer_traded_or_only_whole(venue: Served) -> None:
    whole = venue.document("POST", "/control/assets/SPY", {"fractionable": False})
    refused = venue.refused(qty="0.5")
    shut = venue.document("POST", "/control/assets/SPY", {"tradable": False})

    assert (whole["tradable"], whole["fractionable"]) == (True, False)
    assert (refused[0], refused[1]["message"]) == (403, 'asset "SPY" is not fractionable')
    assert (shut["tradable"], shut["fractionable"]) == (False, False)
    assert "is not tradable" in venue.refused()[1]["message"]
    both = {"tradable": True, "fractionable": True}
    assert venue.document("POST", "/control/assets/SPY", both) == venue.document(
        "GET", "/v2/assets/SPY"
    )
    assert venue.order(qty="0.5")["status"] != "rejected"
    assert venue.call("POST", "/control/assets/NIX", both)[0] == 422


def test_a_day_becomes_a_holiday(venue: Served) -> None:
    venue.document("POST", "/control/holiday", {"day": "2026-11-27"})

    days = venue.document("GET", "/v2/calendar?start=2026-11-25&end=2026-12-01")
    venue.document("POST", "/control/clock", {"to": "2026-11-27T15:00:00Z"})
    clock = venue.document("GET", "/v2/clock")

    assert [one["date"] for one in days] == ["2026-11-25", "2026-11-30", "2026-12-01"]
    assert (clock["is_open"], clock["next_open"]) == (False, "2026-11-30T09:30:00-05:00")
    assert venue.order()["status"] == "accepted"
    assert venue.call("POST", "/control/holiday", {"day": "soon"})[0] == 422


def test_a_fill_is_taken_back_once(venue: Served) -> None:
    """B14."""
    order = venue.order(qty="2")
    venue.advance()
    path = f"/control/orders/{order['id']}/bust"

    assert venue.document("POST", path)["filled_qty"] == "0"

    assert venue.document("GET", "/v2/account/activities") == []
    assert venue.document("GET", "/v2/account")["cash"] == "100000.00"
    assert venue.call("POST", path, {})[0] == 422
    assert venue.call("POST", path, {"execution_id": "none"})[0] == 404
    assert venue.call("POST", f"/control/orders/{order['id']}/correct", {})[0] == 422


@pytest.mark.parametrize("path", ["/control/clock", "/control/activities", "/control/orders"])
def test_nonsense_is_refused(venue: Served, path: str) -> None:
    for body in ("{", "[]", "3", '"x"'):
        assert venue.call("POST", path, body)[0] == 422


def test_a_reset_gives_another_account_with_nothing_but_cash(venue: Served) -> None:
    """A30: as a paper account that was made anew; names of orders are free again."""
    venue.hold()
    resting = venue.order(type="limit", limit_price="500.00", client_order_id="ours")
    before = venue.document("GET", "/v2/account")

    venue.document("POST", "/control/reset", {"cash": "25000"})

    after = venue.document("GET", "/v2/account")
    assert after["account_number"] != before["account_number"]
    assert after["account_number"].startswith("PA")
    assert after["id"] != before["id"]
    assert (after["cash"], after["equity"], after["last_equity"]) == ("25000.00",) * 3
    assert venue.document("GET", "/v2/orders?status=all") == []
    assert venue.document("GET", "/v2/positions") == []
    assert venue.document("GET", "/v2/account/activities") == []
    assert venue.call("GET", f"/v2/orders/{resting['id']}")[0] == 404
    venue.advance(60)
    assert venue.order(client_order_id="ours")["id"] != resting["id"]
    venue.advance(2)
    assert venue.document("GET", "/control/truth")["positions"] == {"SPY": "1"}


def test_a_reset_without_a_figure_begins_as_the_venue_did(venue: Served) -> None:
    numbers = {venue.document("GET", "/v2/account")["account_number"]}
    for _ in range(2):
        venue.hold()
        venue.document("POST", "/control/reset", {})
        account = venue.document("GET", "/v2/account")
        assert account["cash"] == "100000.00"
        numbers.add(account["account_number"])

    assert len(numbers) == 3
    wrongs: tuple[object, ...] = ({"cash": 0}, {"cash": -1}, {"cash": "much"}, [])
    for wrong in wrongs:
        assert venue.call("POST", "/control/reset", wrong)[0] == 422
