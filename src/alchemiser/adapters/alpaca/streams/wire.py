"""One WebSocket, opened, used and closed in bounded time."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidStatus,
    InvalidURI,
    WebSocketException,
)

from alchemiser.adapters.alpaca.streams.refusals import (
    StreamBrokenError,
    printable,
    refuse_upgrade,
)
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.trust import trusted, unproved
from alchemiser.ports.errors import PortRejectedError

# At its finest level the library logs every message, the one with the key too.
_SILENT: Final = logging.Logger("alchemiser.streams", level=logging.CRITICAL)  # noqa: LOG001 - nobody can turn it up


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Name a stream.

    Attributes:
        url: Such as `wss://paper-api.alpaca.markets/stream`.
        name: What people call it.
        packed: Whether MessagePack is spoken there, and not JSON.
    """

    url: str
    name: str
    packed: bool = False


class Wire:
    """Send and receive on one open connection."""

    def __init__(self, socket: ClientConnection, settings: StreamSettings, *, packed: bool) -> None:
        """Use `socket` until it is closed."""
        self._socket = socket
        self._packed = packed
        self._settings = settings

    async def say(self, words: Mapping[str, object]) -> None:
        """Send one message.

        Raises:
            StreamBrokenError: When the connection is gone, or takes nothing in time.
        """
        message = msgspec.msgpack.encode(words) if self._packed else json.dumps(words)
        try:
            async with asyncio.timeout(self._settings.step_seconds):
                await self._socket.send(message)
        except TimeoutError as error:
            raise StreamBrokenError("the stream took no message in time") from error
        except ConnectionClosed as error:
            raise StreamBrokenError(_closing(error)) from error

    async def receive(self) -> str | bytes:
        """Return the next message, however long it takes; heartbeats watch the line.

        Raises:
            StreamBrokenError: When the connection is gone.
        """
        try:
            return await self._socket.recv()
        except ConnectionClosed as error:
            raise StreamBrokenError(_closing(error)) from error

    async def until(self, step: str, is_it: Callable[[str | bytes], bool]) -> None:
        """Read messages up to the first that `is_it`, all within the time for one step.

        Raises:
            StreamBrokenError: When it does not come in time, or the connection is gone.
        """
        try:
            async with asyncio.timeout(self._settings.step_seconds):
                while not is_it(await self.receive()):
                    pass
        except TimeoutError as error:
            raise StreamBrokenError(f"the stream did not answer in time ({step})") from error


@asynccontextmanager
async def opened(address: Address, settings: StreamSettings) -> AsyncIterator[Wire]:
    """Hold a connection to `address` open; no way out of it leaves the socket behind.

    Raises:
        PortError: When there is none within its time; see `refusals`.
    """
    socket = await _dial(address, settings)
    try:
        yield Wire(socket, settings, packed=address.packed)
    finally:
        try:
            await socket.close()
        finally:
            # Whoever was cancelled while parting in peace parts at once.
            socket.transport.abort()


class _Straight(connect):
    """Follow no redirection: what comes next is the key, and it is for one address."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def _dial(address: Address, settings: StreamSettings) -> ClientConnection:
    try:
        return await _Straight(
            address.url,
            ssl=trusted() if address.url.startswith("wss://") else None,
            additional_headers={"Content-Type": "application/msgpack"} if address.packed else None,
            user_agent_header="alchemiser",
            proxy=None,  # nobody's environment decides where the key goes
            open_timeout=settings.open_seconds,
            ping_interval=settings.ping_seconds,
            ping_timeout=settings.pong_seconds,
            close_timeout=settings.close_seconds,
            max_size=settings.frame_bytes_max,
            max_queue=settings.frames_max,
            logger=_SILENT,
        )
    except InvalidURI as error:
        msg = f"{printable(address.url)} is no address of a stream: write one with wss://."
        raise PortRejectedError(msg) from error
    except InvalidStatus as error:
        refuse_upgrade(error.response.status_code)
    except (OSError, WebSocketException) as error:
        why = unproved(error) or str(error) or type(error).__name__
        raise StreamBrokenError(f"no connection can be made ({why})") from error


def _closing(error: ConnectionClosed) -> str:
    frame = error.sent if error.rcvd is None else error.rcvd
    if frame is None:
        return "the connection was cut"
    return f"{'we' if error.rcvd is None else 'the server'} closed the connection ({frame.code})"
