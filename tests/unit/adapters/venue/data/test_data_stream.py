"""The data stream speaks Alpaca's protocol, and breaks as it does."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from alchemiser.adapters.venue.data.prices import Prices
from alchemiser.adapters.venue.data.query import Plan
from alchemiser.adapters.venue.data.source import Source
from alchemiser.adapters.venue.data.stream import DataStream
from tests.served_venue import Served
from tests.venue_days import NOW, daily_prices

Messages = list[dict[str, Any]]
HELLO = [{"T": "success", "msg": "connected"}]
LET_IN = [{"T": "success", "msg": "authenticated"}]
AUTH = {"action": "auth", "key": "K", "secret": "S"}


class Client:
    """One connection that speaks JSON."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, message: object) -> Messages:
        """Send a message, and return the answer."""
        self.socket.send(message if isinstance(message, str) else json.dumps(message))
        return self.hear()

    def hear(self, seconds: float = 5) -> Messages:
        """Return the next frame."""
        found: Messages = json.loads(self.socket.recv(seconds))
        return found

    def subscribe(self, **channels: list[str]) -> dict[str, Any]:
        """Subscribe, and return what is acknowledged."""
        (told,) = self.say({"action": "subscribe", **channels})
        return told


@contextmanager
def joined(venue: Served, feed: str = "iex") -> Iterator[Client]:
    """Connect; the greeting has not been read."""
    url = venue.urls["data_stream_url"].replace("/iex", f"/{feed}")
    with connect(url, max_size=2**20) as socket:
        yield Client(socket)


@contextmanager
def let_in(venue: Served, feed: str = "iex") -> Iterator[Client]:
    """Connect, and authenticate."""
    with joined(venue, feed) as client:
        assert client.hear() == HELLO
        assert client.say(AUTH) == LET_IN
        yield client


def test_the_whole_set_is_acknowledged(venue: Served) -> None:
    with let_in(venue) as client:
        first = client.subscribe(trades=["SPY"], bars=["*"], statuses=["*"])
        then = client.subscribe(quotes=["AAPL"])
        (left,) = client.say({"action": "unsubscribe", "trades": ["SPY"], "bars": ["*"]})

    assert first["T"] == "subscription"
    assert (first["trades"], first["corrections"], first["cancelErrors"]) == (["SPY"],) * 3
    assert (then["trades"], then["quotes"], then["bars"]) == (["SPY"], ["AAPL"], ["*"])
    assert (left["trades"], left["bars"], left["statuses"]) == ([], [], ["*"])
    assert set(left) == {
        *("T", "trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds"),
        *("corrections", "cancelErrors"),
    }


def test_errors_have_their_codes(venue: Served) -> None:
    with joined(venue) as client:
        client.hear()
        nonsense: tuple[object, ...] = (
            "{",
            "[" * 100_000,
            [1],
            {"action": "sing"},
            {"action": ["auth"]},
            {"action": {}},
            {"action": "subscribe", "trades": ["SPY"]},
            {"action": "auth", "key": "K", "secret": ""},
            {"action": "auth", "key": 3, "secret": "S"},
        )
        codes = [client.say(message)[0]["code"] for message in nonsense]
        assert client.say(AUTH) == LET_IN
        codes += [
            client.say(message)[0]["code"]
            for message in (AUTH, {"action": "subscribe", "trades": "SPY"})
        ]

    assert codes == [400, 400, 400, 400, 400, 400, 401, 402, 402, 403, 400]


def test_one_connection_an_endpoint(venue: Served) -> None:
    """D02: the second may try again on the same socket once the first has gone."""
    with let_in(venue), joined(venue) as second, let_in(venue, "sip"):
        second.hear()
        assert second.say(AUTH)[0]["code"] == 406
        assert second.say({**AUTH, "key": "another"}) == LET_IN


def test_plans_have_limits(venue: Served) -> None:
    venue.document("POST", "/control/data", {"symbols_max": 2, "recent": False})
    with let_in(venue) as client:
        assert client.subscribe(trades=["SPY"], quotes=["SPY"])["quotes"] == ["SPY"]
        assert client.subscribe(trades=["AAPL"])["code"] == 405
        assert client.subscribe(bars=["AAPL", "BRK.B"])["bars"] == ["AAPL", "BRK.B"]
    with joined(venue, "sip") as client:
        client.hear()
        assert client.say(AUTH)[0]["code"] == 409


