"""Trade updates: what is told arrives once, whatever the line does."""

import asyncio
import json
from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest

from alchemiser.domain.orders.messages import ExecType
from alchemiser.ports.errors import PortUnavailableError
from tests.unit.adapters.alpaca.streams.server import (
    AUTHORIZED,
    EXECUTIONS,
    LISTENING,
    UNAUTHORIZED,
    Bench,
    Script,
    Talk,
    event,
    fill,
    play,
    raw_server,
    serving,
    silence,
    take,
    telling,
    told,
    until,
)


def test_fills_are_told_in_the_brokers_words() -> None:
    """RS-06, OS-11: log in, listen, tell."""
    bench = Bench()

    async def scenario() -> None:
        async with serving(telling(event("new"), fill(1), fill(2, quantity=5, of=20))) as server:
            client = bench.client(server.url)
            reports = [await client.next() for _ in range(3)]
            await client.close()

        assert [one.exec_type for one in reports] == [ExecType.NEW, ExecType.TRADE, ExecType.TRADE]
        assert [str(one.cum_qty) for one in reports] == ["0", "1", "10"]
        login = {"action": "authenticate", "data": {"key_id": "KEY", "secret_key": "hush"}}
        listen = {"action": "listen", "data": {"streams": ["trade_updates"]}}
        assert server.heard == [login, listen]

    play(scenario)


@pytest.mark.parametrize(
    "encode",
    [
        json.dumps,
        lambda message: json.dumps(message).encode(),
        lambda message: b" \n" + json.dumps(message).encode(),
        msgspec.msgpack.encode,
        lambda message: json.dumps([message]),
    ],
    ids=["text", "binary JSON", "indented", "MessagePack", "a list"],
)
def test_every_encoding_is_understood(encode: Callable[[object], str | bytes]) -> None:
    """B17: paper sends JSON in binary messages, live in text; MessagePack is on offer."""
    bench = Bench()

    async def script(talk: Talk) -> None:
        talk.encode = encode
        await telling(fill(1))(talk)

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            await client.close()

    play(scenario)


def test_fragments_and_compression_change_nothing() -> None:
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.login()
        text = json.dumps(fill(1))
        await talk.socket.send([text[:10], text[10:200], text[200:]])
        await talk.say(fill(2))
        await talk.stay()

    async def scenario() -> None:
        for compression in ("deflate", None):
            async with serving(script, compression=compression) as server:
                client = bench.client(server.url)
                assert await take(client, 2) == EXECUTIONS[:2]
                await client.close()

    play(scenario)


def test_duplicates_are_told_once() -> None:
    """B01, on one connection and over two."""
    bench = Bench(rows=[told(fill(1)), told(fill(2))])

    async def scenario() -> None:
        async with serving(
            telling(fill(1), fill(1), event("new"), event("new"), stay=False),
            telling(fill(1), fill(2), fill(3)),
        ) as server:
            client = bench.client(server.url)
            assert sorted(await take(client, 4))[:3] == EXECUTIONS[:3]
            await silence(client)
            assert client.counts()["duplicates"] >= 3
            await client.close()

    play(scenario)


def test_disorder_is_passed_on() -> None:
    """B02, B15: a fill before its `new`, and fills back to front."""
    bench = Bench()

    async def scenario() -> None:
        async with serving(telling(fill(3), fill(1), event("new"), fill(2))) as server:
            client = bench.client(server.url)
            names = await take(client, 4)
            assert [names[0], names[1], names[3]] == [EXECUTIONS[i] for i in (2, 0, 1)]
            await client.close()

    play(scenario)


