"""The stream of market data."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from aiohttp import WSMsgType, web

from alchemiser.adapters.venue.data.channels import CHANNELS, Message, asked_for
from alchemiser.adapters.venue.data.connection import Connection
from alchemiser.adapters.venue.data.faults import DataFault
from alchemiser.adapters.venue.data.halts import StatusChange
from alchemiser.adapters.venue.data.messages import (
    TEST_SYMBOL,
    Told,
    made_up_messages,
    market_messages,
    status_message,
)
from alchemiser.adapters.venue.data.moments import epoch
from alchemiser.adapters.venue.data.query import DELAY, Feed
from alchemiser.adapters.venue.data.series import look_back
from alchemiser.adapters.venue.data.source import Source
from alchemiser.adapters.venue.stream_faults import Frame
from alchemiser.domain.values.identifiers import Symbol

FEEDS: Final = ("iex", "sip", "delayed_sip", "boats", "overnight", "test")
AUTH_SECONDS: Final = 10.0
LOOK_BACK: Final = 300
"""Seconds: after a longer leap of time only the last ones of it are told."""

_AUTH_TIMEOUT, _AUTH_FAILED, _TWICE, _NOT_YET, _SYNTAX = 404, 402, 403, 401, 400
_SYMBOL_LIMIT, _CONNECTION_LIMIT, _NOT_COVERED = 405, 406, 409
_GOING_AWAY: Final = 1001
_OVERSIZE: Final = 1_200_000
_GARBAGE: Final = b"\xc1\xff{not a message"


class DataStream:
    """Tell market data to whoever has subscribed; time is moved from outside, by `tick`."""

    def __init__(self, source: Source, auth_seconds: float = AUTH_SECONDS) -> None:
        self._source = source
        self._auth_seconds = auth_seconds
        self._connections: list[Connection] = []
        self._told = epoch(source.now())
        source.prices.halts.listen(self._tell_status)

    def add_to(self, app: web.Application) -> None:
        """Serve the stream in `app`."""
        app.router.add_get(f"/v2/{{feed:{'|'.join(FEEDS)}}}", self.connect)
        app.on_shutdown.append(self._leave)

    def count(self) -> int:
        """Return how many connections there are."""
        return len(self._connections)

    def subscribed(self) -> int:
        """Return how many connections have subscribed to something."""
        return sum(not one.subscriptions.empty() for one in self._connections)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        packed = request.headers.get("Content-Type") == "application/msgpack"
        one = Connection(
            socket=socket, request=request, feed=request.match_info["feed"], packed=packed
        )
        self._connections.append(one)
        writer = asyncio.create_task(one.write())
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._auth_seconds, _give_up, one)
        try:
            self._greet(one)
            async for message in socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    self._hear(one, message.data)
        finally:
            timer.cancel()
            writer.cancel()
            self._connections.remove(one)
        return socket

    def tick(self, now: datetime) -> None:
        """Tell what happened since the last time, up to `now` (UTC)."""
        until = epoch(now)
        if until <= self._told:
            return
        since, self._told = max(self._told, until - LOOK_BACK), until
        for feed in {one.feed for one in self._connections}:
            listening = [one for one in self._connections if one.feed == feed and one.key]
            told: dict[Connection, list[Message]] = defaultdict(list)
            for name, messages in self._happened(feed, listening, since, now):
                for channel, message in messages:
                    for one in listening:
                        if one.subscriptions.wants(channel, name):
                            told[one].append(message)
            for one, every in told.items():
                self._disturb(one)
                one.tell(every)

    def _happened(
        self, feed: str, listening: list[Connection], since: int, now: datetime
    ) -> Iterable[tuple[str, Iterable[Told]]]:
        """Yield what there is to tell by symbol, of those that somebody listens to."""
        if feed == "test":
            if listening:
                yield TEST_SYMBOL, made_up_messages(since, epoch(now))
            return
        source, listed = self._source, self._source.prices.symbols()
        delay = DELAY if feed == "delayed_sip" else timedelta(0)
        view = Feed(name=feed, now=now - delay)
        if not view.served:
            return
        places = source.places(view)
        for name in listed:
            channels = {
                channel
                for channel in CHANNELS
                if any(one.subscriptions.wants(channel, name) for one in listening)
            }
            seen = look_back(source.prices, name, view.now, thin=view.thin) if channels else None
            if seen is not None:
                start = since - int(delay.total_seconds())
                late = partial(self._is_late, name)
                yield name, market_messages(seen, places, start, channels, late)

    def _is_late(self, name: Symbol) -> bool:
        return self._source.faults.hit(DataFault.STREAM_LATE_TRADE, name) is not None

    def _greet(self, one: Connection) -> None:
        if not self._source.faults.hit(DataFault.STREAM_NO_HELLO):
            one.tell([{"T": "success", "msg": "connected"}])
        key = one.request.headers.get("APCA-API-KEY-ID")
        if key:
            self._authenticate(one, key)

    def _hear(self, one: Connection, data: str | bytes) -> None:
        message = one.heard(data)
        action = None if message is None else str(message.get("action"))
        if message is not None and action == "auth":
            key = message.get("key") if message.get("secret") else ""
            self._authenticate(one, key if isinstance(key, str) else "")
        elif message is None or action not in {"subscribe", "unsubscribe"}:
            one.fail(_SYNTAX)
        elif not one.key:
            one.fail(_NOT_YET)
        else:
            self._subscribe(one, message, add=action == "subscribe")

    def _authenticate(self, one: Connection, key: str) -> None:
        """Let a client in, or say why not; the connection stays open for another try."""
        faults = self._source.faults
        if faults.hit(DataFault.STREAM_NO_AUTH_REPLY):
            return
        wrong = faults.hit(DataFault.STREAM_AUTH_ERROR)
        code = wrong.value if wrong else self._refusal(one, key)
        if code:
            one.fail(code)
            return
        one.key = key
        one.tell([{"T": "success", "msg": "authenticated"}])

    def _refusal(self, one: Connection, key: str) -> int:
        if one.key:
            return _TWICE
        if not key:
            return _AUTH_FAILED
        if one.feed == "sip" and not self._source.plan.recent:
            return _NOT_COVERED
        others = (other for other in self._connections if other.feed == one.feed)
        return _CONNECTION_LIMIT if any(other.key == key for other in others) else 0

    def _subscribe(self, one: Connection, message: Message, *, add: bool) -> None:
        asked = asked_for(message)
        wrong = self._source.faults.hit(DataFault.STREAM_SUBSCRIBE_ERROR)
        if wrong or asked is None:
            one.fail(wrong.value if wrong else _SYNTAX)
            return
        most = self._source.plan.stream_symbols_max
        if add and most is not None and one.subscriptions.counted_with(asked) > most:
            one.fail(_SYMBOL_LIMIT)
            return
        one.subscriptions.change(asked, add=add)
        one.tell([one.subscriptions.document()])

    def _disturb(self, one: Connection) -> None:
        """Let the faults strike that befall a connection before data."""
        faults = self._source.faults
        slow, wrong = faults.hit(DataFault.STREAM_SLOW), faults.hit(DataFault.STREAM_ERROR)
        closed = faults.hit(DataFault.STREAM_CLOSE)
        if slow:
            one.slowness = slow.seconds
        if faults.hit(DataFault.STREAM_GARBAGE):
            one.put(Frame(content=_GARBAGE))
        if faults.hit(DataFault.STREAM_OVERSIZE):
            one.tell([{"T": "padding", "msg": "x" * _OVERSIZE}])
        if wrong:
            one.fail(wrong.value)
        if closed:
            one.close(closed.value)
        if faults.hit(DataFault.STREAM_ABORT):
            one.abort()
        if wrong or faults.hit(DataFault.STREAM_MUTE):
            one.is_mute = True

    def _tell_status(self, change: StatusChange) -> None:
        places = self._source.places(Feed(name="sip", now=change.at))
        message = status_message(change, places.tape(Symbol(change.symbol)))
        for one in self._connections:
            if one.subscriptions.wants("statuses", change.symbol):
                one.tell([message])

    async def _leave(self, app: web.Application) -> None:
        del app
        for one in tuple(self._connections):
            await one.socket.close(code=_GOING_AWAY)


def _give_up(one: Connection) -> None:
    if not one.key:
        one.fail(_AUTH_TIMEOUT)
        one.close(1000)
