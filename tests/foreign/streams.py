"""Both streams of a venue of others: what happens to orders, and market data."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
from aiohttp import WSMsgType, web

from tests.foreign.habits import Document, Habits, fields, written
from tests.foreign.rest import VENUE
from tests.foreign.venue import Venue

GATHERING: Final = 0.05
"""Seconds in which messages gather that are sent together."""


def routes() -> list[web.RouteDef]:
    """Return both addresses."""
    return [web.get("/stream", trade_updates), web.get("/v2/{feed}", market_data)]


async def trade_updates(request: web.Request) -> web.WebSocketResponse:
    """Tell what happens to orders, of others too."""
    venue = request.app[VENUE]
    socket = web.WebSocketResponse(autoping="no pongs" not in venue.habits)
    await socket.prepare(request)
    queue = asyncio.Queue[Document]()
    telling: asyncio.Task[None] | None = None
    async for message in socket:
        if message.type is WSMsgType.PING:
            continue
        asked = _read(message.data)
        data = asked.get("data", asked)
        if asked["action"] in {"auth", "authenticate"}:
            good = bool(data.get("key_id") or data.get("key"))
            status = "authorized" if good else "unauthorized"
            said = {"action": asked["action"], "status": status}
            times = 2 if "authorised twice" in venue.habits else 1
            await _say(socket, venue, [{"stream": "authorization", "data": said}] * times)
        elif asked["action"] == "listen":
            said = {"stream": "listening", "data": {"streams": data["streams"]}}
            # What happens while it is said is told before it.
            await _say(socket, venue, [*_of_others(venue), said])
            venue.hearers.append(queue.put_nowait)
            telling = asyncio.ensure_future(_tell(socket, venue, queue))
    if queue.put_nowait in venue.hearers:
        venue.hearers.remove(queue.put_nowait)
    if telling is not None:
        telling.cancel()
    return socket


async def _tell(
    socket: web.WebSocketResponse, venue: Venue, queue: asyncio.Queue[Document]
) -> None:
    while True:
        events = [await queue.get()]
        if venue.habits & {"many messages a frame", "a line for each message"}:
            await asyncio.sleep(GATHERING)
            events += [queue.get_nowait() for _ in range(queue.qsize())]
        if "pings only" in venue.habits:
            await socket.ping()
            continue
        said = [{"stream": "trade_updates", "data": event} for event in events]
        with contextlib.suppress(ConnectionError):
            await _say(socket, venue, [*_of_others(venue), *said])


def _of_others(venue: Venue) -> list[Document]:
    if "orders of others" not in venue.habits:
        return []
    at = venue.market.now()
    other: Document = {"id": "0d" * 16, "client_order_id": "by-hand", "symbol": "", "qty": None}
    other |= {"status": "new", "filled_qty": Decimal(0), "side": None, "notional": Decimal(5)}
    event = {"event": "new", "timestamp": at, "order": other}
    return [{"stream": "trade_updates", "data": event}, {"stream": "trade_updates", "data": None}]


async def _say(socket: web.WebSocketResponse, venue: Venue, said: Sequence[Document]) -> None:
    habits = venue.habits
    if "packed updates" in habits:
        for one in said:
            await socket.send_bytes(msgspec.msgpack.encode(_plain(one, habits)))
        return
    texts = [written(one, habits, bare=False) for one in said]
    if "many messages a frame" in habits:
        texts = [f"[{','.join(texts)}]"]
    elif "a line for each message" in habits:
        texts = ["\n".join(texts) + "\n"]
    for text in texts:
        if "text frames" in habits:
            await socket.send_str(text)
        else:
            await socket.send_bytes(text.encode())


async def market_data(request: web.Request) -> web.WebSocketResponse:
    """Tell quotes and states of what is subscribed."""
    venue = request.app[VENUE]
    packed = "msgpack" in request.headers.get("Content-Type", "")
    socket = web.WebSocketResponse(autoping="no pongs" not in venue.habits)
    await socket.prepare(request)

    async def say(*told: Document) -> None:
        if packed:
            body = msgspec.msgpack.encode([_plain(one, venue.habits) for one in told])
            await socket.send_bytes(body)
        elif "frames of the other kind" in venue.habits:
            await socket.send_bytes(written(list(told), venue.habits, bare=True).encode())
        else:
            await socket.send_str(written(list(told), venue.habits, bare=True))

    await say({"T": "success", "msg": "connected"})
    async for message in socket:
        if message.type is WSMsgType.PING:
            continue
        asked = _read(message.data)
        if asked["action"] == "auth":
            for _ in range(2 if "authorised twice" in venue.habits else 1):
                await say({"T": "success", "msg": "authenticated"})
        else:
            await say(_subscribed(asked, venue.habits))
            await say(*_news(venue, asked))
    return socket


def _subscribed(asked: Document, habits: Habits) -> Document:
    channels: dict[str, Any] = {
        name: asked.get(name, [])
        for name in ("trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds")
    }
    if "null for no channels" in habits:
        channels = {name: names or None for name, names in channels.items()}
    if "channels left out" in habits:
        channels = {name: names for name, names in channels.items() if names}
    return {"T": "subscription", **channels}


def _news(venue: Venue, asked: Document) -> list[Document]:
    names = [name for name in asked.get("quotes", []) if venue.market.knows(name)]
    told = [{"T": "q", "S": name, **venue.market.quote(name)} for name in names]
    told += [{"T": "t", "S": name, **venue.market.trade(name)} for name in names]
    unheard: Document = {"T": "zz", "S": "SPY", "t": venue.market.now()}
    return [unheard, {"T": "q", "S": "SPY", "t": None, "bp": "x"}, *told]


def _read(message: str | bytes) -> Document:
    if isinstance(message, str) or message[:1] == b"{":
        return dict(json.loads(message))
    return dict(msgspec.msgpack.decode(message))


def _plain(value: object, habits: Habits) -> object:
    """Return a document as MessagePack has it: floats, and moments of its own kind."""
    match value:
        case Decimal():
            return float(value)
        case datetime():
            return value.astimezone(UTC)
        case dict():
            return {name: _plain(one, habits) for name, one in fields(value, habits).items()}
        case list():
            return [_plain(one, habits) for one in value]
        case _:
            return value
