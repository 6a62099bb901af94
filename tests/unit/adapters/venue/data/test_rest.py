"""The data interface answers as Alpaca does: pages, bounds, refusals and shapes."""

import base64
import functools
import json
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from alchemiser.domain.values.identifiers import Symbol
from tests.served_venue import Served
from tests.venue_days import daily_prices

yaml = pytest.importorskip("yaml")
PUBLISHED = Path(__file__).parents[5] / ".." / "shared" / "alpaca" / "data.openapi.yaml"
DAILY = "/v2/stocks/bars?timeframe=1Day&start=2026-09-01"
ALL = "symbols=AAPL,BRK.B,SPY"


@functools.cache
def specification() -> dict[str, Any]:
    if not PUBLISHED.exists():
        pytest.skip(f"the published specification is not at {PUBLISHED}")
    found: dict[str, Any] = yaml.load(PUBLISHED.read_text(), Loader=yaml.CSafeLoader)
    # OpenAPI 3.0 writes what may be null in a way that the JSON schema of 3.1 does not know.
    found["components"]["schemas"]["next_page_token"] = {"type": ["string", "null"]}
    return found


def check(path: str, answer: object) -> None:
    """Compare an answer with what is published for `path`."""
    response = specification()["paths"][path]["get"]["responses"]["200"]
    schema = response["content"]["application/json"]["schema"]
    whole = {**schema, "components": specification()["components"]}
    errors = OAS31Validator(whole).iter_errors(answer)
    assert [(error.json_path, error.message) for error in errors] == []


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v2/stocks/bars", f"?{ALL}&timeframe=1Day&start=2026-09-01&limit=7"),
        ("/v2/stocks/bars", f"?{ALL}&timeframe=5Min&start=2026-11-25T15:00:00Z"),
        ("/v2/stocks/{symbol}/bars", "?timeframe=1Week&start=2026-09-01"),
        ("/v2/stocks/quotes", f"?{ALL}&start=2026-11-25T15:00:00Z&limit=50"),
        ("/v2/stocks/{symbol}/quotes", "?start=2026-11-25T15:00:00Z&limit=50"),
        ("/v2/stocks/trades", f"?{ALL}&start=2026-11-25T15:00:00Z&limit=50"),
        ("/v2/stocks/{symbol}/trades", "?start=2026-11-25T15:00:00Z&limit=50"),
        ("/v2/stocks/auctions", f"?{ALL}&start=2026-11-02"),
        ("/v2/stocks/{symbol}/auctions", "?start=2026-11-02"),
        ("/v2/stocks/bars/latest", f"?{ALL}"),
        ("/v2/stocks/{symbol}/bars/latest", ""),
        ("/v2/stocks/quotes/latest", f"?{ALL}&feed=iex"),
        ("/v2/stocks/{symbol}/quotes/latest", ""),
        ("/v2/stocks/trades/latest", f"?{ALL}&feed=delayed_sip"),
        ("/v2/stocks/{symbol}/trades/latest", ""),
        ("/v2/stocks/snapshots", f"?{ALL}"),
        ("/v2/stocks/{symbol}/snapshot", ""),
        ("/v1/corporate-actions", "?symbols=AAPL&start=2026-01-01"),
    ],
)
def test_answers_have_the_published_shapes(venue: Served, path: str, asked: str) -> None:
    answer = venue.document("GET", path.format(symbol="AAPL") + asked)

    check(path, answer)
    found = next(iter(answer.values()))
    assert found


def test_a_wrong_answer_would_be_found() -> None:
    with pytest.raises(AssertionError):
        check("/v2/stocks/bars", {"bars": {"SPY": [{"c": "x"}]}, "next_page_token": None})