def test_who_does_not_authenticate_is_sent_away() -> None:
    async def heard() -> tuple[list[object], int | None]:
        app = web.Application()
        source = Source(prices=daily_prices(), now=lambda: NOW)
        DataStream(source, auth_seconds=0.1).add_to(app)
        async with TestClient(TestServer(app, host="127.0.0.1")) as client:
            socket = await client.ws_connect("/v2/iex")
            messages = [await socket.receive_json(), await socket.receive_json()]
            await socket.receive()
            return messages, socket.close_code

    messages, code = asyncio.run(heard())

    assert messages == [HELLO, [{"T": "error", "code": 404, "msg": "auth timeout"}]]
    assert code == 1000


def test_keys_in_the_header_are_enough(venue: Served) -> None:
    headers = {"APCA-API-KEY-ID": "K", "APCA-API-SECRET-KEY": "S"}
    with connect(venue.urls["data_stream_url"], additional_headers=headers) as socket:
        client = Client(socket)
        assert (client.hear(), client.hear()) == (HELLO, LET_IN)


def test_messages_tell_what_rest_tells(venue: Served) -> None:
    with let_in(venue, "sip") as client:
        client.subscribe(trades=["SPY"], quotes=["SPY"], bars=["SPY"], dailyBars=["SPY"])
        client.subscribe(lulds=["SPY"])
        venue.advance(53)
        found = {one["T"]: one for one in client.hear()}
    paths = {"t": "trades", "q": "quotes", "b": "bars"}
    for kind, name in paths.items():
        latest = venue.document("GET", f"/v2/stocks/SPY/{name}/latest")[name[:-1]]
        assert {**latest, "T": kind, "S": "SPY"} == found[kind]
    day = venue.document("GET", "/v2/stocks/SPY/snapshot")["dailyBar"]
    assert {**day, "T": "d", "S": "SPY"} == found["d"]
    assert found["l"]["d"] < found["t"]["p"] < found["l"]["u"]


def test_time_that_leaps_tells_its_last_minutes(venue: Served) -> None:
    with let_in(venue) as client:
        client.subscribe(bars=["SPY"])
        venue.advance(3_600)
        bars = client.hear()

    assert [one["t"][11:16] for one in bars] == ["19:55", "19:56", "19:57", "19:58", "19:59"]


def test_a_delayed_feed_is_a_quarter_of_an_hour_late(venue: Served) -> None:
    with let_in(venue, "delayed_sip") as client:
        client.subscribe(bars=["SPY"])
        venue.advance(60)

        assert [one["t"][11:16] for one in client.hear()] == ["18:45"]


def test_the_test_feed_never_sleeps(venue: Served) -> None:
    venue.document("POST", "/control/clock", {"to": "2026-11-29T03:00:00Z"})  # a Saturday night
    with let_in(venue, "test") as client:
        client.subscribe(trades=["FAKEPACA"], bars=["FAKEPACA"])
        venue.advance(60)
        found = client.hear()

    assert [one["T"] for one in found] == ["t"] * 12 + ["b"]
    assert {one["S"] for one in found} == {"FAKEPACA"}


def test_late_trades_correct_bars(venue: Served) -> None:
    """C09."""
    with let_in(venue) as client:
        client.subscribe(bars=["SPY"], updatedBars=["SPY"])
        venue.advance(53)
        (bar,) = client.hear()
        venue.fault("data_stream_late_trade")
        venue.advance(30)
        (corrected,) = client.hear()

    assert (bar["T"], corrected["T"]) == ("b", "u")
    assert corrected == {**bar, "T": "u", "v": bar["v"] + 1, "n": bar["n"] + 1}


@pytest.mark.parametrize("packed", [b"", b"\xc1", b"\x81\x91\x01\x02", b"\x81\xa6action\xc0"])
def test_no_bytes_end_a_connection(venue: Served, packed: bytes) -> None:
    headers = {"Content-Type": "application/msgpack"}
    with connect(venue.urls["data_stream_url"], additional_headers=headers) as socket:
        socket.recv(5)
        socket.send(packed)
        (answer,) = msgspec.msgpack.decode(socket.recv(5, decode=False))
        socket.send(msgspec.msgpack.encode(AUTH))

        assert answer["code"] == 400
        assert msgspec.msgpack.decode(socket.recv(5, decode=False)) == LET_IN


