"""The requests that a venue of others answers, from the published documents alone."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any, Final

from aiohttp import HttpVersion10, web

from tests.foreign.habits import NEW_YORK, Document, Habits, written
from tests.foreign.ledger import Order, Refused, moment
from tests.foreign.venue import Venue

VENUE: Final = web.AppKey("venue", Venue)
SMALL: Final = 2
TICK: Final = timedelta(microseconds=1)
"""How much later things are than a moment without its nanoseconds."""
PAGE: Final = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes() -> list[web.RouteDef]:
    """Return what is answered."""
    return [
        web.get("/v2/account", account),
        web.get("/v2/positions", positions),
        web.get("/v2/clock", clock),
        web.get("/v2/calendar", calendar),
        web.get("/v2/assets", assets),
        web.get("/v2/orders:by_client_order_id", order_by_name),
        web.get("/v2/orders", orders),
        web.post("/v2/orders", submit),
        web.get("/v2/orders/{id}", order),
        web.patch("/v2/orders/{id}", replace),
        web.delete("/v2/orders/{id}", cancel),
        web.get("/v2/account/activities", activities),
        web.get("/v2/account/activities/{type}", activities),
        web.get("/v2/stocks/bars", bars),
        web.get("/v2/stocks/snapshots", snapshots),
        web.get("/v2/stocks/{kind}/latest", latest),
        web.get("/v1/corporate-actions", corporate_actions),
    ]


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody in without a key, and say no as this venue does."""
    venue = request.app[VENUE]
    venue.asked[f"{request.method} {request.path}"] += 1
    is_stream = "Upgrade" in request.headers  # whose key comes in its messages
    if not is_stream and not request.headers.get("APCA-API-KEY-ID"):
        return answer(request, {"message": "unauthorized."}, status=401)
    busy = venue.habits & {"gateway pages", "busy until a date", "busy without a word"}
    if busy and venue.strikes(request):
        return _busy(busy)
    if "speaking HTTP/1.0" in venue.habits and not is_stream:
        request._version = HttpVersion10
    try:
        return await handler(request)
    except Refused as refusal:
        status, code, words = refusal.args
        if status == 404 and "absence as a page" in venue.habits and request.method == "DELETE":
            return web.Response(status=404, text=PAGE, content_type="text/html")
        return answer(request, _error(venue, code, words), status=status)


def _busy(habits: Habits) -> web.Response:
    if "gateway pages" in habits:
        return web.Response(status=502, text=PAGE, content_type="text/html")
    if "busy without a word" in habits:
        return web.Response(status=429)
    soon = datetime.now(UTC) + timedelta(seconds=1)
    names = {"Retry-After": format_datetime(soon, usegmt=True)}
    return web.json_response({"code": 42910000, "message": "too many"}, status=429, headers=names)


def _in_rows(request: web.Request, rows: list[Any]) -> list[Any]:
    """Return the rows of a page as this venue has them; a position told twice would be two."""
    habits = request.app[VENUE].habits
    if request.path == "/v2/positions":
        habits -= {"rows told twice"}
    if "rows in disorder" in habits:
        rows = [*rows[1::2], *rows[::2]]
    return [*rows, *rows[:1]] if "rows told twice" in habits else rows


def _error(venue: Venue, code: int, words: str) -> Document:
    if "errors without code" in venue.habits:
        return {"message": words}
    if "errors with an unknown code" in venue.habits:
        return {"code": 49999999, "message": words, "reject_reason": None, "details": [{}]}
    if "errors with a text for a code" in venue.habits:
        return {"message": words, "code": f"E{code}"}
    return {"code": code, "message": words}


def answer(
    request: web.Request, document: object, *, status: int = 200, bare: bool = False
) -> web.Response:
    """Return a document, packed and headed as this venue does."""
    habits = request.app[VENUE].habits
    body = written(document, habits, bare=bare).encode()
    names = {"Content-Type": "application/json; charset=UTF-8", "X-Request-ID": "0f"}
    if "zipped" in habits:
        body, names = gzip.compress(body), names | {"Content-Encoding": "gzip"}
    if "headers in capitals" in habits:
        names = {name.upper(): value.upper() for name, value in names.items()}
    if "headers in small letters" in habits:
        names = {name.lower(): value for name, value in names.items()}
    drops: object = body
    if "drop by drop" in habits:
        drops = _dripping(body)
    made = web.Response(status=status, body=drops, headers=names)
    if "chunked" in habits:
        made.enable_chunked_encoding()
    if "closing after each answer" in habits:
        made.force_close()
    return made


async def _dripping(body: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(body), 2000):
        yield body[begin : begin + 2000]
        await asyncio.sleep(0.001)


async def account(request: web.Request) -> web.Response:
    venue = request.app[VENUE]
    return answer(request, venue.account())


async def positions(request: web.Request) -> web.Response:
    return answer(request, _in_rows(request, request.app[VENUE].positions()))


async def clock(request: web.Request) -> web.Response:
    return answer(request, request.app[VENUE].market.clock())


async def calendar(request: web.Request) -> web.Response:
    first, last = (date.fromisoformat(request.query[name][:10]) for name in ("start", "end"))
    return answer(request, list(request.app[VENUE].market.calendar(first, last)))


async def assets(request: web.Request) -> web.Response:
    return answer(request, _in_rows(request, request.app[VENUE].market.assets()))


