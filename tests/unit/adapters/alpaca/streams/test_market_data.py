"""Market data: the newest of each symbol, complete subscriptions, and halts."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from alchemiser.adapters.alpaca.streams.market_data import MarketDataStream
from alchemiser.adapters.alpaca.streams.subscriber import CHANNELS
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import AuthenticationError, PortRejectedError
from tests.unit.adapters.alpaca.streams.server import (
    Bench,
    Script,
    Server,
    Talk,
    play,
    serving,
    until,
)

SPY, QQQ = Symbol("SPY"), Symbol("QQQ")
AT = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)
CONNECTED = [{"T": "success", "msg": "connected"}]
AUTHENTICATED = [{"T": "success", "msg": "authenticated"}]
Message = dict[str, Any]


def at(seconds: float) -> str:
    return (AT + timedelta(seconds=seconds)).isoformat()


def quote(bid: float, seconds: float = 0, name: str = "SPY") -> Message:
    """Return the message of a quote a cent wide."""
    return {"T": "q", "S": name, "bp": bid, "ap": round(bid + 0.01, 2), "t": at(seconds)}


def trade(price: float, seconds: float = 0, number: int = 1, name: str = "SPY") -> Message:
    return {"T": "t", "S": name, "i": number, "p": price, "s": 100, "t": at(seconds)}


def status(code: str, reason: str = "", seconds: float = 0, name: str = "SPY") -> Message:
    return {"T": "s", "S": name, "sc": code, "rc": reason, "t": at(seconds)}


def bar(close: float, seconds: float = 0, kind: str = "b") -> Message:
    return {"T": kind, "S": "SPY", "o": 1, "h": 9, "l": 1, "c": close, "v": 7, "t": at(seconds)}


def acknowledged(names: Collection[str], **other: object) -> list[Message]:
    return [{"T": "subscription", **dict.fromkeys(CHANNELS, sorted(names)), **other}]


async def login(talk: Talk) -> set[str]:
    """Shake hands and acknowledge the first subscription; return its symbols."""
    await talk.say(CONNECTED)
    await talk.hear()
    await talk.say(AUTHENTICATED)
    names = set((await talk.hear())["quotes"])
    await talk.say(acknowledged(names))
    return names


def showing(*messages: object) -> Script:
    async def script(talk: Talk) -> None:
        await login(talk)
        for message in messages:
            await talk.say([message])
        await talk.stay()

    return script


def stream(bench: Bench, url: str, *, packed: bool = False) -> MarketDataStream:
    client = MarketDataStream(
        url,
        keys=bench.keys,
        expected=lambda: bench.expects,
        world=bench.world(),
        settings=bench.settings,
        packed=packed,
    )
    client.subscribe({SPY})
    return client


@asynccontextmanager
async def running(bench: Bench, *scripts: Script) -> AsyncIterator[tuple[MarketDataStream, Server]]:
    """Hold a stream running against a server that plays `scripts`."""
    async with serving(*scripts) as server:
        client = stream(bench, server.url)
        task = asyncio.create_task(client.run())
        try:
            yield client, server
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await server.until(lambda: server.open_now == 0, 1.0)


def bid(client: MarketDataStream) -> str:
    found = client.quote(SPY)
    return "" if found is None else str(found.bid)


def test_sm01_quotes_are_shown_with_the_last_trade() -> None:
    async def scenario() -> None:
        async with running(Bench(), showing(quote(500.1), trade(500.11))) as (client, server):
            await until(lambda: bid(client) == "500.1")
            found = client.quote(SPY)
            assert found is not None
            assert [str(found.ask), str(found.last), found.at] == ["500.11", "500.11", AT]
            assert client.quote(QQQ) is None
            assert server.heard[0] == {"action": "auth", "key": "KEY", "secret": "hush"}
            listed = {channel: ["SPY"] for channel in CHANNELS}
            assert server.heard[1] == {"action": "subscribe"} | listed

    play(scenario)


def test_sm02_messagepack_is_spoken_when_asked_for() -> None:
    """`t` comes as a timestamp of MessagePack."""

    async def script(talk: Talk) -> None:
        assert talk.socket.request is not None
        assert talk.socket.request.headers["Content-Type"] == "application/msgpack"
        talk.encode = msgspec.msgpack.encode
        await talk.say(CONNECTED)
        await talk.socket.recv()
        await talk.say(AUTHENTICATED)
        asked = msgspec.msgpack.decode(await talk.socket.recv(decode=False))
        await talk.say(acknowledged(asked["quotes"]))
        await talk.say([quote(500.1) | {"t": AT}, trade(500.11) | {"t": AT}])
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = stream(Bench(), server.url, packed=True)
            task = asyncio.create_task(client.run())
            await until(lambda: bid(client) == "500.1")
            task.cancel()
            await asyncio.wait({task})

    play(scenario)


def test_sm03_the_newest_quote_wins_whatever_the_order() -> None:
    """D03: one a symbol is kept, so that nothing grows."""
    messages = [quote(500 + n / 100, n) for n in (3, 9, 1, 5)]

    async def scenario() -> None:
        async with running(Bench(), showing(trade(500), *messages, bar(7))) as (client, _):
            await until(lambda: client.bar(SPY) is not None)
            assert bid(client) == "500.09"

    play(scenario)


def test_sm04_a_side_without_a_price_is_no_quote() -> None:
    """C14."""

    async def scenario() -> None:
        script = showing(trade(500), quote(500), quote(0, 1), bar(7))
        async with running(Bench(), script) as (client, _):
            await until(lambda: client.bar(SPY) is not None)
            assert client.quote(SPY) is None

    play(scenario)


def test_sm05_trades_are_taken_back_and_corrected() -> None:
    fixed = {"T": "c", "S": "SPY", "oi": 1, "op": 1, "ci": 2, "cp": 400, "t": at(0)}
    gone = {"T": "x", "S": "SPY", "i": 2, "p": 400, "t": at(0)}

    async def script(talk: Talk) -> None:
        await login(talk)
        await talk.say([trade(500), quote(500), fixed])
        await until(lambda: len(steps) == 1)
        await talk.say([gone, bar(7)])
        await talk.stay()

    steps: list[str] = []

    async def scenario() -> None:
        async with running(Bench(), script) as (client, _):
            await until(lambda: bid(client) != "")
            found = client.quote(SPY)
            assert found is not None
            assert found.last == 400
            steps.append("corrected")
            await until(lambda: client.bar(SPY) is not None)
            assert client.quote(SPY) is None

    play(scenario)


def test_sm06_bars_are_corrected_by_later_ones() -> None:
    async def scenario() -> None:
        script = showing(bar(5, 60), bar(4, 0), bar(6, 60, "u"), quote(500), trade(500))
        async with running(Bench(), script) as (client, _):
            await until(lambda: bid(client) != "")
            found = client.bar(SPY)
            assert found is not None
            assert [found.close, found.volume] == [6, 7]

    play(scenario)


def test_sm07_garbage_costs_no_more_than_itself() -> None:
    """D04: the rest of a message is read."""
    odd: list[object] = [None, 7, {"T": "q"}, {"T": "q", "S": 7}, {"T": []}, {"T": "q", "S": "spy"}]
    odd += [quote(500) | {"bp": "NaN"}, {"T": "l", "S": "SPY"}, {"T": "t", "S": "SPY", "p": -1}]

    async def script(talk: Talk) -> None:
        await login(talk)
        await talk.socket.send(b"\xc1")
        await talk.socket.send("{")
        await talk.say([*odd, quote(500.1), trade(500)])
        await talk.stay()

    async def scenario() -> None:
        async with running(Bench(), script) as (client, server):
            await until(lambda: bid(client) == "500.1")
            assert client.counts()["not_understood"] == 9
            assert client.counts()["unknown"] == 2
            assert len(server.talks) == 1

    play(scenario)


def test_sm08_prices_are_forgotten_and_asked_for_anew_after_a_gap() -> None:
    async def first(talk: Talk) -> None:
        await showing_once(talk)
        await until(lambda: len(seen) == 1)
        talk.cut()

    async def showing_once(talk: Talk) -> None:
        await login(talk)
        await talk.say([quote(500.1), trade(500)])

    async def second(talk: Talk) -> None:
        assert await login(talk) == {"SPY"}
        await until(lambda: len(seen) == 2)
        await talk.say([quote(501.5, 9), trade(500, 9)])
        await talk.stay()

    seen: list[str] = []

    async def scenario() -> None:
        async with running(Bench(), first, second) as (client, server):
            await until(lambda: bid(client) == "500.1")
            seen.append("first")
            await until(lambda: len(server.talks) == 2)
            assert client.quote(SPY) is None
            seen.append("gap")
            await until(lambda: bid(client) == "501.5")

    play(scenario)


def test_sm09_halts_are_known_from_statuses() -> None:
    """D05: set and cleared, held over a gap, and unknown where nobody has said."""

    async def first(talk: Talk) -> None:
        await login(talk)
        await talk.say([status("H", "T1"), status("2", name="QQQ")])
        await until(lambda: len(seen) == 1)
        talk.cut()

    async def second(talk: Talk) -> None:
        await login(talk)
        await until(lambda: len(seen) == 2)
        await talk.say([status("T", seconds=9)])
        await talk.stay()

    seen: list[str] = []

    async def scenario() -> None:
        async with running(Bench(), first, second) as (client, server):
            await until(lambda: client.halts() == {SPY})
            assert client.unknown_halts() == set()
            seen.append("halted")
            await until(lambda: len(server.talks) == 2)
            assert client.halts() == {SPY}
            assert client.unknown_halts() == {SPY}
            assert client.trading((SPY,)) == set()
            seen.append("gap")
            await until(lambda: client.halts() == set())
            assert client.unknown_halts() == set()
            assert client.trading((SPY,)) == {SPY}
            assert client.trading(()) == set()

    play(scenario)


def test_sm10_a_subscription_that_is_not_confirmed_whole_is_made_again() -> None:
    async def partly(talk: Talk) -> None:
        await talk.say(CONNECTED)
        await talk.hear()
        await talk.say(AUTHENTICATED)
        await talk.hear()
        await talk.say(acknowledged(["SPY"], statuses=[]), [{"T": "subscription"}])
        await talk.stay()

    async def scenario() -> None:
        async with running(
            Bench().patient(step_seconds=0.2), partly, showing(quote(500.1), trade(500))
        ) as (client, server):
            await until(lambda: bid(client) == "500.1")
            assert len(server.talks) >= 2

    play(scenario)


def test_sm11_what_is_wanted_may_change_at_any_time() -> None:
    async def script(talk: Talk) -> None:
        await login(talk)
        await talk.say([quote(500.1), trade(500)])
        for _ in range(2):
            await talk.hear()
        await talk.say(acknowledged(["QQQ"]))
        await talk.say([quote(400.1, name="QQQ"), trade(400, name="QQQ"), quote(1), trade(1)])
        await talk.stay()

    async def scenario() -> None:
        async with running(Bench(), script) as (client, server):
            await until(lambda: bid(client) == "500.1")
            await asyncio.to_thread(client.subscribe, [QQQ])
            await until(lambda: client.quote(QQQ) is not None)
            assert client.quote(SPY) is None
            assert [one["action"] for one in server.heard[2:]] == ["unsubscribe", "subscribe"]
            assert len(server.talks) == 1

    play(scenario)


def test_sm12_a_change_that_is_not_confirmed_costs_the_connection() -> None:
    async def deaf(talk: Talk) -> None:
        await login(talk)
        await talk.say([quote(500.1), trade(500)])
        await talk.stay()

    async def scenario() -> None:
        async with running(Bench().patient(step_seconds=0.2), deaf, deaf) as (client, server):
            await until(lambda: bid(client) == "500.1")
            client.subscribe([SPY, QQQ])
            await until(lambda: len(server.talks) >= 2)
            await until(lambda: server.heard[-1].get("quotes") == ["QQQ", "SPY"])

    play(scenario)


async def _no_hello(talk: Talk) -> None:
    await talk.stay()


async def _no_authentication(talk: Talk) -> None:
    await talk.say(CONNECTED)
    await talk.stay()


async def _no_confirmation(talk: Talk) -> None:
    await talk.say(CONNECTED)
    await talk.hear()
    await talk.say(AUTHENTICATED)
    await talk.stay()


async def _slow_client(talk: Talk) -> None:
    await login(talk)
    await talk.say([{"T": "error", "code": 407, "msg": "slow client"}])
    await talk.stay()


@pytest.mark.parametrize("script", [_no_hello, _no_authentication, _no_confirmation, _slow_client])
def test_sm13_stalls_and_errors_are_followed_by_another_connection(script: Script) -> None:
    """Rows 3 and 7 of the library's failures."""

    async def scenario() -> None:
        async with running(
            Bench().patient(step_seconds=0.2), script, showing(quote(500.1), trade(500))
        ) as (client, _):
            await until(lambda: bid(client) == "500.1")

    play(scenario)


