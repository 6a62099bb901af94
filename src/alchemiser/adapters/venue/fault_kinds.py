"""Every fault that the venue can be told to have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from alchemiser.adapters.venue.data.faults import DATA_DEFAULTS, DATA_FAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """Describe one kind of fault.

    Attributes:
        name: What it is called.
        ids: Its numbers in the catalogue of faults.
        where: `request` before it is carried out, `answer` after, `venue`, `stream` or `data`.
        does: What happens, in a few words.
        method: The HTTP method it is about unless told, or "" for all.
        path: What the path begins with unless told; `|` parts alternatives.
        defaults: Its own parameters and what they are unless told.
    """

    name: str
    ids: str
    where: str
    does: str
    method: str = ""
    path: str = "/v"
    defaults: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


_ORDERS: Final = "/v2/orders"


def _request(
    name: str, ids: str, does: str, method: str = "", path: str = "/v", **defaults: object
) -> FaultKind:
    return FaultKind(
        name=name,
        ids=ids,
        where="request",
        does=does,
        method=method,
        path=path,
        defaults=defaults,
    )


def _answer(name: str, ids: str, does: str, method: str = "", path: str = "/v") -> FaultKind:
    return FaultKind(name=name, ids=ids, where="answer", does=does, method=method, path=path)


def _venue(name: str, ids: str, does: str, **defaults: object) -> FaultKind:
    return FaultKind(name=name, ids=ids, where="venue", does=does, path="", defaults=defaults)


def _stream(name: str, ids: str, does: str, **defaults: object) -> FaultKind:
    return FaultKind(name=name, ids=ids, where="stream", does=does, path="", defaults=defaults)


_KINDS: Final = (
    _request("delay", "A02 A18", "answers `seconds` late", seconds=2.0),
    _request("hang", "A18", "never answers"),
    _request("drop", "A01", "closes the connection, does nothing"),
    _request("rate_limited", "A06 A07", "429 with X-RateLimit headers"),
    _request("rate_limited_bare", "A06", "429 without headers"),
    _request("error_500", "A03", "500, does nothing"),
    _request("bad_gateway", "A03 A15", "502 with a page of HTML, does nothing"),
    _request("unavailable", "A03", "503 with an empty body, does nothing"),
    _request("gateway_timeout", "A03", "504, does nothing"),
    _request("unauthorized", "A11", "401 without a code"),
    _request("forbidden", "A10", "403 of authentication, without a code"),
    _request("insufficient_buying_power", "A08", "403 40310000", "POST", _ORDERS),
    _request("insufficient_qty", "A08", "403 40310000", "POST", _ORDERS),
    _request("wash_trade", "A12", "403 40310000", "POST", _ORDERS),
    _request("not_fractionable", "A12", "403 40310000", "POST", _ORDERS),
    _request("day_trade_denied", "M08", "403 40310100", "POST", _ORDERS),
    _request("duplicate_client_order_id", "A05 A30", "422 40010001", "POST", _ORDERS),
    _request("order_not_found", "A13", "404, although it exists", "GET", f"{_ORDERS}/|{_ORDERS}:"),
    _request("cancel_filled", "A19", "422 already filled, does nothing", "DELETE", f"{_ORDERS}/"),
    _request("cancel_lost", "A21", "204, does nothing", "DELETE", f"{_ORDERS}/"),
    _request("bad_limit", "A12", "422 42210000 sub-penny", "POST", _ORDERS),
    _answer("accept_then_504", "A04", "done, and answered 504", "POST", _ORDERS),
    _answer("accept_then_500", "A02", "done, and answered 500", "POST", _ORDERS),
    _answer("accept_then_drop", "A02", "done, and the connection closes", "POST", _ORDERS),
    _answer("accept_then_hang", "A02 A18", "done, and never answered", "POST", _ORDERS),
    FaultKind(
        name="late_answer",
        ids="A02 B15",
        where="answer",
        does="done at once, answered `seconds` late: events come first",
        method="POST",
        path=_ORDERS,
        defaults={"seconds": 1.0},
    ),
    _answer("truncated_json", "A15", "done, and half of the answer"),
    _answer("empty_body", "A15", "done, and 200 with nothing"),
    _answer("html_200", "A15", "done, and 200 with a page of HTML"),
    _answer("null_body", "A15", "done, and 200 with `null`"),
    _answer("unknown_status", "A16", "done, and an order status nobody knows", path=_ORDERS),
    _answer("missing_fields", "A16", "done, and deprecated or nullable fields are missing"),
    _answer("nan_numbers", "A17", 'done, and numbers are "NaN"'),
    _answer("huge_numbers", "A17", 'done, and numbers are "1e400"'),
    _answer("negative_numbers", "A17", "done, and numbers are below zero"),
    _venue("late_acceptance", "A14", "POST answers 504, the order enters later", seconds=10.0),
    _venue("hidden_order", "A13", "accepted, but queries say 404 for a time", seconds=10.0),
    _venue("reject_after_accept", "A09", "answered 200, then rejected"),
    _venue("cancel_fill_race", "A20", "the cancel is accepted, and the order fills"),
    _venue("cancel_stuck", "A25", "pending_cancel for a time", seconds=3600.0),
    _venue("partial_207", "A22", "cancel-all and close-all fail for one of the orders"),
    _venue("no_fills", "A25 B05", "marketable orders do not fill"),
    _venue("replace_rejected", "A23", "the replacement is answered 200, then rejected"),
    _venue("positions_lag", "A27", "account and positions as they were before", seconds=10.0),
    _venue("orders_truncated", "A26", "lists of orders hold `value` at most", value=1),
    _venue("clock_skew", "G01", "/v2/clock is wrong by `seconds`", seconds=300.0),
    _venue("clock_closed", "G04", "/v2/clock says closed"),
    _venue("account_blocked", "M07", "/v2/account says trading_blocked"),
    _stream("stream_close", "B04 B08", "closes with code `value` (1000, 1001 …)", value=1001),
    _stream("stream_abort", "B04 B07", "the connection breaks"),
    _stream("stream_mute", "B06", "open, answers pings, tells nothing"),
    _stream("stream_no_auth_reply", "B07", "authentication is not answered"),
    _stream("stream_auth_refused", "B10", "authentication is refused"),
    _stream("stream_limit_429", "B09", "the handshake is answered 429"),
    _stream("stream_limit_406", "B09", "the handshake is answered 406"),
    _stream("stream_duplicate", "B01", "an event comes twice"),
    _stream("stream_disorder", "B02", "an event comes after the next one"),
    _stream("stream_late", "B02 B16", "an event comes `seconds` late", seconds=5.0),
    _stream("stream_lost", "B05", "an event does not come"),
    _stream("stream_null", "B11", '`"data": null` before an event'),
    _stream("stream_garbage", "B11", "a frame that is no JSON before an event"),
    _stream("stream_oversize", "B11", "a frame of 1.2 MB before an event"),
    _stream("stream_unknown_event", "B11", "an event of an unknown kind before an event"),
    _stream("stream_cumulative_qty", "B03", "a fill tells the cumulative quantity"),
    _stream("stream_other_names", "B01", "a fill is named otherwise than among the activities"),
)

_DATA: Final = tuple(
    FaultKind(
        name=fault, ids=ids, where="data", does=does, path="", defaults=DATA_DEFAULTS.get(fault, {})
    )
    for fault, (ids, does) in DATA_FAULTS.items()
)

KINDS: Final[Mapping[str, FaultKind]] = MappingProxyType({
    one.name: one for one in (*_KINDS, *_DATA)
})
