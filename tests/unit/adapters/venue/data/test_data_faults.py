"""Each fault of market data over REST, as clients meet it."""

import json
from typing import Any

import pytest

from alchemiser.adapters.venue.data.faults import DATA_FAULTS, DataFault
from alchemiser.adapters.venue.fault_kinds import KINDS
from tests.served_venue import Served

DAILY = "/v2/stocks/bars?timeframe=1Day&start=2026-11-01&symbols=AAPL,SPY"
Bars = list[dict[str, Any]]


def bars(venue: Served, name: str = "SPY", path: str = DAILY) -> Bars:
    found: Bars = venue.document("GET", path)["bars"].get(name, [])
    return found


def test_every_fault_is_known_to_the_board() -> None:
    assert set(DATA_FAULTS) == set(DataFault)
    assert set(DataFault) <= KINDS.keys()


def test_symbols_can_be_missing(venue: Served) -> None:
    """C01, C02."""
    venue.fault("data_missing", symbol="SPY")
    assert bars(venue) == []
    venue.fault("data_missing", times=-1)
    assert venue.document("GET", "/v2/stocks/snapshots?symbols=AAPL,SPY") == {}
    venue.document("DELETE", "/control/faults")
    assert bars(venue) != []


@pytest.mark.parametrize(
    ("fault", "ratio"),
    [
        ("data_zero_price", 0),
        ("data_negative_price", -1),
        ("data_times_1000", 1_000),
        ("data_split_without_action", 0.5),
    ],
)
def test_prices_of_the_last_session_can_be_wrong(venue: Served, fault: str, ratio: float) -> None:
    """C03, C04, C05."""
    right = bars(venue)
    venue.fault(fault, symbol="SPY", times=2)

    wrong = bars(venue)
    trade = venue.document("GET", "/v2/stocks/SPY/trades/latest")["trade"]

    assert wrong[:-1] == right[:-1]
    assert wrong[-1]["c"] == pytest.approx(right[-1]["c"] * ratio, abs=0.001)
    assert trade["p"] == pytest.approx(right[-1]["c"] * ratio, abs=0.001)
    doubled = 2 if fault == "data_split_without_action" else 1
    assert wrong[-1]["v"] == right[-1]["v"] * doubled
    assert bars(venue) == right


@pytest.mark.parametrize(
    ("fault", "text"), [("data_null_price", "null"), ("data_nan_price", "NaN")]
)
def test_prices_can_be_none(venue: Served, fault: str, text: str) -> None:
    """C03."""
    venue.fault(fault, symbol="SPY")

    content = venue.call("GET", DAILY)[1]

    assert content.count(f'"c":{text}') == 1
    assert json.loads(content)["bars"]["SPY"][-2]["c"] > 0


def test_the_last_session_can_be_missing_or_cut_short(venue: Served) -> None:
    """C08."""
    right = bars(venue)
    venue.fault("data_stale", symbol="SPY")
    venue.fault("data_partial", symbol="AAPL")

    assert [one["t"] for one in bars(venue)] == [one["t"] for one in right[:-1]]
    part, whole = bars(venue, "AAPL")[-1], bars(venue, "AAPL")[-1]
    assert part == whole  # the fault has struck in the request before
    venue.fault("data_partial", symbol="AAPL")
    assert bars(venue, "AAPL")[-1]["v"] < whole["v"]


def test_history_can_change(venue: Served) -> None:
    """C09."""
    right = bars(venue)
    venue.fault("data_revised", symbol="SPY")

    wrong = bars(venue)

    assert [a["c"] == b["c"] for a, b in zip(right, wrong, strict=True)].count(False) == 1
    assert wrong[-2]["c"] > right[-2]["c"]


def test_pages_can_loop_and_be_cut(venue: Served) -> None:
    """C10."""
    venue.fault("data_page_loop", times=-1)
    first = venue.document("GET", f"{DAILY}&limit=5")
    second = venue.document("GET", f"{DAILY}&limit=5&page_token={first['next_page_token']}")
    assert first["next_page_token"] == second["next_page_token"]
    venue.document("DELETE", "/control/faults")
    venue.fault("data_truncated_page")
    cut = venue.document("GET", f"{DAILY}&limit=8")
    assert (len(cut["bars"]["AAPL"]), cut["next_page_token"]) == (4, None)


def test_other_feeds_and_adjustments_can_be_served(venue: Served) -> None:
    """C06, C07, C11."""
    path = DAILY.replace("2026-11-01", "2026-09-01") + "&adjustment=all"
    right = bars(venue, "AAPL", path)
    venue.fault("data_thin_feed")
    assert bars(venue, "AAPL", path)[0]["v"] * 20 < right[0]["v"]
    venue.fault("data_wrong_adjustment")
    assert bars(venue, "AAPL", path)[0]["c"] == pytest.approx(right[0]["c"] * 4, rel=0.01)


def test_bars_can_contradict_themselves(venue: Served) -> None:
    """C13."""
    right = bars(venue)
    venue.fault("data_high_below_low", symbol="SPY")
    assert bars(venue)[-1]["h"] == right[-1]["l"] < right[-1]["h"]
    venue.fault("data_duplicate_row", symbol="SPY")
    assert bars(venue) == [*right, right[-1]]
    venue.fault("data_disordered_rows", symbol="SPY")
    assert bars(venue) == [*right[:-2], right[-1], right[-2]]


def test_quotes_can_be_useless(venue: Served) -> None:
    """C14, C15."""

    def quote() -> dict[str, Any]:
        path = "/v2/stocks/quotes/latest?symbols=SPY"
        found: dict[str, Any] = venue.document("GET", path)["quotes"]["SPY"]
        return found

    right = quote()
    venue.fault("data_crossed_quote")
    crossed = quote()
    venue.fault("data_one_sided_quote")
    one_sided = quote()
    venue.fault("data_stale_quote")
    stale = quote()

    assert (crossed["ap"], crossed["bp"]) == (right["bp"], right["ap"])
    assert (one_sided["bp"], one_sided["bs"], one_sided["ap"]) == (0, 0, right["ap"])
    assert (stale["t"], right["t"]) == ("2026-11-25T18:00:05Z", "2026-11-25T19:00:05Z")


def test_data_can_be_limited_without_orders(venue: Served) -> None:
    """C16."""
    venue.fault("data_rate_limited")

    assert venue.call("GET", "/v2/account")[0] == 200
    status, content = venue.call("GET", DAILY)
    assert (status, json.loads(content)["code"]) == (429, 42910000)
    assert venue.call("GET", DAILY)[0] == 200
