"""Lists are followed to their end, each entry told once."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from alchemiser.adapters.alpaca.listing import activity_rows, fills, orders
from alchemiser.ports.errors import PortUnavailableError
from tests.unit.adapters.alpaca.loopback import Asked, Loopback, Told, serving
from tests.unit.adapters.alpaca.telling import fill_row, order_row, query, told, transport

MOMENTS = ("submitted_at", "created_at")
FIRST = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)


def entered(seconds: float, name: str) -> dict[str, Any]:
    at = (FIRST + timedelta(seconds=seconds)).isoformat()
    return order_row(name, submitted_at=at, created_at=at)


def books(
    rows: list[dict[str, Any]], venue: Loopback, at_most: int = 500, *, whole: bool = False
) -> None:
    """Let `venue` list orders as Alpaca does: from after a moment, at most so many.

    It tells their moments in `whole` seconds, and knows better.
    """

    def page(asked: Asked) -> Told:
        wanted = query(asked)
        after = datetime.fromisoformat(wanted["after"])
        until = datetime.fromisoformat(wanted.get("until", "2099-01-01T00:00:00+00:00"))
        later = [one for one in rows if after < datetime.fromisoformat(one["submitted_at"]) < until]
        if wanted["direction"] == "desc":
            later.reverse()
        assert wanted["status"] == "all"
        shown = later[: min(int(wanted["limit"]), at_most)]
        if whole:
            shown = [one | dict.fromkeys(MOMENTS, one["submitted_at"][:19] + "Z") for one in shown]
        return told(shown)

    venue.standing["GET /v2/orders"] = page


def test_orders_are_followed_over_many_pages_with_ties() -> None:
    """FAULTS A26: a truncated list is no list; many orders are of one moment."""
    rows = [entered(number // 150 * 0.000001, f"alc-{number}") for number in range(1701)]
    with serving() as venue:
        books(rows, venue)
        found = [row.client_order_id for row in orders(transport(venue.url), FIRST)]

    assert found == [row["client_order_id"] for row in rows]
    assert len(venue.asked) > 3


def test_an_order_of_the_first_moment_is_told_and_none_before() -> None:
    rows = [entered(-0.000001, "early"), entered(0, "first"), entered(1, "second")]
    with serving() as venue:
        books(rows, venue)
        found = [row.client_order_id for row in orders(transport(venue.url), FIRST)]

    assert found == ["first", "second"]


def test_a_page_that_was_cut_short_is_not_the_end() -> None:
    """FAULTS A26."""
    rows = [entered(number, f"alc-{number}") for number in range(7)]
    with serving() as venue:
        books(rows, venue, at_most=2)
        found = [row.client_order_id for row in orders(transport(venue.url), FIRST)]

    assert found == [row["client_order_id"] for row in rows]


@pytest.mark.parametrize("at_most", [1, 2])
def test_orders_of_one_second_on_pages_cut_short_are_each_told(at_most: int) -> None:
    """FAULTS A26: a page that holds no more than a part of a second is still got past."""
    rows = [entered(number / 1000, f"alc-{number}") for number in range(7)]
    with serving() as venue:
        books(rows, venue, at_most=at_most)
        found = [row.client_order_id for row in orders(transport(venue.url), FIRST)]

    assert found == [row["client_order_id"] for row in rows]


def test_more_orders_of_one_moment_than_a_page_holds_are_no_list() -> None:
    """RS-10: an error, not a part."""
    with serving() as venue:
        books([entered(0, f"alc-{number}") for number in range(501)], venue)
        with pytest.raises(PortUnavailableError, match="to its end"):
            list(orders(transport(venue.url), FIRST))


@pytest.mark.parametrize("at_most", [3, 500])
def test_orders_whose_moments_are_told_in_whole_seconds_are_each_told(at_most: int) -> None:
    """FAULTS A26: what is asked for is compared with finer moments than are told."""
    moments = [0.25, 0.5, 0.75, 1.5, 3.25, 3.5, 7.125]
    rows = [entered(at, f"alc-{number}") for number, at in enumerate(moments)]
    with serving() as venue:
        books(rows, venue, at_most=at_most, whole=True)
        found = [row.client_order_id for row in orders(transport(venue.url), FIRST)]

    assert sorted(found) == [row["client_order_id"] for row in rows]
    assert len(venue.asked) <= 20


def test_more_orders_of_one_second_than_a_page_holds_are_no_list() -> None:
    """RS-10: an error, not a part."""
    rows = [entered(number / 10, f"alc-{number}") for number in range(4)]
    with serving() as venue:
        books(rows, venue, at_most=2, whole=True)
        with pytest.raises(PortUnavailableError, match="to its end"):
            list(orders(transport(venue.url), FIRST))


def test_the_usual_list_takes_two_requests() -> None:
    with serving() as venue:
        books([entered(number, f"alc-{number}") for number in range(7)], venue)
        list(orders(transport(venue.url), FIRST))

    assert len(venue.asked) == 2


def activity_pages(
    rows: list[dict[str, Any]], venue: Loopback, path: str, at_most: int = 100
) -> None:
    def page(asked: Asked) -> Told:
        wanted = query(asked)
        names = [one["id"] for one in rows]
        start = names.index(wanted["page_token"]) + 1 if "page_token" in wanted else 0
        return told(rows[start : start + min(int(wanted["page_size"]), at_most)])

    venue.standing[f"GET {path}"] = page


@pytest.mark.parametrize("count", [0, 99, 100, 101, 250])
def test_activities_are_followed_to_their_end(count: int) -> None:
    rows = [
        fill_row(number, "1", "1", transaction_time="2026-11-27T15:00:00Z")
        for number in range(count)
    ]
    with serving() as venue:
        activity_pages(rows, venue, "/v2/account/activities")
        found = [row.id for row in activity_rows(transport(venue.url), FIRST)]

    assert found == [row["id"] for row in rows]


@pytest.mark.parametrize("filled", [7, 8])
def test_a_short_page_of_executions_is_not_the_end_of_what_was_filled(filled: int) -> None:
    """FAULTS A26: two a page, and one more page while shares are missing."""
    rows = [fill_row(number, "1", "1") for number in range(7)]
    with serving() as venue:
        activity_pages(rows, venue, "/v2/account/activities/FILL", at_most=2)
        found = [row.id for row in fills(transport(venue.url), "id-alc-1", Decimal(filled))]

    assert found == [row["id"] for row in rows]
    assert len(venue.asked) == 4 + (filled > 7)


def test_executions_of_another_order_are_passed_over() -> None:
    rows = [fill_row(1, "1", "1"), fill_row(2, "1", "1", order_id="another")]
    with serving() as venue:
        activity_pages(rows, venue, "/v2/account/activities/FILL")
        found = [row.id for row in fills(transport(venue.url), "id-alc-1", Decimal(1))]

    assert found == [rows[0]["id"]]
    assert query(venue.asked[0])["order_id"] == "id-alc-1"


def test_activities_and_orders_told_twice_on_one_page_are_told_once() -> None:
    """A split told twice would give its shares twice: its rows are summed up."""
    split = fill_row(1, "10", "10") | {"activity_type": "SPLIT"}
    with serving() as venue:
        venue.standing["GET /v2/account/activities"] = lambda asked: told(
            [] if "page_token" in query(asked) else [split, split]
        )
        activity = [row.id for row in activity_rows(transport(venue.url), FIRST)]
        venue.standing["GET /v2/orders"] = lambda _: told([entered(1, "alc-1")] * 2)
        names = [row.client_order_id for row in orders(transport(venue.url), FIRST)]

    assert (activity, names) == ([split["id"]], ["alc-1"])


def test_a_list_that_goes_round_in_circles_is_no_list() -> None:
    """FAULTS C10."""
    rows = [
        fill_row(number, "1", "1", transaction_time="2026-11-27T15:00:00Z") for number in range(100)
    ]
    with serving() as venue:
        venue.standing["GET /v2/account/activities"] = lambda _: Told(
            200, json.dumps(rows).encode()
        )
        with pytest.raises(PortUnavailableError, match="to its end"):
            list(activity_rows(transport(venue.url), FIRST))
