"""A split changes open orders as it changes shares."""

from decimal import Decimal

import pytest

from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.venue.desk import Desk
from alchemiser.adapters.venue.floor import Floor
from alchemiser.adapters.venue.orders import Order, Status
from alchemiser.adapters.venue.requests import order_request
from alchemiser.adapters.venue.world import Sources, Terms, World
from tests.served_venue import Answer, Served
from tests.unit.adapters.venue.test_trade_updates import listening


def split(venue: Served, ratio: str, symbol: str = "SPY") -> None:
    body = {"activity_type": "SPLIT", "symbol": symbol, "ratio": ratio}
    venue.document("POST", "/control/activities", body)


def rest(venue: Served, **asked: object) -> Answer:
    asked = {"type": "limit", "limit_price": "500.01", "time_in_force": "gtc", **asked}
    order = venue.order(qty="3", **asked)
    venue.advance(1)
    return order


def test_an_open_order_is_replaced_by_one_of_the_same_worth(venue: Served) -> None:
    """A29: the broker replaces it; the name stays with the first."""
    before = rest(venue, client_order_id="ours")
    other = rest(venue, symbol="TLT", limit_price="80.00")

    split(venue, "2")

    old = venue.seen(before)
    new = venue.document("GET", f"/v2/orders/{old['replaced_by']}")
    assert (old["status"], old["client_order_id"]) == ("replaced", "ours")
    assert (new["status"], new["replaces"], new["qty"]) == ("new", old["id"], "6")
    assert new["limit_price"] == "250", "rounded down to a cent"
    assert venue.seen(other)["status"] == "new"


def test_what_was_filled_counts_in_new_shares(venue: Served) -> None:
    served = venue.world
    sources = Sources(
        wall=served.wall,
        clock=served.clock,
        market=served.market,
        calendar=SessionTable(),
        reference=ReferenceTable(),
    )
    world = World(sources, Terms())
    floor = Floor(world)
    desk = Desk(world, floor)
    asked = {"symbol": "SPY", "qty": "3", "side": "buy", "type": "limit", "time_in_force": "gtc"}
    order = desk.enter(order_request({**asked, "limit_price": "500.01"}, world.assets.find))
    assert isinstance(order, Order)
    floor.activate(order)
    floor.fill(order, Decimal(1), Decimal("500.01"))

    desk.split(order.symbol, Decimal(3))

    new = order.replaced_by
    assert new is not None
    assert (new.quantity, new.filled_qty(), new.leaves_qty()) == tuple(map(Decimal, (9, 3, 6)))
    assert new.average_price() == Decimal("166.67")
    assert new.status is Status.PARTIALLY_FILLED


@pytest.mark.parametrize("kind", ["stop", "stop_limit"])
def test_stop_prices_follow(venue: Served, kind: str) -> None:
    venue.hold(qty="3")
    limits = {"limit_price": "490.00"} if kind == "stop_limit" else {"limit_price": None}
    order = rest(venue, side="sell", type=kind, stop_price="500.00", **limits)

    split(venue, "4")

    new = venue.document("GET", f"/v2/orders/{venue.seen(order)['replaced_by']}")
    assert (new["qty"], new["stop_price"]) == ("12", "125")


def test_a_bracket_follows_with_its_legs(venue: Served) -> None:
    order = rest(
        venue,
        order_class="bracket",
        take_profit={"limit_price": "700.00"},
        stop_loss={"stop_price": "400.00"},
    )

    split(venue, "2")

    new = venue.document("GET", f"/v2/orders/{venue.seen(order)['replaced_by']}?nested=true")
    legs = [
        (leg["status"], leg["qty"], leg["limit_price"], leg["stop_price"]) for leg in new["legs"]
    ]
    assert new["qty"] == "6"
    assert legs == [("held", "6", "350", None), ("held", "6", None, "200")]


def test_an_order_that_waits_for_its_session_goes_on_waiting(venue: Served) -> None:
    venue.document("POST", "/control/clock", {"to": "2026-11-27T02:00:00Z"})
    order = rest(venue)

    split(venue, "2")

    new = venue.document("GET", f"/v2/orders/{venue.seen(order)['replaced_by']}")
    assert (new["qty"], new["status"]) == ("6", "accepted")


def test_a_reverse_split_ends_what_is_open(venue: Served) -> None:
    """FINRA Rule 5330: open orders are canceled."""
    order, other = rest(venue), rest(venue, symbol="TLT", limit_price="80.00")

    split(venue, "0.1")

    assert [venue.seen(one)["status"] for one in (order, other)] == ["canceled", "new"]


def test_it_is_told_on_the_stream(venue: Served) -> None:
    rest(venue)
    with listening(venue) as wire:
        split(venue, "2")
        assert wire.events(2) == ["replaced", "new"]


def test_an_order_about_to_end_ends(venue: Served) -> None:
    order = rest(venue)
    venue.call("DELETE", f"/v2/orders/{order['id']}")

    split(venue, "2")
    venue.advance(1)

    assert venue.seen(order)["status"] == "canceled"
    assert venue.seen(order)["replaced_by"] is None
