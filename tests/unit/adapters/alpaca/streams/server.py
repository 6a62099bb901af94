"""A broker's streams on loopback that do what a script says, and words to write scripts with."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from alchemiser.adapters.alpaca.streams.connection import World
from alchemiser.adapters.alpaca.streams.events import report_of
from alchemiser.adapters.alpaca.streams.listener import Asking
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.trade_updates import TradeUpdates
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.errors import AlchemiserError

Data = str | bytes
Script = Callable[["Talk"], Awaitable[None]]
Fields = dict[str, Any]

QUICK = StreamSettings(
    open_seconds=2.0,
    step_seconds=2.0,
    close_seconds=0.1,
    backoff_min=0.02,
    backoff_max=0.1,
    settled_seconds=60.0,
    reaping_seconds=0.2,
    stale_seconds=0.2,
    grace_seconds=0.1,
    resync_seconds=1.0,
    resync_gap_seconds=0.01,
)
"""Waits of a fraction of a second, where they do not end what a busy machine may delay."""


class Talk:
    """One connection, seen from the server."""

    def __init__(self, socket: ServerConnection, heard: list[Fields]) -> None:
        self.socket = socket
        self.heard = heard
        self.encode: Callable[[object], Data] = json.dumps

    async def say(self, *messages: object) -> None:
        """Send each of `messages`, encoded."""
        for message in messages:
            await self.socket.send(self.encode(message))

    async def hear(self) -> Fields:
        """Return the client's next message."""
        message = await self.socket.recv()
        heard: Fields = json.loads(message)
        self.heard.append(heard)
        return heard

    async def login(self) -> None:
        """Shake hands as the stream of trade updates does."""
        await self.hear()
        await self.say(AUTHORIZED)
        await self.hear()
        await self.say(LISTENING)

    async def stay(self) -> None:
        """Keep the connection until the client leaves."""
        with suppress(ConnectionClosed):
            async for _ in self.socket:
                pass

    def cut(self) -> None:
        """Break the connection off without a word."""
        self.socket.transport.abort()


@dataclass
class Server:
    """Answer the n-th connection by the n-th script, and all later ones by the last."""

    scripts: list[Script]
    url: str = ""
    talks: list[Talk] = field(default_factory=list)
    heard: list[Fields] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    open_now: int = 0

    async def handle(self, socket: ServerConnection) -> None:
        """Play the script of this connection."""
        talk = Talk(socket, self.heard)
        script = self.scripts[min(len(self.talks), len(self.scripts) - 1)]
        self.talks.append(talk)
        self.at.append(time.monotonic())
        self.open_now += 1
        try:
            await script(talk)
        except ConnectionClosed:
            pass
        finally:
            self.open_now -= 1

    async def until(self, is_so: Callable[[], bool], seconds: float = 5.0) -> None:
        """Return once `is_so`."""
        await until(is_so, seconds)


@asynccontextmanager
async def serving(*scripts: Script, **settings: Any) -> AsyncIterator[Server]:  # noqa: ANN401 - as `serve` takes them
    """Hold a server open that plays `scripts`."""
    server = Server(list(scripts))
    settings = {"ping_interval": None, "close_timeout": 0.2} | settings
    async with serve(server.handle, "127.0.0.1", 0, **settings) as listening:
        host, port = listening.sockets[0].getsockname()[:2]
        server.url = f"ws://{host}:{port}/stream"
        yield server


@asynccontextmanager
async def raw_server(answer: bytes | None) -> AsyncIterator[tuple[str, list[float]]]:
    """Hold a server open that answers each request with `answer`, or never."""
    at: list[float] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at.append(time.monotonic())
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            if answer is not None:
                writer.write(answer)
                await writer.drain()
            else:
                await reader.read()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"ws://{host}:{port}/stream", at


