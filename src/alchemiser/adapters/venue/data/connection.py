"""One client of the stream: its frames, and what it may do when."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiohttp import web

from alchemiser.adapters.venue.data.channels import Message, Subscriptions
from alchemiser.adapters.venue.stream_faults import Frame

ERRORS: Final = {
    400: "invalid syntax",
    401: "not authenticated",
    402: "auth failed",
    403: "already authenticated",
    404: "auth timeout",
    405: "symbol limit exceeded",
    406: "connection limit exceeded",
    407: "slow client",
    408: "v2 not enabled",
    409: "insufficient subscription",
    410: "invalid subscribe action for this feed",
    411: "insufficient scope",
    500: "internal error",
}
SLOW_CLIENT: Final = 407
_POLICY: Final = 1008
_WAITING_MAX: Final = 1_024
"""Frames that may wait for a client; one that lets more pile up is too slow."""

_MESSAGES_MAX: Final = 1_000
"""In a frame: it stays well under the mebibyte that clients take."""


@dataclass(slots=True, kw_only=True, eq=False)
class Connection:
    """Hold one connection.

    Attributes:
        socket: The websocket.
        request: What it came from; its transport can be broken.
        feed: Its endpoint.
        packed: Whether it speaks MessagePack in binary frames, else JSON as text.
        key: The key it has shown, or "".
        subscriptions: What it has asked for.
        is_mute: Whether it is told nothing any more.
        slowness: Seconds to wait before each frame.
    """

    socket: web.WebSocketResponse
    request: web.Request
    feed: str
    packed: bool
    key: str = ""
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    is_mute: bool = False
    slowness: float = 0.0
    _outgoing: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue)

    def tell(self, messages: Iterable[Message]) -> None:
        """Send messages, in frames of a bearable size."""
        every = list(messages)
        for start in range(0, len(every), _MESSAGES_MAX):
            self.put(self._frame(every[start : start + _MESSAGES_MAX]))

    def put(self, frame: Frame) -> None:
        """Send one frame; give up on a client that lets too many wait."""
        if self.is_mute:
            return
        self._outgoing.put_nowait(frame)
        if self._outgoing.qsize() > _WAITING_MAX:
            self.fail(SLOW_CLIENT)
            self.close(_POLICY)
            self.is_mute = True

    def fail(self, code: int) -> None:
        """Send an error."""
        message = ERRORS.get(code, "internal error")
        self.tell([{"T": "error", "code": code, "msg": message}])

    def close(self, code: int) -> None:
        """Close in good order once everything before has been sent."""
        self._outgoing.put_nowait(Frame(close=code))

    def abort(self) -> None:
        """Break the connection once everything before has been sent."""
        self._outgoing.put_nowait(Frame(abort=True))

    def heard(self, data: str | bytes) -> Message | None:
        """Return what the client said, or None when that is no message."""
        try:
            if isinstance(data, str):
                message = msgspec.json.decode(data)
            elif self.packed:
                message = msgspec.msgpack.decode(data)
            else:
                message = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError):
            return None
        return message if isinstance(message, dict) else None

    async def write(self) -> None:
        """Send what is to be sent, until this is cancelled or the client has gone."""
        while True:
            frame = await self._outgoing.get()
            if self.slowness:
                await _pause(self.slowness)
            try:
                await self._send(frame)
            except ConnectionError:
                return

    async def _send(self, frame: Frame) -> None:
        if frame.abort:
            transport = self.request.transport
            if transport is not None:
                transport.abort()
        elif frame.close is not None:
            await self.socket.close(code=frame.close)
        elif frame.text:
            await self.socket.send_str(frame.content.decode())
        else:
            await self.socket.send_bytes(frame.content)

    def _frame(self, messages: list[Message]) -> Frame:
        if self.packed:
            return Frame(content=msgspec.msgpack.encode(messages))
        return Frame(content=msgspec.json.encode(messages), text=True)


async def _pause(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    timer = loop.call_later(seconds, done.set_result, None)
    try:
        await done
    finally:
        timer.cancel()
