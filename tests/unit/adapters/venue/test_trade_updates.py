"""The stream of events on orders."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.served_venue import Served, served

AUTHENTICATE = {"action": "authenticate", "data": {"key_id": "key", "secret_key": "word"}}
LISTEN = {"action": "listen", "data": {"streams": ["trade_updates"]}}


class Line:
    """One connection to the stream."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, message: object) -> None:
        self.socket.send(json.dumps(message))

    def frame(self) -> str | bytes:
        return self.socket.recv(timeout=5)

    def heard(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.frame())
        return found

    def event(self) -> dict[str, Any]:
        heard = self.heard()
        assert heard["stream"] == "trade_updates", heard
        data: dict[str, Any] = heard["data"]
        return data

    def events(self, count: int) -> list[str]:
        return [self.event()["event"] for _ in range(count)]

    def is_silent(self) -> bool:
        try:
            self.socket.recv(timeout=0.2)
        except TimeoutError:
            return True
        return False


@contextmanager
def line(venue: Served, **headers: str) -> Iterator[Line]:
    """Connect, and say nothing yet."""
    url = venue.urls["stream_url"]
    with connect(url, additional_headers=headers, close_timeout=1, max_size=None) as socket:
        yield Line(socket)


@contextmanager
def listening(venue: Served) -> Iterator[Line]:
    """Connect, authenticate and listen."""
    with line(venue) as found:
        found.say(AUTHENTICATE)
        found.heard()
        found.say(LISTEN)
        found.heard()
        yield found


def test_the_stream_says_nothing_first_and_answers_each_step(venue: Served) -> None:
    with line(venue) as found:
        assert found.is_silent()
        found.say(LISTEN)
        assert found.heard() == {
            "stream": "authorization",
            "data": {"status": "unauthorized", "action": "listen"},
        }
        found.say(AUTHENTICATE)
        frame = found.frame()
        assert isinstance(frame, bytes)
        assert json.loads(frame) == {
            "stream": "authorization",
            "data": {"status": "authorized", "action": "authenticate"},
        }
        found.say({"action": "auth", "key": "key", "secret": "word"})
        assert found.heard()["data"]["status"] == "authorized"
        found.say({"action": "listen", "data": {"streams": ["trade_updates", "moon"]}})
        assert found.heard() == {"stream": "listening", "data": {"streams": ["trade_updates"]}}
        found.say({"action": "listen", "data": {"streams": []}})
        assert found.heard()["data"] == {"streams": []}


@pytest.mark.parametrize("message", ["{", "[]", '{"action": "dance"}', '"', "\x00", "[" * 5000])
def test_nonsense_is_answered_and_survived(venue: Served, message: str) -> None:
    with listening(venue) as found:
        found.socket.send(message)
        assert found.heard()["action"] == "error"
        venue.order()
        venue.advance()
        assert found.events(2) == ["new", "fill"]


def test_a_key_is_asked_for(venue: Served) -> None:
    with line(venue) as found:
        found.say({"action": "authenticate", "data": {}})
        assert found.heard()["data"]["status"] == "unauthorized"


def test_events_tell_the_order_and_the_fill(venue: Served) -> None:
    with listening(venue) as found:
        order = venue.order(qty="2", client_order_id="mine")
        venue.advance()
        new, fill = found.event(), found.event()

    assert (new["event"], new["order"]["id"], new["order"]["status"]) == ("new", order["id"], "new")
    assert "execution_id" not in new
    assert (fill["event"], fill["price"], fill["qty"], fill["position_qty"]) == (
        "fill",
        "600.01",
        "2",
        "2",
    )
    assert fill["order"]["client_order_id"] == "mine"
    assert fill["order"]["filled_qty"] == "2"
    assert "cancel_requested_at" in fill["order"]
    truth = venue.document("GET", "/control/truth")
    assert fill["execution_id"] == truth["executions"][0]["execution_id"]
    assert len(fill["event_id"]) == 26
    assert new["event_id"] < fill["event_id"]


def test_events_tell_how_orders_end(venue: Served) -> None:
    with listening(venue) as found:
        order = venue.order(type="limit", limit_price="590.00")
        venue.advance()
        venue.document("PATCH", f"/v2/orders/{order['id']}", {"limit_price": "591.00"})
        venue.advance()
        assert found.events(3) == ["new", "replaced", "new"]
        assert venue.call("DELETE", "/v2/orders")[0] == 207
        venue.advance()
        assert found.events(1) == ["canceled"]
        venue.order(type="limit", limit_price="590.00")
        venue.document("POST", "/control/clock", {"to": "2026-11-25T21:00:00Z"})
        assert found.events(2) == ["new", "expired"]


def test_live_accounts_are_sent_text_and_some_ask_for_msgpack() -> None:
    with served(encoding="text") as venue:
        with listening(venue) as found:
            venue.order()
            venue.advance()
            assert isinstance(found.frame(), str)
        with line(venue, **{"Content-Type": "application/msgpack"}) as found:
            found.socket.send(msgspec.msgpack.encode(AUTHENTICATE))
            answer = found.frame()
            assert isinstance(answer, bytes)
            assert msgspec.msgpack.decode(answer)["data"]["status"] == "authorized"