@pytest.mark.parametrize(("code", "tries"), [(402, 3), (405, 1), (409, 1), (410, 1), (411, 1)])
def test_sm14_what_cannot_be_had_ends_the_stream(code: int, tries: int) -> None:
    """D02: typed, and no hot loop; 405 and 409 come after the subscription."""

    async def script(talk: Talk) -> None:
        await talk.say(CONNECTED)
        await talk.hear()
        if code != 402:
            await talk.say(AUTHENTICATED)
            await talk.hear()
        await talk.say([{"T": "error", "code": code, "msg": "no"}])
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            error = AuthenticationError if code == 402 else PortRejectedError
            with pytest.raises(error, match=str(code)):
                await stream(Bench(), server.url).run()
            assert len(server.talks) == tries

    play(scenario)


def test_sm15_silence_in_trading_hours_costs_the_connection_and_less_and_less_often() -> None:
    """D01; row 10: quiet symbols are given twice the time after each vain try."""
    bench = Bench(expects=True).patient(stale_seconds=0.05)

    async def scenario() -> None:
        async with running(bench, showing()) as (client, server):
            await until(lambda: len(server.talks) == 4)
            gaps = [late - early for early, late in pairwise(server.at)]
            assert gaps[0] < gaps[1] < gaps[2]
            assert client.counts()["mute"] == 3

    play(scenario)