@pytest.mark.parametrize(
    "message",
    [
        {"stream": "trade_updates", "data": None},
        {"stream": "trade_updates", "data": [1]},
        event("unheard_of"),
        event("fill", order={"status": "unheard_of"}, execution_id="x", qty="1", price="1"),
        event("fill", execution_id="x", qty="1", price="1", order={"filled_qty": "0"}),
        event("fill", execution_id=None, qty="1", price="1", order={"filled_qty": "1"}),
        event("fill", execution_id="x", qty="NaN", price="1", order={"filled_qty": "1"}),
        event("fill", execution_id="x", qty="1e999", price="1", order={"filled_qty": "1e999"}),
        event("new", order={"side": "sideways"}),
        event("new", order=dict.fromkeys(("id", "client_order_id", "qty", "status"))),
        event("new", timestamp="yesterday"),
        None,
        7,
        [],
        "word",
        {"stream": ["trade_updates"]},
    ],
    ids=str,
)
def test_what_is_not_understood_is_passed_over_and_asked_for(message: object) -> None:
    """B11: the stream is dirty until the broker has been asked; the next message counts again."""
    bench = Bench(rows=[told(fill(1))])

    async def script(talk: Talk) -> None:
        await talk.login()
        await until(lambda: bench.asked >= 1)
        await asyncio.sleep(0.02)
        await talk.say(message, fill(2))
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            assert await take(client, 2) == EXECUTIONS[:2]
            if message not in ([], {"stream": ["trade_updates"]}):
                await until(lambda: bench.asked == 2)
            assert len(server.talks) == 1
            await client.close()

    play(scenario)


@pytest.mark.parametrize(
    "garbage",
    [b"\xc1", b"\xff\xfe", b"{", "{", "", b"", b"\x91" * 5000, "[" * 5000, b"\x81\x81\x01\x02\x03"],
    ids=lambda data: repr(data)[:12],
)
def test_garbage_is_counted_and_asked_after(garbage: str | bytes) -> None:
    """D04, B11."""
    bench = Bench(rows=[told(fill(1))])

    async def script(talk: Talk) -> None:
        await talk.login()
        await talk.socket.send(garbage)
        await talk.say(fill(2))
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            assert sorted(await take(client, 2)) == EXECUTIONS[:2]
            assert client.counts()["not_understood"] == 1
            assert len(server.talks) == 1
            await client.close()

    play(scenario)


def test_orders_of_others_are_passed_on_or_counted() -> None:
    """B13: the port tells of any order; what has no words here is no gap either."""
    bench = Bench()
    by_hand = event("new", order={"id": "hand", "client_order_id": "9d1f"})
    option = event("new", order={"client_order_id": "9d1f", "symbol": "AAPL240119C00100000"})
    amount = event("new", order={"client_order_id": "9d1f", "qty": None, "notional": "50"})

    async def scenario() -> None:
        async with serving(telling(by_hand, option, amount, fill(1))) as server:
            client = bench.client(server.url)
            assert await take(client, 2) == ["hand/new", EXECUTIONS[0]]
            assert client.counts()["foreign"] == 2
            await silence(client)
            assert bench.asked == 1
            await client.close()

    play(scenario)


def test_a_dropped_socket_is_connected_again_and_the_gap_is_filled() -> None:
    """RS-06, B04: with the patience of every day, within five seconds."""
    bench = Bench(chance=0.999)
    bench.settings = type(bench.settings)()

    async def drop(talk: Talk) -> None:
        await telling(fill(1), stay=False)(talk)
        bench.rows = [told(fill(1)), told(fill(2))]
        talk.cut()

    async def scenario() -> None:
        async with serving(drop, telling(fill(3))) as server:
            client = bench.client(server.url)
            assert sorted(await take(client, 3)) == EXECUTIONS[:3]
            assert server.at[1] - server.at[0] < 5
            await client.close()

    play(scenario)


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 4000, None])
def test_every_way_of_closing_is_followed_by_another_connection(code: int | None) -> None:
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.login()
        if code is None:
            talk.cut()
        else:
            await talk.socket.close(code)

    async def scenario() -> None:
        async with serving(script, script, telling(fill(1))) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            assert len(server.talks) == 3
            assert bench.asked >= 1
            await client.close()

    play(scenario)


