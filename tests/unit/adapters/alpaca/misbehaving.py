"""Servers on loopback that take a connection, or do not, and never come to an end."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from socket import AF_INET, SOCK_STREAM, create_server, socket
from threading import Event, Thread
from typing import Final
from urllib.parse import urlsplit

from tests.unit.adapters.alpaca.telling import account_row, fill_row, order_row

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LONG: Final = OK + b"Content-Length: 1000\r\n\r\n"
SLOWLY: Final = 0.15
"""Seconds to each answer of a server that is slow and not mute."""


@dataclass
class Mute:
    """A server that is being asked.

    Attributes:
        url: Where it is.
        asked: Connections so far.
        over: Set once it is to end.
    """

    url: str
    asked: int = 0
    over: Event = field(default_factory=Event)


Behaviour = Callable[[socket, Mute], None]


def says_nothing(_: socket, mute: Mute) -> None:
    """Take the question, and that is all."""
    mute.over.wait()


def stops_after(told: bytes) -> Behaviour:
    """Say `told`, and then nothing more."""

    def behave(connection: socket, mute: Mute) -> None:
        connection.sendall(told)
        mute.over.wait()

    return behave


def drips(told: bytes, seconds: float) -> Behaviour:
    """Say `told` and blanks for ever, a byte every so many `seconds`."""

    def behave(connection: socket, mute: Mute) -> None:
        rest = iter(told)
        while not mute.over.wait(seconds):
            connection.sendall(bytes([next(rest, ord(" "))]))

    return behave


def fails_and_hangs(connection: socket, mute: Mute) -> None:
    """Answer the first question with 503, so that it is asked again; nothing after that."""
    if mute.asked == 1:
        connection.sendall(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    else:
        mute.over.wait()


def turns_pages(connection: socket, mute: Mute) -> None:
    """Answer every question soundly and slowly; of every list there is one more page."""
    number, text = 0, b""
    while True:
        while b"\r\n\r\n" not in text:
            more = connection.recv(65_536)
            if not more:
                return
            text += more
        path = urlsplit(text.split(maxsplit=2)[1].decode()).path
        number += 1
        if mute.over.wait(SLOWLY):
            return
        body = json.dumps(_page(path, number)).encode()
        connection.sendall(OK + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        text = b""


def _page(path: str, number: int) -> object:
    """Return an answer that is not the last of its kind."""
    more = {"next_page_token": f"after-{number}"}
    entered = f"2026-11-27T15:{number // 60 % 60:02d}:{number % 60:02d}Z"
    order = order_row(f"alc-{number}", created_at=entered, submitted_at=entered)
    executions = [fill_row(1, "1", "1", id=f"{number}::{place}") for place in range(100)]
    pages: dict[str, object] = {
        "/v1/corporate-actions": {"corporate_actions": {}, **more},
        "/v2/account": account_row(cash=str(number)),
        "/v2/account/activities": executions,
        "/v2/account/activities/FILL": executions,
        "/v2/orders": [order],
        "/v2/orders:by_client_order_id": order_row(filled_qty="10", status="filled"),
        "/v2/stocks/bars": {"bars": {}, **more},
        "/v2/stocks/quotes/latest": {"quotes": {}},
        "/v2/stocks/trades/latest": {"trades": {}},
    }
    return pages.get(path, [])


MISCONDUCT: Final[dict[str, Behaviour]] = {
    "accepts and never answers": says_nothing,
    "stops after its headers": stops_after(LONG),
    "stops amid the body": stops_after(LONG + b'{"timestamp": "2026-'),
    "stops amid a chunk": stops_after(OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n["),
    "drips a byte a second": drips(LONG, 1.0),
    "drips faster than it may be silent": drips(LONG, 0.1),
    "hangs when it is asked again": fails_and_hangs,
    "turns pages for ever": turns_pages,
}


@contextmanager
def misbehaving(behave: Behaviour) -> Iterator[Mute]:
    """Serve on a free port of loopback."""
    with create_server(("127.0.0.1", 0), backlog=64) as server:
        mute = Mute(f"http://127.0.0.1:{server.getsockname()[1]}")

        def hold(connection: socket) -> None:
            with connection, suppress(OSError):  # whoever waits for us hangs up
                behave(connection, mute)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    mute.asked += 1
                    Thread(target=hold, args=(connection,), daemon=True).start()

        thread = Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield mute
        finally:
            mute.over.set()


@contextmanager
def full() -> Iterator[Mute]:
    """Listen on a free port of loopback whose queue is full: no connection comes about."""
    with create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as held:
        for _ in range(4):
            waiting = held.enter_context(socket(AF_INET, SOCK_STREAM))
            waiting.setblocking(False)  # noqa: FBT003 - the name of socket
            waiting.connect_ex(server.getsockname())
        yield Mute(f"http://127.0.0.1:{server.getsockname()[1]}")