def test_sm16_silence_is_expected_when_nothing_trades_or_nothing_is_wanted() -> None:
    bench = Bench().patient(stale_seconds=0.05)

    async def scenario() -> None:
        async with running(bench, showing()) as (_, server):
            await asyncio.sleep(0.3)
            assert len(server.talks) == 1

    play(scenario)


def test_sm17_a_stream_runs_again_in_another_loop() -> None:
    async def scenario() -> None:
        async with serving(showing(quote(500.1), trade(500))) as server:
            client = stream(Bench(), server.url)

            async def look() -> None:
                task = asyncio.create_task(client.run())
                await until(lambda: bid(client) == "500.1")
                task.cancel()
                await asyncio.wait({task})

            for _ in range(2):
                await asyncio.to_thread(lambda: asyncio.run(look()))
                client.subscribe([SPY])
                assert client.quote(SPY) is None
            assert len(server.talks) == 2

    play(scenario)


def test_sm20_halts_are_watched_of_more_than_prices_are_followed_of() -> None:
    """D05: what is asked about is watched from then on, and a plan's prices are not used up."""

    async def script(talk: Talk) -> None:
        names = await login(talk)
        told = await talk.hear()
        lists = dict.fromkeys(CHANNELS, sorted(names)) | {"statuses": ["QQQ", "SPY"]}
        await talk.say([{"T": "subscription", **lists}])
        await talk.say([status("H", "T1", name="QQQ")])
        assert told == {"action": "subscribe", "statuses": ["QQQ"]}
        await talk.stay()

    async def scenario() -> None:
        async with running(Bench(), script) as (client, server):
            await until(lambda: len(server.heard) == 2)
            assert client.halted([QQQ, SPY]) == set()
            await until(lambda: client.halted([QQQ, SPY]) == {QQQ})
            assert client.halted([SPY]) == set()
            assert client.unknown_halts() == {SPY}
            assert (len(server.talks), len(server.heard)) == (1, 3)

    play(scenario)


def test_sm18_five_thousand_quotes_are_one() -> None:
    """D03: newest wins; nothing queues up."""
    frames = [[quote(100 + n / 100, n) for n in range(k, k + 500)] for k in range(0, 5000, 500)]

    async def script(talk: Talk) -> None:
        await login(talk)
        await talk.say([trade(500)], *frames)
        await talk.stay()

    async def scenario() -> None:
        async with running(Bench(), script) as (client, _):
            await until(lambda: bid(client) == "149.99")

    play(scenario)
    assert len(json.dumps(frames)) > 100_000