def test_an_upgrade_that_is_never_answered_is_given_up() -> None:
    """Row 8 of the library's failures: in our time, not after 20 s."""
    bench = Bench().patient(open_seconds=0.2)

    async def scenario() -> None:
        async with raw_server(None) as (url, at):
            client = bench.client(url)
            await silence(client, 1.5)
            assert len(at) >= 3
            await client.close()

    play(scenario)


async def _no_answer(talk: Talk) -> None:
    await talk.hear()
    await talk.stay()


async def _no_listening(talk: Talk) -> None:
    await talk.hear()
    await talk.say(AUTHORIZED)
    await talk.stay()


async def _chatter(talk: Talk) -> None:
    await talk.hear()
    while True:
        await talk.say({"stream": "weather", "data": {}})
        await asyncio.sleep(0.05)


async def _other_streams(talk: Talk) -> None:
    await talk.hear()
    await talk.say(AUTHORIZED)
    await talk.hear()
    await talk.say({"stream": "listening", "data": {"streams": []}})
    await talk.stay()


async def _error(talk: Talk) -> None:
    await talk.hear()
    await talk.say({"action": "error", "data": {"error_message": "internal server error"}})


async def _garbage(talk: Talk) -> None:
    await talk.hear()
    await talk.socket.send(b"\xc1")
    await talk.stay()


@pytest.mark.parametrize(
    "script", [_no_answer, _no_listening, _chatter, _other_streams, _error, _garbage]
)
def test_every_step_of_the_handshake_has_an_end(script: Script) -> None:
    """Row 7: upgraded, ponging, and never an answer; chatter does not count as one."""
    bench = Bench().patient(step_seconds=0.2)

    async def scenario() -> None:
        async with serving(script, telling(fill(1))) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            assert len(server.talks) >= 2
            await server.until(lambda: server.open_now <= 1)
            await client.close()

    play(scenario)


def test_events_that_come_during_the_handshake_are_told() -> None:
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.hear()
        await talk.say(AUTHORIZED)
        await talk.hear()
        await talk.say(fill(1), LISTENING)
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            await client.close()

    play(scenario)


async def _refusing(talk: Talk) -> None:
    await talk.hear()
    await talk.say(UNAUTHORIZED)
    await talk.stay()


def test_a_refused_key_is_read_anew_and_ends_the_stream_after_three() -> None:
    """B10, E03: no loop; the engine is told by the port's error and goes on by asking."""
    bench = Bench()

    async def scenario() -> None:
        async with serving(_refusing) as server:
            client = bench.client(server.url)
            for _ in range(2):
                with pytest.raises(PortUnavailableError, match="refuses our key"):
                    await client.next()
            await asyncio.sleep(0.3)
            assert len(server.talks) == 3
            assert bench.refreshed == [False, True, True]
            await client.close()

    play(scenario)


def test_two_refusals_are_forgiven() -> None:
    bench = Bench()

    async def scenario() -> None:
        again = telling(fill(1), stay=False)
        async with serving(
            _refusing, _refusing, again, _refusing, _refusing, telling(fill(2))
        ) as server:
            client = bench.client(server.url)
            assert await take(client, 2) == EXECUTIONS[:2]
            await client.close()

    play(scenario)


@pytest.mark.parametrize(("code", "tries"), [(401, 3), (402, 3), (405, 1), (409, 1), ("409", 1)])
def test_what_cannot_be_had_is_not_asked_for_again(code: object, tries: int) -> None:
    """D02, B10."""
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.hear()
        await talk.say([{"T": "error", "code": code, "msg": "no"}])
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            with pytest.raises(PortUnavailableError, match="has ended: the stream refuses"):
                await client.next()
            assert len(server.talks) == tries
            await client.close()

    play(scenario)


