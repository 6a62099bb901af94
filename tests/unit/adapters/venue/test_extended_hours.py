"""Orders that ask for it trade before and after the session, and no others."""

from datetime import UTC, datetime

import pytest

from tests.served_venue import Answer, Served, served

BEFORE_DAWN = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""Three in the morning in New York, on a Wednesday."""
PRE_MARKET, OPENED = "2026-11-25T09:00:00Z", "2026-11-25T14:30:01Z"
CLOSED, NIGHT = "2026-11-25T21:00:01Z", "2026-11-26T01:00:00Z"
NEXT_PRE_MARKET, HALF_DAYS_END = "2026-11-27T09:00:00Z", "2026-11-27T22:00:00Z"


def limit(venue: Served, price: str = "601.00", **asked: object) -> Answer:
    asked = {"type": "limit", "limit_price": price, "extended_hours": True, **asked}
    return venue.order(**asked)


def go_to(venue: Served, moment: str) -> None:
    venue.document("POST", "/control/clock", {"to": moment})


@pytest.mark.parametrize("in_force", ["day", "gtc"])
def test_an_order_waits_for_four_in_the_morning_and_fills_before_the_open(in_force: str) -> None:
    """ALPACA 3.3: from 4:00 New York, limit orders of a day or until canceled."""
    with served(start=BEFORE_DAWN) as venue:
        ours = limit(venue, time_in_force=in_force)
        usual = limit(venue, symbol="TLT", price="91.00", extended_hours=False)
        go_to(venue, "2026-11-25T08:59:59Z")
        assert {venue.seen(one)["status"] for one in (ours, usual)} == {"accepted"}

        go_to(venue, PRE_MARKET)
        venue.advance(2)

        assert venue.seen(ours)["status"] == "filled"
        assert venue.seen(usual)["status"] == "accepted"
        assert venue.document("GET", "/v2/clock")["is_open"] is False
        go_to(venue, OPENED)
        venue.advance(2)
        assert venue.seen(usual)["status"] == "filled"


def test_a_day_order_stands_on_after_the_close_until_eight() -> None:
    """ALPACA 3.3: to 20:00; what did not ask for it ends at the close."""
    with served(start=BEFORE_DAWN) as venue:
        go_to(venue, OPENED)
        ours, usual = limit(venue, "500.00"), limit(venue, "500.00", extended_hours=False)
        assert ours["expires_at"].startswith("2026-11-26T01:00:00")
        go_to(venue, CLOSED)
        assert [venue.seen(one)["status"] for one in (ours, usual)] == ["new", "expired"]

        venue.prices.middles["SPY"] = "499.00"
        venue.advance(20)

        assert venue.seen(ours)["status"] == "filled"


def test_what_comes_after_the_close_is_of_the_same_day() -> None:
    with served(start=BEFORE_DAWN) as venue:
        go_to(venue, CLOSED)
        filled, rests = limit(venue), limit(venue, "500.00", symbol="SPY")
        usual = limit(venue, "91.00", symbol="TLT", extended_hours=False)
        venue.advance(2)
        assert [venue.seen(one)["status"] for one in (filled, rests)] == ["filled", "new"]

        go_to(venue, NIGHT)

        assert venue.seen(rests)["status"] == "expired"
        assert venue.seen(usual)["status"] == "accepted", "it waits for the next session"


def test_at_night_nothing_trades_and_an_order_until_canceled_goes_on_in_the_morning() -> None:
    with served(start=BEFORE_DAWN) as venue:
        go_to(venue, CLOSED)
        order = limit(venue, "500.00", time_in_force="gtc")
        go_to(venue, NIGHT)
        venue.prices.middles["SPY"] = "499.00"
        go_to(venue, "2026-11-27T08:59:59Z")  # the day between is a holiday
        assert venue.seen(order)["status"] == "new"

        go_to(venue, NEXT_PRE_MARKET)
        venue.advance(1)

        assert venue.seen(order)["status"] == "filled"


def test_on_a_half_day_trading_after_the_session_ends_earlier() -> None:
    """The day after Thanksgiving: 13:00, and 17:00."""
    with served(start=BEFORE_DAWN) as venue:
        go_to(venue, NEXT_PRE_MARKET)
        order = limit(venue, "500.00")
        assert order["expires_at"].startswith(HALF_DAYS_END[:-1])
        go_to(venue, "2026-11-27T21:59:59Z")
        assert venue.seen(order)["status"] == "new"

        go_to(venue, HALF_DAYS_END)

        assert venue.seen(order)["status"] == "expired"
        rows = venue.document("GET", "/v2/calendar?start=2026-11-25&end=2026-11-27")
        assert [row["session_close"] for row in rows] == ["2000", "1700"]


def test_a_day_that_becomes_a_holiday_has_no_such_hours() -> None:
    with served(start=BEFORE_DAWN) as venue:
        order = limit(venue)
        venue.document("POST", "/control/holiday", {"day": "2026-11-25"})

        go_to(venue, OPENED)

        assert venue.seen(order)["status"] == "accepted"
