"""One HTTP exchange that ends in time, and that knows whether anything left this machine."""

import io
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPResponse
from socket import socket
from ssl import SSLContext
from typing import Any, Final

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import Timeout

from alchemiser.adapters.alpaca.trust import trusted

BODY_BYTES_MAX: Final = 64 * 1024 * 1024
"""Longest answer that is read; a page of 10,000 bars has about one and a half million bytes."""

_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what a server answered.

    Attributes:
        status: The HTTP status.
        body: As it came, decompressed, without a byte order mark.
        headers: By name in lower case.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Deadline:
    """The moment by which something must be over."""

    __slots__ = ("_at", "_stopwatch")

    def __init__(self, stopwatch: Callable[[], float], seconds: float) -> None:
        """Begin to count down `seconds`."""
        self._stopwatch = stopwatch
        self._at = stopwatch() + seconds

    def left(self) -> float:
        """Return the seconds left; zero or less once it is past."""
        return self._at - self._stopwatch()

    def within(self, seconds: float) -> "Deadline":
        """Return the moment that comes in `seconds`, or this one where it comes before."""
        return Deadline(self._stopwatch, min(seconds, self.left()))

    def bounded(self, seconds: float) -> float:
        """Return `seconds` or what is left, the lesser.

        Raises:
            TimeoutError: When nothing is left.
        """
        left = self.left()
        if left <= 0:
            raise TimeoutError("no time is left")
        return min(seconds, left)


@dataclass(slots=True)
class Attempt:
    """One exchange under way.

    Attributes:
        deadline: When it must be over.
        connect: Longest time to a connection, seconds.
        read: Longest silence of the server, seconds.
        sent: Whether a byte of the request may have left.
    """

    deadline: Deadline
    connect: float
    read: float
    sent: bool = False


_ATTEMPT: ContextVar[Attempt] = ContextVar("attempt")


class _TimedReader(io.RawIOBase):
    """Read a socket until the deadline, however slowly bytes come."""

    def __init__(self, raw: io.RawIOBase, connected: socket) -> None:
        self._raw = raw
        self._connected = connected
        self._attempt = _ATTEMPT.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - whatever io passes
        attempt = self._attempt
        self._connected.settimeout(attempt.deadline.bounded(attempt.read))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(sock, *args, **named)
        self.fp: Any = io.BufferedReader(_TimedReader(self.fp.detach(), sock))


class _Sending:
    """Note when the first byte leaves, and let none leave too late."""

    def send(self, data: Any) -> None:  # noqa: ANN401 - whatever http.client passes
        connection: Any = self
        if connection.sock is None:
            connection.connect()
        attempt = _ATTEMPT.get()
        # The caller gives up at the deadline: an order that left after it would be nobody's.
        connection.sock.settimeout(attempt.deadline.bounded(attempt.read))
        attempt.sent = True
        super().send(data)  # type: ignore[misc]  # of the connection that it is mixed into


class _PlainConnection(_Sending, HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(_Sending, HTTPSConnection):
    response_class = _TimedResponse


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _TimedAdapter(HTTPAdapter):
    def __init__(self, connections: int, trust: SSLContext | None = None) -> None:
        self._trust = trust
        super().__init__(pool_connections=1, pool_maxsize=connections, max_retries=0)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def init_poolmanager(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as inherited
        super().init_poolmanager(*args, ssl_context=self._trust, **named)

    def send(self, request: PreparedRequest, *args: Any, **named: Any) -> Response:  # noqa: ANN401
        attempt = _ATTEMPT.get()
        named["timeout"] = Timeout(
            connect=attempt.deadline.bounded(attempt.connect),
            read=attempt.deadline.bounded(attempt.read),
        )
        return super().send(request, *args, **named)


def session(connections: int, *, secure: bool) -> Session:
    """Return a session that keeps `connections` alive, tries once and ignores the environment.

    Args:
        connections: As many as there are threads.
        secure: Whether servers have to prove who they are; one on this machine need not.
    """
    made = Session()
    made.trust_env = False  # neither a proxy nor a password of somebody's shell
    made.mount("http://", _TimedAdapter(connections))
    made.mount("https://", _TimedAdapter(connections, trusted() if secure else None))
    return made


def exchange(attempt: Attempt, call: Callable[[], Answer]) -> Answer:
    """Return what `call` answers, with every socket of it held to `attempt`; for one thread."""
    token = _ATTEMPT.set(attempt)
    try:
        return call()
    finally:
        _ATTEMPT.reset(token)


def read_answer(response: Response) -> Answer:
    """Return the whole answer.

    Raises:
        OSError: When it is longer than `BODY_BYTES_MAX`, or breaks off.
    """
    chunks, size = [], 0
    with response:
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > BODY_BYTES_MAX:
                raise OSError(f"the answer is longer than {BODY_BYTES_MAX} bytes")
            chunks.append(chunk)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, b"".join(chunks).removeprefix(BOM_UTF8), headers)