@pytest.mark.parametrize("code", [400, 404, 407, 500, 999, None, [1], {"a": 1}])
def test_other_errors_are_followed_by_another_connection(code: object) -> None:
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.login()
        await talk.say({"T": "error", "code": code, "msg": {"slow": "client"}})
        await talk.stay()

    async def scenario() -> None:
        async with serving(script, telling(fill(1))) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            await client.close()

    play(scenario)


@pytest.mark.parametrize(
    ("status", "tries"), [("401 Unauthorized", 3), ("403 Forbidden", 3), ("500 Oops", None)]
)
def test_refused_upgrades_are_sorted_by_their_status(status: str, tries: int | None) -> None:
    bench = Bench()
    answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()

    async def scenario() -> None:
        async with raw_server(answer) as (url, at):
            client = bench.client(url)
            if tries is None:
                await silence(client, 0.6)
                assert len(at) > 5
                assert any("down after 5 failures" in text for text in bench.said)
            else:
                with pytest.raises(PortUnavailableError, match="refuses our key"):
                    await client.next()
                assert len(at) == tries
            await client.close()

    play(scenario)


@pytest.mark.parametrize("by_status", [True, False])
def test_a_taken_slot_is_waited_for_and_told_once(by_status: bool) -> None:
    """B09: 406 and HTTP 429 wait for reaping; the engine goes on by asking."""
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.hear()
        await talk.say({"T": "error", "code": 406, "msg": "connection limit exceeded"})
        await talk.stay()

    async def scenario() -> None:
        answer = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
        if by_status:
            async with raw_server(answer) as (url, at):
                client = bench.client(url)
                await silence(client, 0.3)
                await until(lambda: len(at) >= 3, 8)
                assert all(late - early >= 0.19 for early, late in pairwise(at))
                await client.close()
        else:
            async with serving(script, script, telling(fill(1))) as server:
                client = bench.client(server.url)
                assert await take(client, 1) == EXECUTIONS[:1]
                assert server.at[2] - server.at[0] >= 0.4
                assert client.counts()["limits"] == 2
                await client.close()
                assert bench.said[-1].endswith("is back.")
        assert sum("another program" in text for text in bench.said) == 1

    play(scenario)


def test_a_redirection_is_not_followed_with_the_key() -> None:
    """E06: the key is for one address."""
    bench = Bench()

    async def scenario() -> None:
        async with serving(telling(fill(1))) as other:
            answer = f"HTTP/1.1 302 Found\r\nLocation: {other.url}\r\n\r\n".encode()
            async with raw_server(answer) as (url, at):
                client = bench.client(url)
                await silence(client, 0.3)
                assert len(at) > 1
                assert other.talks == []
                await client.close()

    play(scenario)


@pytest.mark.parametrize("url", ["http://127.0.0.1/stream", "nonsense", "ws://", ""])
def test_what_is_no_address_is_tried_once(url: str) -> None:
    bench = Bench()

    async def scenario() -> None:
        client = bench.client(url)
        with pytest.raises(PortUnavailableError, match="is no address of a stream"):
            await client.next()
        assert client.counts()["tries"] == 1
        await client.close()

    play(scenario)


def test_questions_that_fail_are_asked_again() -> None:
    """B04: the gap stays a gap until it is filled."""
    away = PortUnavailableError("the broker cannot be asked.")
    bench = Bench(rows=[told(fill(1))], failures=[away] * 6)

    async def scenario() -> None:
        async with serving(telling()) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            assert bench.asked == 7
            assert len(server.talks) == 1
            assert any("cannot be asked for" in text for text in bench.said)
            await client.close()

    play(scenario)


def test_tls_that_is_never_answered_is_given_up() -> None:
    """The opening has one end for all of its parts, and can be given up within it."""
    bench = Bench().patient(open_seconds=0.2)

    async def scenario() -> None:
        async with raw_server(None) as (url, at):
            client = bench.client(url.replace("ws://", "wss://"))
            await silence(client, 1.0)
            assert len(at) >= 2
            async with asyncio.timeout(0.3):
                await client.close()

    play(scenario)