def test_refused_connections(venue: Served) -> None:
    for name, status in (("stream_limit_429", 429), ("stream_limit_406", 406)):
        venue.fault(name)
        with pytest.raises(InvalidStatus) as caught, line(venue):
            pass
        assert caught.value.response.status_code == status
    with listening(venue):
        pass


def test_refused_and_forgotten_authentication(venue: Served) -> None:
    venue.fault("stream_auth_refused")
    venue.fault("stream_no_auth_reply", after=1)
    with line(venue) as found:
        found.say(AUTHENTICATE)
        assert found.heard()["data"]["status"] == "unauthorized"
        found.say(AUTHENTICATE)
        assert found.is_silent()
        found.say(AUTHENTICATE)
        assert found.heard()["data"]["status"] == "authorized"


@pytest.mark.parametrize("code", [1000, 1001])
def test_the_stream_closes_after_an_event(venue: Served, code: int) -> None:
    with listening(venue) as found:
        venue.fault("stream_close", value=code)
        venue.order()
        venue.advance()
        assert found.events(1) == ["new"]
        with pytest.raises(ConnectionClosed) as caught:
            found.frame()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == code


def test_the_stream_breaks(venue: Served) -> None:
    with listening(venue) as found:
        venue.fault("stream_abort")
        venue.order()
        venue.advance()
        with pytest.raises(ConnectionClosed) as caught:
            found.events(9)
    assert caught.value.rcvd is None


def test_a_mute_stream_answers_pings(venue: Served) -> None:
    with listening(venue) as found:
        venue.fault("stream_mute")
        venue.order()
        venue.advance()
        assert found.is_silent()
        assert found.socket.ping().wait(5)
        found.say(LISTEN)
        assert found.is_silent()


def test_connections_are_directed_by_hand(venue: Served) -> None:
    with listening(venue) as found:
        assert venue.document("POST", "/control/stream", {}) == {"connections": 1}
        venue.document("POST", "/control/stream", {"mute": True})
        venue.order()
        venue.advance()
        assert found.is_silent()
    with listening(venue) as found:
        venue.document("POST", "/control/stream", {"close": 1001})
        with pytest.raises(ConnectionClosed):
            found.frame()
    with listening(venue) as found:
        venue.document("POST", "/control/stream", {"abort": True})
        with pytest.raises(ConnectionClosed):
            found.frame()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("stream_duplicate", ["new", "new", "fill"]),
        ("stream_disorder", ["fill", "new"]),
        ("stream_lost", ["fill"]),
        ("stream_unknown_event", ["teleported", "new", "fill"]),
    ],
)
def test_events_come_twice_or_wrongly_or_not(venue: Served, fault: str, told: list[str]) -> None:
    with listening(venue) as found:
        venue.fault(fault)
        venue.order()
        venue.advance()
        assert found.events(len(told)) == told
    assert venue.hits() == {fault: 1}


def test_an_event_comes_late(venue: Served) -> None:
    with listening(venue) as found:
        venue.fault("stream_late", seconds=30)
        venue.order()
        venue.advance()
        assert found.events(1) == ["fill"]
        assert found.is_silent()
        venue.advance(30)
        assert found.events(1) == ["new"]


def test_frames_that_are_no_events(venue: Served) -> None:
    with listening(venue) as found:
        for name in ("stream_null", "stream_garbage", "stream_oversize"):
            venue.fault(name)
        venue.order()
        venue.advance()
        assert found.heard() == {"stream": "trade_updates", "data": None}
        garbage = found.frame()
        with pytest.raises(ValueError, match="utf-8"):
            json.loads(garbage)
        assert len(found.frame()) > 1024 * 1024
        assert found.events(2) == ["new", "fill"]


def test_a_fill_may_tell_the_cumulative_quantity(venue: Served) -> None:
    venue.fault("stream_cumulative_qty", times=-1)
    with listening(venue) as found:
        told: list[dict[str, Any]] = []
        while len(told) <= 2:
            venue.order(symbol="TLT", qty="8")
            venue.advance()
            told = [found.event() for _ in range(1 + len(venue.world.orders[-1].executions))]
    assert [one["qty"] for one in told[1:]] == [one["order"]["filled_qty"] for one in told[1:]]


def test_busts_and_corrections_are_told(venue: Served) -> None:
    order = venue.order(qty="2")
    venue.advance()
    with listening(venue) as found:
        path = f"/control/orders/{order['id']}"
        venue.document("POST", f"{path}/correct", {"price": "599.00"})
        venue.document("POST", f"{path}/bust", {})
        correction, bust = found.event(), found.event()
    assert (correction["event"], correction["price"]) == ("trade_correct", "599")
    assert (bust["event"], bust["order"]["filled_qty"]) == ("trade_bust", "0")
    truth = venue.document("GET", "/control/truth")
    assert (truth["cash"], truth["positions"]) == ("100000.00", {})