async def until(is_so: Callable[[], bool], seconds: float = 5.0) -> None:
    """Return once `is_so`; fail when it is not in time."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - what is waited for knows of nobody who waits
            await asyncio.sleep(0.005)


AUTHORIZED = {
    "stream": "authorization",
    "data": {"status": "authorized", "action": "authenticate"},
}
UNAUTHORIZED = {
    "stream": "authorization",
    "data": {"status": "unauthorized", "action": "authenticate"},
}
EXECUTIONS = [f"1-execution-{number}" for number in range(1, 11)]
"""The names of ten fills."""
LISTENING = {"stream": "listening", "data": {"streams": ["trade_updates"]}}

ORDER: Fields = {
    "id": "b1e1f5c0-0000-4000-8000-000000000001",
    "client_order_id": "alc-WC0RN0-20240805-SPY-b1-00000000",
    "symbol": "SPY",
    "side": "buy",
    "qty": "10",
    "filled_qty": "0",
    "status": "new",
    "asset_class": "us_equity",
    "type": "limit",
    "time_in_force": "day",
    "limit_price": "500",
}


def event(name: str, *, order: Fields | None = None, **told: object) -> Fields:
    """Return the message that tells of the event `name` on `ORDER`, as changed by `order`."""
    return {
        "stream": "trade_updates",
        "data": {
            "event": name,
            "timestamp": "2024-08-05T19:45:00.123456789Z",
            "order": ORDER | (order or {}),
        }
        | told,
    }


def fill(number: int, *, quantity: int = 1, of: int = 10, order: str = "1") -> Fields:
    """Return the message of the fill of share `number`, from 1, of an order of `of` shares."""
    filled = number * quantity
    name = "fill" if filled == of else "partial_fill"
    return event(
        name,
        execution_id=f"{order}-execution-{number}",
        price="500.10",
        qty=str(quantity),
        position_qty=str(filled),
        order={
            "id": f"order-{order}",
            "client_order_id": f"alc-WC0RN0-20240805-SPY-b{order}-00000000",
            "qty": str(of),
            "filled_qty": str(filled),
            "status": "filled" if filled == of else "partially_filled",
        },
    )


def told(message: Fields) -> ExecutionReport:
    """Return the report that `message` tells."""
    return report_of(message["data"])


class Word:
    """A secret."""

    def reveal(self) -> str:
        """Return it."""
        return "hush"


@dataclass
class Bench:
    """A client with its ear, its keys, and the broker's answers to questions."""

    settings: StreamSettings = QUICK
    rows: list[ExecutionReport] = field(default_factory=list)
    failures: list[AlchemiserError] = field(default_factory=list)
    asked: int = 0
    expects: bool = False
    proven: bool = True
    chance: float = 0.5
    said: list[str] = field(default_factory=list)
    refreshed: list[bool] = field(default_factory=list)

    def keys(self, *, refresh: bool) -> tuple[str, Word]:
        """Tell the key."""
        self.refreshed.append(refresh)
        return "KEY", Word()

    async def resync(self) -> Iterable[ExecutionReport]:
        """Answer what is asked after a gap."""
        self.asked += 1
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        return list(self.rows)

    def world(self) -> World:
        """Return the world round the client."""
        return World(stopwatch=time.monotonic, chance=lambda: self.chance, tell=self.said.append)

    def client(self, url: str) -> TradeUpdates:
        """Return a client of `url`."""
        return TradeUpdates(
            url,
            keys=self.keys,
            asking=Asking(
                resync=self.resync, expected=lambda: self.expects, are_names_proven=self.proven
            ),
            world=self.world(),
            settings=self.settings,
        )

    def patient(self, **changes: float) -> "Bench":
        """Return this bench with other settings."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        return self


async def take(client: TradeUpdates, count: int, seconds: float = 5.0) -> list[str]:
    """Return the names of the next `count` reports."""
    async with asyncio.timeout(seconds):
        return [(await client.next()).exec_id for _ in range(count)]


async def silence(client: TradeUpdates, seconds: float = 0.1) -> None:
    """Fail when the client tells anything within `seconds`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            assert await client.next() is None


def telling(*messages: object, stay: bool = True) -> Script:
    """Return a script that logs in, tells `messages` and stays, or closes."""

    async def script(talk: Talk) -> None:
        await talk.login()
        await talk.say(*messages)
        if stay:
            await talk.stay()

    return script


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run `scenario` and see that it leaves nothing behind."""

    async def clean() -> None:
        await scenario()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert [task for task in left if "Connection.run" in repr(task)] == []

    asyncio.run(clean())
