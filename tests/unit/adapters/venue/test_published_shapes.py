"""Answers have the shapes that Alpaca has published."""

import functools
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from tests.served_venue import Served

yaml = pytest.importorskip("yaml")
PUBLISHED = Path(__file__).parents[4] / ".." / "shared" / "alpaca" / "trading.openapi.yaml"

pytestmark = pytest.mark.skipif(
    not PUBLISHED.exists(), reason=f"the published specification is not at {PUBLISHED}"
)


@functools.cache
def specification() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(PUBLISHED.read_text(), Loader=yaml.CSafeLoader)
    # It says of a leg's legs that they are always null, and gives them the type of an object.
    found["components"]["schemas"]["OrderLeg"]["properties"]["legs"]["type"] = "null"
    return found


def check(path: str, method: str, answer: object, status: str = "200") -> None:
    """Compare an answer with what is published for `method` of `path`."""
    responses = specification()["paths"][path][method]["responses"]
    schema = responses[status]["content"]["application/json"]["schema"]
    whole = {**schema, "components": specification()["components"]}
    errors = OAS31Validator(whole).iter_errors(answer)
    assert [(error.json_path, error.message) for error in errors] == []


def test_a_wrong_answer_would_be_found() -> None:
    with pytest.raises(AssertionError):
        check("/v2/orders", "get", [{"symbol": 3}])


def test_account_clock_calendar_and_assets(venue: Served) -> None:
    for path in (
        "/v2/account",
        "/v2/account/configurations",
        "/v2/account/portfolio/history",
        "/v2/assets",
        "/v2/calendar",
        "/v2/clock",
    ):
        check(path, "get", venue.document("GET", path))
    asset = venue.document("GET", "/v2/assets/SPY")
    check("/v2/assets/{symbol_or_asset_id}", "get", asset)


def test_orders_in_every_state(venue: Served) -> None:
    venue.hold(qty="10")
    legs = {"take_profit": {"limit_price": 700}, "stop_loss": {"stop_price": 500}}
    answers = [
        venue.order(qty="2"),
        venue.order(notional="20"),
        venue.order(type="limit", limit_price="590.00", time_in_force="gtc"),
        venue.order(symbol="TLT", side="buy", type="trailing_stop", trail_percent="2"),
        venue.order(symbol="NVDA", order_class="oto", stop_loss={"stop_price": 100}),
        venue.order(qty="2", order_class="bracket", **legs),
    ]
    venue.advance()
    path = f"/v2/orders/{answers[2]['id']}"
    answers.append(venue.document("PATCH", path, {"qty": 4}))
    venue.advance()
    for answer in answers:
        check("/v2/orders", "post", answer)
        check("/v2/orders/{order_id}", "get", venue.seen(answer))
    nested = venue.document("GET", "/v2/orders?status=all&nested=true")
    check("/v2/orders", "get", nested)
    check("/v2/orders", "delete", venue.document("DELETE", "/v2/orders"), "207")
    venue.advance()
    check("/v2/orders", "get", venue.document("GET", "/v2/orders?status=all"))


def test_positions_and_activities(venue: Served) -> None:
    venue.hold(qty="10")
    venue.order(side="sell", symbol="TLT", qty="3")
    venue.advance()
    venue.document("POST", "/control/activities", {"activity_type": "CSD", "net_amount": "9"})
    positions = venue.document("GET", "/v2/positions")
    assert [one["side"] for one in positions] == ["long", "short"]
    check("/v2/positions", "get", positions)
    path = "/v2/positions/{symbol_or_asset_id}"
    check(path, "get", venue.document("GET", "/v2/positions/SPY"))
    check(path, "delete", venue.document("DELETE", "/v2/positions/SPY?qty=1"))
    venue.advance()
    check("/v2/positions", "delete", venue.document("DELETE", "/v2/positions"), "207")
    activities = venue.document("GET", "/v2/account/activities")
    assert {one["activity_type"] for one in activities} == {"FILL", "CSD"}
    check("/v2/account/activities", "get", activities)
