"""Where Alpaca's published documents are not what Alpaca answers, each with its reason.

`docs/venue.md` shows them.
"""

from dataclasses import dataclass
from typing import Any, Final

Document = dict[str, Any]
EVERY: Final = "every operation of trading"


@dataclass(frozen=True, slots=True)
class Status:
    """Hold an HTTP status that Alpaca answers without having published it there."""

    status: int
    operations: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Hold what is put in a document's place: the last part of `where` is set to `value`."""

    document: str
    where: tuple[str, ...]
    published: str
    value: object
    reason: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Hold keys that answers have beside those that a schema publishes."""

    document: str
    schema: str
    names: tuple[str, ...]
    reason: str


_ORDER: Final = "/v2/orders/{order_id}"
_POSITION: Final = "/v2/positions/{symbol_or_asset_id}"
STATUSES: Final = (
    Status(401, (EVERY,), "a request without keys; the data document says so of each of its own"),
    Status(
        403,
        (f"PATCH {_ORDER}", f"DELETE {_POSITION}"),
        "each enters an order, which `POST /v2/orders` publishes as refused with 403",
    ),
    Status(
        404,
        (
            *(f"{method} {_ORDER}" for method in ("GET", "PATCH", "DELETE")),
            "GET /v2/orders:by_client_order_id",
            *(f"{method} {_POSITION}" for method in ("GET", "DELETE")),
        ),
        "no such order, no such position: 40410000, seen in the wild",
    ),
    Status(
        422,
        (
            "GET /v2/account/activities",
            "GET /v2/account/activities/{activity_type}",
            "GET /v2/account/portfolio/history",
            "GET /v2/assets",
            "GET /v2/orders",
            "GET /v2/orders:by_client_order_id",
            f"GET {_ORDER}",
            f"PATCH {_ORDER}",
            "PATCH /v2/account/configurations",
            "DELETE /v2/positions",
            f"DELETE {_POSITION}",
        ),
        "a value that cannot be understood, or is not allowed: 40010001 and 42210000, as "
        "`POST /v2/orders` publishes it; these publish success alone",
    ),
)
REFUSAL: Final[Document] = {
    "type": "object",
    "properties": {"code": {"type": "integer"}, "message": {"type": "string", "minLength": 1}},
    "required": ["message"],
    "additionalProperties": True,  # they tell of the order, the shares or the money at stake
}
"""The body of a refusal. The published `Error` has a code always; without keys, for an address
that is none, and from the data interface Alpaca sends a message alone."""
CORRECTIONS: Final = (
    Correction(
        "trading",
        ("components", "schemas", "OrderLeg", "properties", "legs", "type"),
        "`object`, and described as always null",
        "null",
        "no leg has legs",
    ),
    Correction(
        "trading",
        ("components", "schemas", "PositionClosedReponse", "properties", "body"),
        "an order",
        {"anyOf": [{"$ref": "#/components/schemas/Order"}, REFUSAL]},
        "where a position could not be closed it is the refusal; alpaca-py reads either",
    ),
    Correction(
        "trading",
        ("components", "schemas", "NonTradeActivities", "properties", "date", "format"),
        "`date-time`",
        "date",
        "it is a day, and alpaca-py reads it as one",
    ),
)


FIELDS: Final = (
    Fields(
        "trading",
        "Account",
        (
            *("admin_configurations", "effective_buying_power", "position_market_value"),
            "user_configurations",
        ),
        "they stand in the published example",
    ),
    Fields("trading", "Order", ("source", "subtag"), "they stand in answers seen in the wild"),
    Fields(
        "trading",
        "OrderLeg",
        ("expires_at", "source", "subtag"),
        "a leg is told of as every order is",
    ),
    Fields(
        "trading",
        "NonTradeActivities",
        ("description",),
        "what it was for, in words; alpaca-py reads it",
    ),
    Fields(
        "trading",
        "CanceledOrderResponse",
        ("body",),
        "the refusal, where an order could not be canceled; alpaca-py reads it",
    ),
)


def rows() -> list[str]:
    """Return the rows of the table of exceptions in docs/venue.md."""
    statuses = [
        f"| {', '.join(each if each == EVERY else f'`{each}`' for each in one.operations)} "
        f"| no {one.status} | {one.status} | {one.reason} |"
        for one in STATUSES
    ]
    corrections = [
        f"| `{'.'.join(one.where[2:])}` | {one.published} | {_told(one.value)} | {one.reason} |"
        for one in CORRECTIONS
    ]
    fields = [
        f"| `{one.schema}` | nothing of it | {', '.join(f'`{each}`' for each in one.names)} "
        f"| {one.reason} |"
        for one in FIELDS
    ]
    return [*statuses, *corrections, *fields]


def _told(value: object) -> str:
    return f"`{value}`" if isinstance(value, str) else "an order, or a refusal"
