"""Values that mean something to the venue, for requests that it should carry out."""

from typing import Final

from tests.published import Operation, narrowed
from tests.published_exceptions import Document
from tests.served_venue import Served

UNKNOWN: Final = "e3e70682-c209-1cac-a29f-6fbed82c07cd"
BODIES: Final[dict[str, dict[str, list[object]]]] = {
    "POST /v2/orders": {
        "symbol": ["AAPL", "SPY"],
        "side": ["buy", "sell"],
        "type": ["market"],
        "time_in_force": ["day", "gtc", "ioc"],
        "qty": ["1", "3", "1000000"],
        "extended_hours": [False],
    },
    "PATCH /v2/orders/{order_id}": {"qty": ["2", "3"], "limit_price": ["0.98", "1.50"]},
}
"""What bodies are drawn from that could be carried out: few of all texts are numbers."""
_OPTIONAL: Final = frozenset({"extended_hours"})
_VALUES: Final = {
    "/v2/account/portfolio/history": {"timeframe": ["1D", "15Min"]},
    "/v1/corporate-actions": {"start": ["2026-09-01"], "end": ["2026-11-25"], "cusips": [""]},
}
"""What some names mean elsewhere."""
_EXCLUDED: Final = {
    "GET /v2/orders": frozenset({"after", "until"}),
    "GET /v2/account/activities": frozenset({"category"}),
    "GET /v2/account/portfolio/history": frozenset({"period"}),
    "DELETE /v2/positions/{symbol_or_asset_id}": frozenset({"qty"}),
}
"""Names that exclude others."""


def known(venue: Served) -> dict[str, list[str]]:
    """Hold shares, let orders stand, and return values that mean something to the venue."""
    venue.hold(qty="10")
    venue.hold("AAPL", "7")
    venue.document("POST", "/control/activities", {"activity_type": "CSD", "net_amount": "9"})
    orders = [venue.order(type="limit", limit_price="1.00") for _ in range(3)]
    venue.advance()
    return {
        "order_id": [one["id"] for one in orders],
        "client_order_id": [one["client_order_id"] for one in orders],
        "symbol_or_asset_id": ["SPY", "AAPL"],
        "symbol": ["AAPL", "BRK.B", "SPY"],
        "symbols": ["AAPL", "AAPL,SPY", "BRK.B,SPY"],
        "timeframe": ["1Day", "1Hour"],
        "start": ["2026-11-23", "2026-11-24T15:00:00Z"],
        "end": ["2026-11-25", "2026-11-25T15:00:00Z"],
        "after": ["2026-11-23", "2026-11-24T15:00:00Z"],
        "until": ["2026-11-26", "2026-11-25T19:00:00Z"],
        "asof": ["2026-11-25", "-"],
        "currency": ["USD"],
        "adjustment": ["raw", "all", "split,dividend"],
        "types": ["cash_dividend", "forward_split,reverse_split", "name_change"],
        "feed": ["sip", "iex"],
        "activity_type": ["FILL", "CSD"],
        "period": ["1D", "3M"],
        "side": ["buy", "sell"],
        "page_token": [""],
        "before_order_id": [""],
        "after_order_id": [orders[1]["id"]],
        "ids": [UNKNOWN],
        "limit": ["1", "17", "500"],
    }


def sensible(
    operation: Operation, served: list[Operation], values: dict[str, list[str]]
) -> Document:
    """Return what is published of `operation`, its values among those that the venue knows.

    Names that exclude each other are not drawn together.
    """
    whole = narrowed(operation.document, served)
    item = whole["paths"][operation.path]
    told = item[operation.method.lower()]
    shared = whole["components"]["parameters"]
    listed = [*item.get("parameters", ()), *told.get("parameters", ())]
    resolved = [shared[one["$ref"].rsplit("/")[-1]] if "$ref" in one else one for one in listed]
    excluded = _EXCLUDED.get(str(operation), frozenset())
    values = values | _VALUES.get(operation.path, {})
    parameters = [
        one | {"schema": {"type": "string", "enum": values[one["name"]]}}
        if one["name"] in values
        else one
        for one in resolved
        if one["name"] not in excluded
    ]
    changed = told | {"parameters": parameters}
    body = BODIES.get(str(operation))
    if body is not None:
        kinds = {bool: "boolean", str: "string"}
        properties = {
            name: {"type": kinds[type(some[0])], "enum": some} for name, some in body.items()
        }
        schema = {
            "type": "object",
            "properties": properties,
            "required": sorted(body.keys() - _OPTIONAL),
        }
        changed["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    changed_item = item | {operation.method.lower(): changed, "parameters": []}
    return whole | {"paths": {operation.path: changed_item}}
