"""Every call ends in time; reads are repeated, what changes something is sent once."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from socket import create_server

import pytest

from alchemiser.adapters.alpaca.transport import RefusedError
from alchemiser.ports.errors import (
    AuthenticationError,
    OutcomeUnknownError,
    PortRejectedError,
    PortUnavailableError,
)
from tests.unit.adapters.alpaca.loopback import Loopback, Misconduct, Told, serving
from tests.unit.adapters.alpaca.telling import QUICK, Alerts, Ring, told, transport

ORDER = {"symbol": "SPY", "qty": "0.000000001"}
UNAUTHORIZED = Told(401, b'{"message":"unauthorized."}')


@pytest.fixture
def venue() -> Iterator[Loopback]:
    with serving() as loopback:
        yield loopback


def drips(head: bytes) -> Misconduct:
    def misconduct(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        for _ in range(60):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    return misconduct


def mute(_: BaseHTTPRequestHandler) -> None:
    time.sleep(4)


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def says(text: bytes) -> Misconduct:
    def misconduct(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)
        handler.wfile.flush()

    return misconduct


MISCONDUCT = {
    "drips its body": drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
    "drips its headers": drips(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "drips its status": drips(b"HTTP/1.1 2"),
    "says nothing": mute,
    "hangs up": hangs_up,
    "is no server": says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "breaks off": says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"),
    "chunks badly": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "packs badly": says(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    ),
}


@pytest.mark.parametrize("misconduct", MISCONDUCT.values(), ids=MISCONDUCT)
def test_whatever_the_server_does_a_call_ends_in_time(
    venue: Loopback, misconduct: Misconduct
) -> None:
    """FAULTS A02, A15, A18: a read is unavailable, an order's fate is unknown; sent once."""
    line = transport(venue.url, limits=replace(QUICK, failures=100))
    venue.then(*[Told(instead=misconduct)] * 9)

    for call, error in (
        (lambda: line.get("/v2/account"), PortUnavailableError),
        (lambda: line.send("POST", "/v2/orders", ORDER), OutcomeUnknownError),
    ):
        before = time.monotonic()
        with pytest.raises(error):
            call()
        assert time.monotonic() - before < QUICK.total + 1

    assert [one.method for one in venue.asked].count("POST") == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_read_is_tried_again_where_that_may_help(venue: Loopback, status: int) -> None:
    """RS-04."""
    line = transport(venue.url)
    venue.then(Told(status), Told(status), Told(200, b'{"cash":1.10}'))

    assert line.get("/v2/account", {"a": "b c"}) == b'{"cash":1.10}'
    assert [one.path for one in venue.asked] == ["/v2/account?a=b+c"] * 3
    assert line.health().counts()["retry"] == 2


@pytest.mark.parametrize("status", [302, 400, 403, 404, 418, 422])
def test_a_read_that_is_refused_is_not_tried_again(venue: Loopback, status: int) -> None:
    line = transport(venue.url)
    venue.then(Told(status, b'{"message":"no"}', {"Location": "http://192.0.2.7/"}))

    with pytest.raises(RefusedError, match="no") as caught:
        line.get("/v2/account")

    assert caught.value.answer.status == status
    assert isinstance(caught.value, PortRejectedError)
    assert len(venue.asked) == 1


@pytest.mark.parametrize("status", [302, 400, 403, 404, 422, 429, 500, 504])
def test_what_changes_something_is_sent_once_whatever_is_answered(
    venue: Loopback, status: int
) -> None:
    """FAULTS A04: alpaca-py alone would send an order up to four times after a 504."""
    line = transport(venue.url)
    venue.then(Told(status, b"words", {"Location": "http://192.0.2.7/"}))

    answer = line.send("POST", "/v2/orders", ORDER)

    assert (answer.status, answer.body) == (status, b"words")
    assert [(one.method, one.body) for one in venue.asked] == [
        ("POST", b'{"symbol": "SPY", "qty": "0.000000001"}')
    ]


def test_tries_are_bounded(venue: Loopback) -> None:
    line = transport(venue.url)
    venue.then(*[Told(500)] * 9)

    with pytest.raises(PortUnavailableError, match="500"):
        line.get("/v2/account")

    assert len(venue.asked) == QUICK.tries


def test_an_order_that_never_left_is_told_apart() -> None:
    """FAULTS A01: nobody listens there."""
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    line = transport(f"http://127.0.0.1:{port}")

    with pytest.raises(PortUnavailableError) as refused:
        line.send("POST", "/v2/orders", ORDER)

    assert str(refused.value).startswith("Alpaca cannot be reached (Connection refused): look at")


def test_an_order_that_found_no_line_never_leaves(venue: Loopback) -> None:
    """FAULTS A01: what its caller has given up on must not be sent later."""
    line = transport(venue.url, limits=replace(QUICK, connections=1, read=2.0))
    venue.then(Told(instead=mute))

    with line.bounded(), ThreadPoolExecutor(1) as other:
        time.sleep(0.3)
        slow = other.submit(line.send, "DELETE", "/v2/orders/x", None)
        time.sleep(0.2)
        with pytest.raises(PortUnavailableError):
            line.send("POST", "/v2/orders", ORDER)
        with pytest.raises(OutcomeUnknownError):
            slow.result()
    time.sleep(0.5)

    assert [one.method for one in venue.asked] == ["DELETE"]