def test_a_client_of_message_pack_hears_nothing_else(venue: Served) -> None:
    headers = {"Content-Type": "application/msgpack"}
    with connect(venue.urls["data_stream_url"], additional_headers=headers) as socket:
        hello = socket.recv(5)
        socket.send([msgspec.msgpack.encode(AUTH)[:9], msgspec.msgpack.encode(AUTH)[9:]])
        answer = socket.recv(5)

    assert isinstance(hello, bytes)
    assert isinstance(answer, bytes)
    assert (msgspec.msgpack.decode(hello), msgspec.msgpack.decode(answer)) == (HELLO, LET_IN)


@pytest.mark.parametrize(
    ("name", "code"), [("data_stream_auth_error", 402), ("data_stream_auth_error", 406)]
)
def test_authentication_can_fail(venue: Served, name: str, code: int) -> None:
    """D02: the socket stays open, and the next try succeeds."""
    venue.fault(name, value=code)
    with joined(venue) as client:
        client.hear()
        assert client.say(AUTH)[0]["code"] == code
        assert client.say(AUTH) == LET_IN


def test_greeting_and_reply_can_be_missing(venue: Served) -> None:
    """D01."""
    venue.fault("data_stream_no_hello")
    venue.fault("data_stream_no_auth_reply")
    with joined(venue) as client:
        client.socket.send(json.dumps(AUTH))
        with pytest.raises(TimeoutError):
            client.hear(0.2)
        assert client.say(AUTH) == LET_IN


@pytest.mark.parametrize("code", [405, 409])
def test_a_subscription_can_fail(venue: Served, code: int) -> None:
    """D02."""
    venue.fault("data_stream_subscribe_error", value=code)
    with let_in(venue) as client:
        assert client.subscribe(trades=["SPY"])["code"] == code
        assert client.subscribe(trades=["SPY"])["trades"] == ["SPY"]


@pytest.mark.parametrize("name", ["data_stream_mute", "data_stream_error"])
def test_a_mute_stream_answers_pings_only(venue: Served, name: str) -> None:
    """D01, D03."""
    venue.fault(name)
    with let_in(venue) as client:
        client.subscribe(trades=["SPY"])
        venue.advance(15)
        if name == "data_stream_error":
            assert client.hear() == [{"T": "error", "code": 407, "msg": "slow client"}]
        venue.advance(60)
        with pytest.raises(TimeoutError):
            client.hear(0.2)
        assert client.socket.ping().wait(5)


@pytest.mark.parametrize(("asked", "code"), [(1000, 1000), (1001, 1001), (None, 1006)])
def test_connections_end(venue: Served, asked: int | None, code: int) -> None:
    """D01."""
    if asked is None:
        venue.fault("data_stream_abort")
    else:
        venue.fault("data_stream_close", value=asked)
    with let_in(venue) as client:
        client.subscribe(trades=["SPY"])
        venue.advance(15)
        with pytest.raises(ConnectionClosed) as ended:
            _drain(client)
    assert (ended.value.rcvd.code if ended.value.rcvd else 1006) == code


def _drain(client: Client) -> None:
    while True:
        client.hear()


def test_garbage_comes_before_data(venue: Served) -> None:
    """D04."""
    venue.fault("data_stream_garbage")
    with let_in(venue) as client:
        client.subscribe(trades=["SPY"])
        venue.advance(15)
        with pytest.raises(UnicodeDecodeError):
            json.loads(client.socket.recv(5))
        assert client.hear()[0]["T"] == "t"


def test_an_oversize_frame_ends_a_client(venue: Served) -> None:
    """D03."""
    venue.fault("data_stream_oversize")
    with let_in(venue) as client:
        client.subscribe(trades=["SPY"])
        venue.advance(15)
        with pytest.raises(ConnectionClosed, match="1009"):
            client.hear()


def test_slow_frames_come_late(venue: Served) -> None:
    """D03."""
    venue.fault("data_stream_slow", seconds=0.3)
    with let_in(venue) as client:
        client.subscribe(trades=["SPY"])
        venue.advance(15)
        with pytest.raises(TimeoutError):
            client.hear(0.1)
        assert client.hear()[0]["T"] == "t"


def test_a_source_has_no_faults_and_a_full_plan_unless_told() -> None:
    prices: Prices = daily_prices()
    source = Source(prices=prices, now=lambda: NOW)

    assert source.plan == Plan(recent=True, stream_symbols_max=None)
    assert source.faults.hit("data_missing") is None
