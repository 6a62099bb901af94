"""Alpaca's stream of events on orders."""

import json
from asyncio import Queue, create_task
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import msgspec
from aiohttp import WSMsgType, web

from alchemiser.adapters.venue import wire
from alchemiser.adapters.venue.orders import Execution, Order
from alchemiser.adapters.venue.stream_faults import Frame, around
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.numbers import plain

TRADE_UPDATES: Final = "trade_updates"
JSON_TEXT: Final = "text"
JSON_BINARY: Final = "binary"
MSGPACK: Final = "msgpack"
_AUTHENTICATE: Final = frozenset({"authenticate", "auth"})


@dataclass(slots=True, kw_only=True, eq=False)
class Listener:
    """Hold one connection.

    Attributes:
        socket: The websocket.
        request: What it came from; its transport can be broken.
        encoding: JSON in binary frames, JSON as text, or MessagePack.
        outgoing: What is to be told, in order.
        authorized: Whether it has shown a key.
        streams: What it listens to.
        is_mute: Whether it is told nothing any more.
        kept: An event that is to come after the next one, or None.
    """

    socket: web.WebSocketResponse
    request: web.Request
    encoding: str
    outgoing: Queue[Frame] = field(default_factory=Queue)
    authorized: bool = False
    streams: tuple[str, ...] = ()
    is_mute: bool = False
    kept: Frame | None = None

    def tell(self, frame: Frame) -> None:
        """Put `frame` at the end of what is to be told."""
        if not self.is_mute:
            self.outgoing.put_nowait(frame)


class TradeUpdates:
    """Tell events on orders to whoever listens.

    Args:
        world: The venue.
        encoding: How JSON goes to those who do not ask for MessagePack: `binary`, as paper
            accounts have it, or `text`, as live ones have it.
    """

    def __init__(self, world: World, encoding: str = JSON_BINARY) -> None:
        self._world = world
        self._encoding = encoding
        self._listeners: list[Listener] = []
        self._number = 0
        world.subscribers.append(self._publish)

    def add_to(self, app: web.Application) -> None:
        """Serve the stream in `app`."""
        app.router.add_get("/stream", self.connect)
        app.on_shutdown.append(self._leave)

    def count(self) -> int:
        """Return how many connections there are."""
        return len(self._listeners)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        for name, status in (("stream_limit_429", 429), ("stream_limit_406", 406)):
            if self._world.faults.hit(name):
                return web.json_response({"message": "connection limit exceeded"}, status=status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        asked = request.headers.get("Content-Type", "")
        encoding = MSGPACK if asked == "application/msgpack" else self._encoding
        listener = Listener(socket=socket, request=request, encoding=encoding)
        self._listeners.append(listener)
        writer = create_task(_write(listener))
        try:
            async for message in socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    self._hear(listener, message.data)
        finally:
            writer.cancel()
            self._listeners.remove(listener)
        return socket

    def break_off(self, *, code: int | None) -> int:
        """Close every connection with `code`, or break it when that is None; return how many."""
        for listener in self._listeners:
            listener.tell(Frame(close=code, abort=code is None))
        return len(self._listeners)

    def mute(self) -> int:
        """Tell nothing any more to those who listen now; return how many they are."""
        for listener in self._listeners:
            listener.is_mute = True
        return len(self._listeners)

    def _hear(self, listener: Listener, data: str | bytes) -> None:
        try:
            message = msgspec.json.decode(data) if listener.encoding != MSGPACK else _either(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError):
            message = None
        if not isinstance(message, dict):
            listener.tell(_frame(listener, _error("invalid message")))
            return
        action = str(message.get("action"))
        if action in _AUTHENTICATE:
            self._authenticate(listener, message)
        elif action == "listen":
            self._listen(listener, message.get("data"))
        else:
            listener.tell(_frame(listener, _error("unknown action")))

    def _authenticate(self, listener: Listener, message: dict[str, object]) -> None:
        if self._world.faults.hit("stream_no_auth_reply"):
            return
        data = message.get("data")
        inner = data if isinstance(data, dict) else {}
        key = inner.get("key_id") or inner.get("oauth_token") or message.get("key")
        listener.authorized = bool(key) and not self._world.faults.hit("stream_auth_refused")
        listener.tell(_frame(listener, _authorization("authenticate", listener.authorized)))

    def _listen(self, listener: Listener, data: object) -> None:
        if not listener.authorized:
            listener.tell(_frame(listener, _authorization("listen", authorized=False)))
            return
        wanted = data.get("streams") if isinstance(data, dict) else None
        names = wanted if isinstance(wanted, list) else []
        listener.streams = tuple(str(name) for name in names if name == TRADE_UPDATES)
        answer: wire.Document = {"stream": "listening", "data": {"streams": list(listener.streams)}}
        listener.tell(_frame(listener, answer))

    def _publish(self, event: str, order: Order, execution: Execution | None) -> None:
        self._number += 1
        data = wire.trade_update(event, order, execution, self._world, self._number)
        for listener in self._listeners:
            if TRADE_UPDATES in listener.streams:
                self._tell(listener, data, order)

    def _tell(self, listener: Listener, data: wire.Document, order: Order) -> None:
        faults = self._world.faults
        if data["event"] in {"fill", "partial_fill"} and faults.hit(
            "stream_cumulative_qty", order.symbol
        ):
            data = {**data, "qty": plain(order.filled_qty())}
        frame = _frame(listener, {"stream": TRADE_UPDATES, "data": data})
        if faults.hit("stream_mute", order.symbol):
            listener.is_mute = True
        late = faults.hit("stream_late", order.symbol)
        if late is not None:
            self._world.after(timedelta(seconds=late.seconds), lambda: listener.tell(frame))
        elif faults.hit("stream_disorder", order.symbol):
            listener.kept = frame
        else:
            for one in around(frame, faults, order.symbol):
                listener.tell(one)
            if listener.kept is not None:
                listener.tell(listener.kept)
                listener.kept = None

    async def _leave(self, app: web.Application) -> None:
        del app
        for listener in tuple(self._listeners):
            await listener.socket.close(code=1001)


async def _write(listener: Listener) -> None:
    while True:
        frame = await listener.outgoing.get()
        try:
            if frame.abort:
                transport = listener.request.transport
                if transport is not None:
                    transport.abort()
            elif frame.close is not None:
                await listener.socket.close(code=frame.close)
            elif frame.text:
                await listener.socket.send_str(frame.content.decode())
            else:
                await listener.socket.send_bytes(frame.content)
        except ConnectionError:
            return


def _either(data: str | bytes) -> object:
    """Decode MessagePack, or JSON where a client sends that in spite of its header."""
    if isinstance(data, str):
        return msgspec.json.decode(data)
    return msgspec.msgpack.decode(data)


def _frame(listener: Listener, document: wire.Document) -> Frame:
    if listener.encoding == MSGPACK:
        return Frame(content=msgspec.msgpack.encode(document))
    text = listener.encoding == JSON_TEXT
    return Frame(content=json.dumps(document).encode(), text=text)


def _authorization(action: str, authorized: bool) -> wire.Document:  # noqa: FBT001 - the status
    status = "authorized" if authorized else "unauthorized"
    return {"stream": "authorization", "data": {"status": status, "action": action}}


def _error(message: str) -> wire.Document:
    return {"action": "error", "data": {"error_message": message}}