async def order_by_name(request: web.Request) -> web.Response:
    venue, name = request.app[VENUE], request.query["client_order_id"]
    found = venue.ledger.named(name)
    if found is None:
        raise Refused(404, 40410000, f"order not found for {name}")
    return answer(request, venue.shown(found))


def _found(request: web.Request) -> Order:
    name = request.match_info["id"]
    found = request.app[VENUE].ledger.orders.get(name.lower())
    if found is None:
        raise Refused(404, 40410000, f"order not found for {name}")
    return found


async def order(request: web.Request) -> web.Response:
    return answer(request, request.app[VENUE].shown(_found(request)))


async def orders(request: web.Request) -> web.Response:
    venue, query = request.app[VENUE], request.query
    status = query.get("status", "open")
    rows = [
        one
        for one in (*venue.of_others(), *venue.ledger.orders.values())
        if status == "all" or one.is_open() == (status == "open")
    ]
    beyond = TICK if "stamps with nanoseconds" in venue.habits else timedelta(0)
    if "after" in query:
        rows = [one for one in rows if one.at + beyond > moment(query["after"])]
    rows = [one for one in rows if "until" not in query or one.at < moment(query["until"])]
    rows.sort(key=lambda one: one.at, reverse=query.get("direction", "desc") == "desc")
    most = _most(request, int(query.get("limit", "50")))
    return answer(request, _in_rows(request, [venue.shown(one) for one in rows[:most]]))


async def submit(request: web.Request) -> web.Response:
    venue = request.app[VENUE]
    try:
        asked: Document = json.loads(await request.text())
    except ValueError:
        raise Refused(422, 40010001, "request body format is invalid") from None
    entered = venue.enter(asked)
    if venue.loses_answer():
        assert request.transport is not None
        request.transport.abort()
    return answer(request, venue.shown(entered))


async def replace(request: web.Request) -> web.Response:
    _found(request)
    raise Refused(422, 42210000, "cannot replace order in accepted status")


async def cancel(request: web.Request) -> web.Response:
    venue, found = request.app[VENUE], _found(request)
    if not found.is_open():
        raise Refused(422, 42210000, f'order is already in "{found.status}" state')
    venue.cancel(found)
    if "cancels answered with 207" in venue.habits:
        return answer(request, [{"id": found.id, "status": Decimal(200), "body": None}], status=207)
    return web.Response(status=204)


async def activities(request: web.Request) -> web.Response:
    venue, query = request.app[VENUE], request.query
    kinds = request.match_info.get("type", query.get("activity_types", "")).split(",")
    rows = [row for row in venue.activities() if kinds == [""] or row["activity_type"] in kinds]
    if "order_id" in query:
        wanted = query["order_id"].lower()
        rows = [row for row in rows if str(row.get("order_id")).lower() == wanted]
    if "after" in query:
        rows = [row for row in rows if _when(row) > moment(query["after"])]
    if query.get("direction", "desc") == "desc":
        rows.reverse()
    names = [row["id"].lower() for row in rows]
    token = query.get("page_token", "").lower()
    begin = names.index(token) + 1 if token in names else 0
    most = _most(request, int(query.get("page_size", "100")))
    return answer(request, _in_rows(request, rows[begin : begin + most]))


def _when(row: Document) -> datetime:
    at = row.get("transaction_time")
    return at if at is not None else moment(row["date"])


def _most(request: web.Request, asked: int) -> int:
    return min(asked, SMALL) if "small pages" in request.app[VENUE].habits else asked


async def bars(request: web.Request) -> web.Response:
    venue, query = request.app[VENUE], request.query
    first, last = (moment(query[name]).astimezone(NEW_YORK).date() for name in ("start", "end"))
    rows = list(venue.market.bars(query["symbols"].split(","), first, last))
    most = min(int(query.get("limit", "1000")), 40 if "small pages" in venue.habits else 10_000)
    token = query.get("page_token") or "0"
    begin, is_empty = int(token.rstrip("e")), token.endswith("e")
    if "empty pages" in venue.habits and not is_empty:
        return answer(request, {"bars": {}, "next_page_token": f"{begin}e"}, bare=True)
    found: dict[str, list[Document]] = {}
    for name, row in rows[begin : begin + most]:
        found.setdefault(name, []).append(row)
    end = "" if "empty token at the end" in venue.habits else None
    following = str(begin + most) if begin + most < len(rows) else end
    return answer(request, {"bars": found, "next_page_token": following}, bare=True)


async def latest(request: web.Request) -> web.Response:
    venue, kind = request.app[VENUE], request.match_info["kind"]
    names = [one for one in request.query["symbols"].split(",") if venue.market.knows(one)]
    tell: Callable[[str], Any] = venue.market.quote if kind == "quotes" else venue.market.trade
    return answer(request, {kind: {name: tell(name) for name in names}}, bare=True)


async def snapshots(request: web.Request) -> web.Response:
    market = request.app[VENUE].market
    found: Document = {
        name: {"latestQuote": market.quote(name), "latestTrade": market.trade(name)}
        for name in request.query["symbols"].split(",")
        if market.knows(name)
    }
    return answer(request, found, bare=True)


async def corporate_actions(request: web.Request) -> web.Response:
    habits, query = request.app[VENUE].habits, request.query
    following = "" if "empty token at the end" in habits else None
    if "empty pages" in habits and "page_token" not in query:
        following = "another"
    found: Document = {"corporate_actions": {}, "next_page_token": following}
    return answer(request, found, bare=True)
