"""The answers of a faulty venue."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from aiohttp import web

from alchemiser.adapters.venue.answers import answer
from alchemiser.adapters.venue.faults import Fault
from alchemiser.adapters.venue.refusals import (
    INTERNAL,
    TOO_MANY,
    Refused,
    forbidden,
    malformed,
    not_found,
    unprocessable,
)

DAY_TRADE: Final = 40310100
HTML: Final = (
    "<html><head><title>502 Bad Gateway</title></head>"
    "<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)
_LIMITED: Final = Refused(status=429, code=TOO_MANY, message="rate limit exceeded")
_REFUSALS: Final[Mapping[str, Refused]] = {
    "rate_limited": _LIMITED,
    "rate_limited_bare": _LIMITED,
    "error_500": Refused(status=500, code=INTERNAL, message="internal server error"),
    "gateway_timeout": Refused(status=504, code=None, message="gateway timeout"),
    "accept_then_504": Refused(status=504, code=None, message="gateway timeout"),
    "accept_then_500": Refused(status=500, code=INTERNAL, message="internal server error"),
    "unauthorized": Refused(status=401, code=None, message="unauthorized."),
    "forbidden": Refused(status=403, code=None, message="forbidden."),
    "insufficient_buying_power": forbidden(
        "insufficient buying power", buying_power="0", cost_basis="1000"
    ),
    "insufficient_qty": forbidden(
        "insufficient qty available for order (requested: 1, available: 0)",
        available="0",
        existing_qty="0",
        held_for_orders="0",
        related_orders=[],
    ),
    "wash_trade": forbidden(
        "potential wash trade detected. use complex orders",
        reject_reason="opposite side limit order exists. use complex/limit/stop_limit orders",
        existing_order_id="00000000-0000-4000-a000-000000000000",
    ),
    "not_fractionable": forbidden("requested asset is not fractionable"),
    "day_trade_denied": Refused(
        status=403,
        code=DAY_TRADE,
        message="trade denied due to pattern day trading protection",
    ),
    "duplicate_client_order_id": malformed("client_order_id must be unique"),
    "order_not_found": not_found("order not found"),
    "cancel_filled": unprocessable('order is already in "filled" state'),
    "bad_limit": unprocessable(
        "invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria"
    ),
}
_WINDOW: Final = timedelta(minutes=1)
_NUMBER: Final = re.compile(rb'": ?"(-?\d+(?:\.\d+)?)"')
_STATUS: Final = re.compile(rb'"status": ?"[a-z_]+"')
_MISSING: Final = ("submitted_at", "updated_at", "order_type", "easy_to_borrow", "portfolio_value")


def before(fault: Fault, now: float) -> web.Response | None:
    """Return the answer that a request gets instead of being carried out, or None.

    Args:
        fault: What has struck.
        now: Real time, seconds since 1970.
    """
    name = fault.kind.name
    if name == "bad_gateway":
        return web.Response(status=502, text=HTML, content_type="text/html")
    if name == "unavailable":
        return web.Response(status=503)
    if name == "cancel_lost":
        return web.Response(status=204)
    if name not in _REFUSALS:
        return None
    response = answer(_REFUSALS[name])
    if name == "rate_limited":
        ends = int(now + (fault.seconds or _WINDOW.total_seconds()))
        response.headers.update({
            "X-RateLimit-Limit": "200",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(ends),
        })
    return response


def after(fault: Fault, response: web.Response) -> web.Response:
    """Return what becomes of the answer to a request that was carried out."""
    name = fault.kind.name
    if name in _REFUSALS:
        return answer(_REFUSALS[name])
    content = response.body if isinstance(response.body, bytes) else b""
    if name == "html_200":
        return web.Response(text=HTML, content_type="text/html")
    return web.Response(
        body=_SPOILT[name](content), status=response.status, content_type="application/json"
    )


def _without(content: bytes) -> bytes:
    found = json.loads(content or b"null")
    rows = found if isinstance(found, list) else [found]
    for row in rows:
        if isinstance(row, dict):
            for name in _MISSING:
                row.pop(name, None)
    return json.dumps(found).encode()


def _numbers(text: bytes) -> Callable[[bytes], bytes]:
    return lambda content: _NUMBER.sub(b'": "' + text + b'"', content)


_SPOILT: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "truncated_json": lambda content: content[: len(content) // 2],
    "empty_body": lambda _: b"",
    "null_body": lambda _: b"null",
    "unknown_status": lambda content: _STATUS.sub(b'"status": "teleported"', content),
    "missing_fields": _without,
    "nan_numbers": _numbers(b"NaN"),
    "huge_numbers": _numbers(b"1e400"),
    "negative_numbers": lambda content: _NUMBER.sub(rb'": "-\1"', content),
}