@pytest.mark.parametrize("limit", [1, 7, 57, 58, 59, 10_000])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_join_without_a_gap(venue: Served, limit: int, order: str) -> None:
    """C10: rows are counted over all symbols, sorted by symbol, then by time."""
    whole = venue.document("GET", f"{DAILY}&{ALL}&limit=10000&sort={order}")
    assert whole["next_page_token"] is None
    rows: list[tuple[str, str]] = []
    token = ""
    for _ in range(1_000):
        path = f"{DAILY}&{ALL}&limit={limit}&sort={order}&page_token={token}"
        page = venue.document("GET", path)
        found = [(name, bar["t"]) for name, bars in page["bars"].items() for bar in bars]
        assert 0 < len(found) <= limit
        rows += found
        token = page["next_page_token"]
        if token is None:
            break
        assert base64.b64decode(token).decode().startswith(f"{rows[-1][0]}|")

    assert rows == [(name, bar["t"]) for name, bars in whole["bars"].items() for bar in bars]
    assert list(whole["bars"]) == ["AAPL", "BRK.B", "SPY"]
    times = [bar["t"] for bar in whole["bars"]["SPY"]]
    assert times == sorted(times, reverse=order == "desc")


def test_daily_bars_are_stamped_midnight_in_new_york(venue: Served) -> None:
    bars = venue.document("GET", f"{DAILY}&symbols=SPY")["bars"]["SPY"]

    assert (bars[0]["t"], bars[-1]["t"]) == ("2026-09-01T04:00:00Z", "2026-11-25T05:00:00Z")


def test_bounds_are_inclusive(venue: Served) -> None:
    def times(start: str, end: str, frame: str = "1Day") -> list[str]:
        path = f"/v2/stocks/SPY/bars?timeframe={frame}&start={start}&end={end}"
        return [bar["t"][:16] for bar in venue.document("GET", path)["bars"]]

    assert times("2026-11-23", "2026-11-24") == ["2026-11-23T05:00", "2026-11-24T05:00"]
    assert times("2026-11-23T05:00:00.000001Z", "2026-11-24T04:59:59Z") == []
    assert times("2026-11-24T10:00:00-05:00", "2026-11-24T15:01:00Z", "1Min") == [
        "2026-11-24T15:00",
        "2026-11-24T15:01",
    ]
    assert times("2026-11-26", "2026-12-30") == []  # nothing of the future


def test_nothing_is_an_empty_object(venue: Served) -> None:
    empty: dict[str, object] = {"bars": {}, "next_page_token": None}

    assert venue.document("GET", f"{DAILY}&symbols=ZZZ") == empty
    assert venue.document("GET", f"{DAILY}&symbols=SPY&feed=otc") == empty
    assert venue.document("GET", "/v2/stocks/quotes/latest?symbols=ZZZ") == {"quotes": {}}
    assert venue.document("GET", "/v2/stocks/snapshots?symbols=ZZZ") == {}
    assert venue.call("GET", "/v2/stocks/ZZZ/quotes/latest")[0] == 400


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("", "symbols parameter is required"),
        ("symbols=spy", "invalid symbol: spy"),
        ("symbols=SPY,,AAPL", "invalid symbol: "),
        ("symbols=SPY&timeframe=60Min", "invalid timeframe: 60Min"),
        ("symbols=SPY&timeframe=2Day", "invalid timeframe: 2Day"),
        ("symbols=SPY&limit=10001", "invalid limit: larger than the allowed maximum of 10000"),
        ("symbols=SPY&limit=0", "invalid limit: must be positive"),
        ("symbols=SPY&limit=ten", "invalid limit: ten"),
        ("symbols=SPY&sort=up", "invalid sort: up"),
        ("symbols=SPY&feed=cta", "invalid feed: cta"),
        ("symbols=SPY&adjustment=half", "invalid adjustment: half"),
        ("symbols=SPY&asof=then", "invalid asof: then"),
        ("symbols=SPY&currency=EUR", "invalid currency: EUR"),
        ("symbols=SPY&start=yesterday", "invalid start: yesterday"),
        ("symbols=SPY&end=2020-01-01", "end should not be before start"),
        ("symbols=SPY&page_token=x", "invalid page_token"),
        ("symbols=SPY&page_token=U1BZfDIwMjYtOTktMDE=", "invalid page_token"),
    ],
)
def test_bad_requests_are_refused_in_words(venue: Served, asked: str, message: str) -> None:
    usual = "timeframe=1Day&start=2026-09-01"
    kept = "&".join(part for part in usual.split("&") if part.split("=")[0] + "=" not in asked)

    status, content = venue.call("GET", f"/v2/stocks/bars?{kept}&{asked}")

    assert (status, message in content) == (400, True), content