def test_the_servers_wish_is_heard_within_bounds(venue: Loopback) -> None:
    """FAULTS A06."""
    line = transport(venue.url, limits=replace(QUICK, wait_max=0.3))
    venue.then(Told(429, b"", {"Retry-After": "3600"}), told({}))

    before = time.monotonic()
    line.get("/v2/orders")

    assert 0.3 <= time.monotonic() - before < 1


def test_the_servers_count_is_readable(venue: Loopback) -> None:
    """RS-16."""
    line = transport(venue.url)
    counts = {"X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "9"}
    venue.then(Told(200, b"{}", counts))

    line.get("/v2/account")

    assert (line.quota().limit, line.quota().remaining, line.quota().reset) == (200, 7, 9)


def test_a_used_up_budget_refuses_reads_and_lets_cancels_through(venue: Loopback) -> None:
    """RS-16, DA-13, FAULTS A07."""
    line = transport(venue.url, limits=replace(QUICK, per_minute=20))
    for _ in range(4):
        venue.then(told({}))
        line.get("/v2/account")

    with pytest.raises(PortUnavailableError, match="budget"):
        line.get("/v2/account")
    venue.then(Told(204, b""))

    assert line.send("DELETE", "/v2/orders/x", None).status == 204


def test_an_open_circuit_refuses_at_once_and_lets_cancels_through(venue: Loopback) -> None:
    """RS-04, FAULTS A07."""
    alerts = Alerts()
    limits = replace(QUICK, failures=2, tries=1, rest=0.3)
    line = transport(venue.url, limits=limits, alerts=alerts)
    venue.then(Told(500), Told(500))
    for _ in range(2):
        with pytest.raises(PortUnavailableError):
            line.get("/v2/account")

    with pytest.raises(PortUnavailableError, match="too often"):
        line.send("POST", "/v2/orders", ORDER)
    venue.then(Told(500))
    assert line.send("DELETE", "/v2/orders/x", None).status == 500
    assert alerts.kinds() == {"circuit_open"}
    assert len(venue.asked) == 3

    time.sleep(0.4)
    venue.then(told({}), told({}))
    line.get("/v2/account")
    line.get("/v2/account")


def test_a_refused_key_is_read_anew_once(venue: Loopback) -> None:
    """SX-04: keys are rotated while the engine runs; an order that was refused with one is sent."""
    keys = Ring("old", "new")
    line = transport(venue.url, keys=keys)
    venue.then(UNAUTHORIZED, Told(200, b"{}"))

    assert line.send("POST", "/v2/orders", ORDER).status == 200
    assert [one.headers["apca-api-key-id"] for one in venue.asked] == ["old", "new"]
    assert keys.readings == [False, True]


def test_a_key_that_stays_refused_is_an_error_of_its_own(venue: Loopback) -> None:
    """FAULTS A11, B10: it is not tried again and again."""
    alerts = Alerts()
    line = transport(venue.url, keys=Ring("revoked"), alerts=alerts)
    venue.then(*[UNAUTHORIZED] * 4)

    for call in (lambda: line.get("/v2/account"), lambda: line.send("DELETE", "/v2/x", None)):
        with pytest.raises(AuthenticationError, match="key"):
            call()

    assert len(venue.asked) == 2
    assert alerts.kinds() == {"key_refused"}


def test_requests_are_ours_and_ignore_the_environment(
    venue: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SX-02: neither a proxy nor a password of the shell, and the secret in its header alone."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.7:3128")
    line = transport(venue.url + "/")
    venue.then(told({}))

    line.get("/v2/account")
    asked = venue.asked[0]

    assert asked.path == "/v2/account"
    assert asked.headers["user-agent"] == "alchemiser"
    assert asked.headers["apca-api-secret-key"] == "a secret"
    assert "authorization" not in asked.headers


def test_an_error_names_no_secret(venue: Loopback) -> None:
    """SX-02."""
    line = transport(venue.url)
    venue.then(Told(instead=hangs_up))

    with pytest.raises(OutcomeUnknownError) as caught:
        line.send("POST", "/v2/orders", ORDER)

    assert "a secret" not in repr(caught.value)


def test_calls_in_one_bound_share_its_time(venue: Loopback) -> None:
    line = transport(venue.url, limits=replace(QUICK, total=0.8, read=0.6, tries=1))
    venue.then(*[Told(instead=mute)] * 5)

    before = time.monotonic()
    with line.bounded():
        for _ in range(5):
            with pytest.raises(PortUnavailableError):
                line.get("/v2/account")

    assert time.monotonic() - before < 1.5


def test_after_closing_nothing_is_asked(venue: Loopback) -> None:
    line = transport(venue.url)
    line.close()

    calls: tuple[Callable[[], object], ...] = (
        lambda: line.get("/v2/account"),
        lambda: line.send("POST", "/v2/orders", ORDER),
    )
    for call in calls:
        with pytest.raises(PortUnavailableError, match="closed"):
            call()

    assert venue.asked == []


def test_threads_share_a_few_connections(venue: Loopback) -> None:
    line = transport(venue.url)
    venue.standing["GET /v2/account"] = lambda _: told({})

    with ThreadPoolExecutor(20) as many:
        bodies = list(many.map(lambda _: line.get("/v2/account"), range(200)))

    assert bodies == [b"{}"] * 200
