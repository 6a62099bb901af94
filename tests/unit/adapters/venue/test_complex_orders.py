"""Orders with legs."""

from tests.served_venue import Served

BRACKET = {
    "order_class": "bracket",
    "take_profit": {"limit_price": 620.0},
    "stop_loss": {"stop_price": 580.0, "limit_price": 579.5},
}


def statuses(venue: Served, order: dict[str, object]) -> list[str]:
    """Return the states of an order and its legs, as the venue nests them."""
    nested = venue.document("GET", f"/v2/orders/{order['id']}?nested=True")
    return [nested["status"], *(leg["status"] for leg in nested["legs"])]


def test_a_bracket_wakes_its_legs_when_the_entry_has_filled(venue: Served) -> None:
    entry = venue.order(qty="10", **BRACKET)
    assert [leg["type"] for leg in entry["legs"]] == ["limit", "stop_limit"]
    assert statuses(venue, entry) == ["pending_new", "held", "held"]
    venue.advance()
    assert statuses(venue, entry) == ["filled", "new", "held"]
    position = venue.document("GET", "/v2/positions/SPY")
    assert (position["qty"], position["qty_available"]) == ("10", "0")

    venue.prices.middles["SPY"] = "620.10"
    venue.advance()

    assert statuses(venue, entry) == ["filled", "filled", "canceled"]


def test_the_stop_of_a_bracket_ends_its_profit(venue: Served) -> None:
    entry = venue.order(qty="10", **BRACKET)
    venue.advance()
    venue.prices.middles["SPY"] = "579.90"
    venue.advance()

    assert statuses(venue, entry) == ["filled", "canceled", "filled"]
    assert venue.document("GET", "/control/truth")["positions"] == {}


def test_a_canceled_entry_takes_its_legs_along(venue: Served) -> None:
    entry = venue.order(type="limit", limit_price="590.00", qty="10", **BRACKET)
    venue.advance()
    assert venue.call("DELETE", f"/v2/orders/{entry['id']}")[0] == 204
    venue.advance()

    assert statuses(venue, entry) == ["canceled", "canceled", "canceled"]


def test_two_legs_reserve_their_shares_once_also_while_one_is_being_canceled(
    venue: Served,
) -> None:
    """A stop on its way out sells no share beside the profit that still stands."""
    entry = venue.order(qty="10", **BRACKET)
    venue.advance()
    venue.call("DELETE", f"/v2/orders/{entry['legs'][1]['id']}")

    position = venue.document("GET", "/v2/positions/SPY")

    assert (position["qty"], position["qty_available"]) == ("10", "0")


def test_canceling_one_leg_cancels_the_other(venue: Served) -> None:
    entry = venue.order(qty="10", **BRACKET)
    venue.advance()
    assert venue.call("DELETE", f"/v2/orders/{entry['legs'][1]['id']}")[0] == 204
    venue.advance()

    assert statuses(venue, entry) == ["filled", "canceled", "canceled"]


def test_a_leg_can_be_replaced(venue: Served) -> None:
    entry = venue.order(qty="10", **BRACKET)
    venue.advance()
    profit = venue.document(
        "PATCH", f"/v2/orders/{entry['legs'][0]['id']}", {"limit_price": "610.00"}
    )
    path = f"/v2/orders/{entry['legs'][1]['id']}"
    stop = venue.document("PATCH", path, {"stop_price": "590.00"})
    venue.advance()
    assert statuses(venue, entry) == ["filled", "new", "held"]
    assert (
        "qty cannot be changed" in venue.call("PATCH", f"/v2/orders/{profit['id']}", {"qty": 5})[1]
    )

    venue.prices.middles["SPY"] = "590.00"
    venue.advance()

    assert venue.seen(stop)["status"] == "filled"
    assert venue.seen(profit)["status"] == "canceled"


def test_an_oco_needs_a_position_and_fills_on_one_side_only(venue: Served) -> None:
    oco = {
        "order_class": "oco",
        "side": "sell",
        "type": "limit",
        "take_profit": {"limit_price": "620.00"},
        "stop_loss": {"stop_price": "580.00"},
        "qty": "10",
    }
    assert "oco orders must be exit orders" in venue.refused(**oco)[1]["message"]
    venue.hold(qty="10")
    order = venue.order(**oco)
    venue.advance()
    assert statuses(venue, order) == ["new", "held"]
    assert order["limit_price"] == "620"

    venue.prices.middles["SPY"] = "579.00"
    venue.advance()

    assert statuses(venue, order) == ["canceled", "filled"]


def test_an_oto_wakes_its_one_leg(venue: Served) -> None:
    order = venue.order(qty="4", order_class="oto", stop_loss={"stop_price": "590.00"})
    assert statuses(venue, order) == ["pending_new", "held"]
    venue.advance()
    assert statuses(venue, order) == ["filled", "new"]

    venue.prices.middles["SPY"] = "589.00"
    venue.advance()

    assert statuses(venue, order) == ["filled", "filled"]


def test_lists_show_legs_within_their_order_or_beside_it(venue: Served) -> None:
    entry = venue.order(qty="10", **BRACKET)

    nested = venue.document("GET", "/v2/orders?nested=True&status=all")
    beside = venue.document("GET", "/v2/orders?status=all")

    assert [len(one["legs"]) for one in nested] == [2]
    assert {one["id"] for one in beside} == {entry["id"], *(leg["id"] for leg in entry["legs"])}