def test_recent_prices_of_all_exchanges_can_be_left_out_of_the_plan(venue: Served) -> None:
    """C11: the free plan."""
    venue.document("POST", "/control/data", {"recent": False})
    recent = f"{DAILY}&symbols=SPY&feed=sip&end=2026-11-25T18:50:00Z"

    status, content = venue.call("GET", recent)
    assert (status, "recent SIP data" in content) == (403, True)
    assert venue.call("GET", "/v2/stocks/quotes/latest?symbols=SPY&feed=sip")[0] == 403
    assert venue.call("GET", recent.replace("18:50", "18:45"))[0] == 200
    quote = venue.document("GET", "/v2/stocks/quotes/latest?symbols=SPY")["quotes"]["SPY"]
    assert quote["bx"] == "V"
    path = "/v2/stocks/SPY/bars?timeframe=1Min&start=2026-11-25"
    assert venue.document("GET", path)["bars"][-1]["t"] == "2026-11-25T18:44:00Z"


def test_thin_feeds_tell_smaller_volumes(venue: Served) -> None:
    def volume(feed: str) -> int:
        bars = venue.document("GET", f"{DAILY}&symbols=SPY&feed={feed}")["bars"]["SPY"]
        return int(bars[0]["v"])

    assert volume("iex") * 25 < volume("sip") < volume("iex") * 35


def test_adjustments_and_actions_agree(venue: Served) -> None:
    """C05, C06: raw prices fall by the ratio that the action tells; adjusted ones do not."""

    def change(adjustment: str) -> float:
        path = f"{DAILY}&symbols=AAPL&end=2026-10-01&adjustment={adjustment}"
        bars = venue.document("GET", path)["bars"]["AAPL"]
        return float(bars[-1]["c"] / bars[-2]["c"])

    groups = venue.document("GET", "/v1/corporate-actions?symbols=AAPL&start=2026-01-01")
    split = groups["corporate_actions"]["forward_splits"][0]

    assert (split["new_rate"], split["old_rate"], split["ex_date"]) == (4, 1, "2026-10-01")
    assert change("raw") == pytest.approx(0.25, rel=0.02)
    assert change("all") == change("split") == pytest.approx(1, rel=0.02)


def test_actions_come_in_pages(venue: Served) -> None:
    path = "/v1/corporate-actions?start=2026-01-01&limit=1"
    first = venue.document("GET", path)
    second = venue.document("GET", f"{path}&page_token={first['next_page_token']}")

    assert [*first["corporate_actions"]] == ["forward_splits"]
    assert [*second["corporate_actions"]] == ["cash_dividends"]
    assert second["next_page_token"] is None
    types = "&types=reverse_split,name_change"
    assert venue.document("GET", path + types)["corporate_actions"] == {}
    assert venue.call("GET", f"{path}&types=gift")[0] == 400


def test_the_venue_trades_at_the_prices_it_tells(venue: Served) -> None:
    order = venue.order(symbol="SPY", qty="10")
    venue.advance()
    filled = float(venue.seen(order)["filled_avg_price"])
    quote = daily_prices().quote(Symbol("SPY"), venue.world.moment)

    assert quote is not None
    assert abs(filled - float(quote.ask)) < 0.5


def test_what_nobody_has_published_is_refused(venue: Served) -> None:
    """As in https://github.com/alpacahq/alpaca-py/issues/581."""
    status, text = venue.call("GET", "/v2/stocks/quotes/latest?symbols=SPY&limit=3&asof=-")

    assert status == 400
    assert json.loads(text) == {"message": "unexpected query parameter(s): asof, limit"}
