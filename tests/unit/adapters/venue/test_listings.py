"""What lists and other questions of the venue are asked for, and how it refuses the rest."""

import json

import pytest

from tests.served_venue import Served

UNKNOWN = "e3e70682-c209-1cac-a29f-6fbed82c07cd"


def ids(venue: Served, query: str) -> list[str]:
    return [one["id"] for one in venue.document("GET", f"/v2/orders?status=all&{query}")]


def test_orders_before_and_after_an_order(venue: Served) -> None:
    """Both ends are excluded; orders of one moment have their order, too."""
    first, second, third, fourth = (venue.order()["id"] for _ in range(4))

    assert ids(venue, f"before_order_id={third}") == [second, first]
    assert ids(venue, f"after_order_id={second}") == [fourth, third]
    assert ids(venue, f"after_order_id={first}&direction=asc&limit=2") == [second, third]
    assert ids(venue, f"after_order_id={fourth}") == []
    assert ids(venue, f"before_order_id={first}") == []
    assert ids(venue, "before_order_id=") == [fourth, third, second, first]


def test_pages_of_orders_join(venue: Served) -> None:
    """Whoever asks for what comes before the last of a page gets every order once."""
    entered = [venue.order()["id"] for _ in range(7)]

    found = page = ids(venue, "limit=3")
    while page:
        page = ids(venue, f"limit=3&before_order_id={page[-1]}")
        found = found + page

    assert found == entered[::-1]


def test_orders_of_other_things_than_shares_are_none(venue: Served) -> None:
    order = venue.order()["id"]

    assert ids(venue, "asset_class=crypto&asset_class=us_equity") == [order]
    assert ids(venue, "asset_class=all") == [order]
    assert ids(venue, "asset_class=crypto,ipo") == []


@pytest.mark.parametrize(
    "path",
    [
        "/v2/orders?status=perhaps",
        "/v2/orders?direction=up",
        "/v2/orders?nested=2",
        "/v2/orders?limit=501",
        "/v2/orders?asset_class=bread",
        "/v2/orders?before_order_id=first",
        f"/v2/orders?before_order_id={UNKNOWN}",
        f"/v2/orders?before_order_id={UNKNOWN}&after_order_id={UNKNOWN}",
        f"/v2/orders?before_order_id={UNKNOWN}&after=2026-11-01",
        "/v2/orders/first",
        "/v2/orders:by_client_order_id",
        "/v2/account/activities?category=trade",
        "/v2/account/activities?category=trade_activity&activity_types=FILL",
        "/v2/account/activities?activity_types=FILL,BREAD",
        "/v2/account/activities?direction=up",
        "/v2/account/activities?order_id=first",
        "/v2/account/portfolio/history?timeframe=2D",
        "/v2/account/portfolio/history?pnl_reset=never",
        "/v2/account/portfolio/history?intraday_reporting=night",
        "/v2/account/portfolio/history?start=soon",
        "/v2/account/portfolio/history?period=1M&start=2026-11-01&end=2026-11-02",
        "/v2/account/portfolio/history?start=2026-11-03&end=2026-11-02",
        "/v2/assets?attributes=bread",
    ],
)
def test_what_is_not_understood_is_refused_even_where_nothing_is_found(
    venue: Served, path: str
) -> None:
    """A venue without an order refuses a list of orders as one with orders does."""
    status, text = venue.call("GET", path)

    assert (status, json.loads(text)["code"]) == (422, 40010001)


def test_empty_values_are_as_none(venue: Served) -> None:
    for path in ("/v2/account/activities", "/v2/account/portfolio/history", "/v2/calendar"):
        names = "category= order_id= after= page_size= period= start= end= timeframe= date_type="
        query = "&".join(names.split())
        assert venue.document("GET", f"{path}?{query}") == venue.document("GET", path)


def days(venue: Served, query: str) -> int:
    return len(venue.document("GET", f"/v2/account/portfolio/history?{query}")["equity"])


def test_history_between_two_moments(venue: Served) -> None:
    """A point a close from the one moment to the other, and now where it lies between them."""
    assert days(venue, "start=2026-11-02T00:00:00-05:00&end=2026-11-07T00:00:00-05:00") == 5
    assert days(venue, "end=2026-11-07T00:00:00-05:00&period=1W") == 5
    assert days(venue, "start=2026-11-02T00:00:00-05:00&period=1W") == 5
    assert days(venue, "start=2026-11-24T00:00:00Z") == 2  # yesterday's, and now
    assert days(venue, "start=0001-01-01T00:00:00Z&period=9999A") > 2000
    later = venue.document("GET", "/v2/account/portfolio/history?start=2027-01-01T00:00:00Z")
    assert len(later["equity"]) == 1  # the future begins now
    none = venue.document(
        "GET", "/v2/account/portfolio/history?start=2026-11-07T05:00:00Z&end=2026-11-08T05:00:00Z"
    )
    assert (none["equity"], none["base_value"]) == ([], None)


def test_another_method_is_refused_in_json(venue: Served) -> None:
    status, text, headers = venue.answered("PUT", "/v2/orders")

    assert (status, json.loads(text)) == (405, {"message": "Method Not Allowed"})
    assert set(headers["Allow"].split(",")) >= {"GET", "POST", "DELETE"}


@pytest.mark.parametrize("told", [1, 0, "true", "", [], {}])
def test_extended_hours_are_true_or_false(venue: Served, told: object) -> None:
    """A text or a number is no boolean; null is as nothing."""
    status, answer = venue.refused(type="limit", limit_price="590.00", extended_hours=told)

    assert (status, answer["code"]) == (422, 40010001)
    venue.order(extended_hours=None)
