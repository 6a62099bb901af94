"""A small server on loopback that answers as it is told, also badly."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Misconduct = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What to answer; `instead` takes the connection and does as it likes."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    instead: Misconduct | None = None


class Loopback:
    """Answer from a queue, and then what stands for a path, and then 404."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.queue: deque[Told] = deque()
        self.standing: dict[str, Callable[[Asked], Told]] = {}
        self.url = ""

    def then(self, *answers: Told) -> None:
        self.queue.extend(answers)

    def answer(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.queue:
            return self.queue.popleft()
        key = f"{asked.method} {asked.path.partition('?')[0]}"
        known = self.standing.get(key)
        missing = b'{"code":40410000,"message":"order not found"}'
        return known(asked) if known else Told(404, missing)


@contextmanager
def serving(tls: SSLContext | None = None) -> Iterator[Loopback]:
    """Serve on a free port of loopback, over TLS when that is given."""
    loopback = Loopback()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: two would wait for each other

        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(size))
            told = loopback.answer(asked)
            if told.instead is not None:
                self.close_connection = True
                told.instead(self)
                return
            self.send_response_only(told.status)  # without a date of its own
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_POST = do_DELETE = do_PATCH = do_GET  # noqa: N815 - the names of http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def log_request(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up here
    loopback.url = f"http://127.0.0.1:{server.server_address[1]}"
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        loopback.url = loopback.url.replace("http", "https")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
