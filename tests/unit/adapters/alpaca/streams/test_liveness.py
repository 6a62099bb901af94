"""A stream that is silent, slow, cut off or given up: nothing hangs, leaks or is forgotten."""

import asyncio
import logging

import pytest

from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.order_updates import OrderUpdatesPort
from tests.unit.adapters.alpaca.streams.server import (
    EXECUTIONS,
    Bench,
    Talk,
    event,
    fill,
    play,
    serving,
    silence,
    take,
    telling,
    told,
    until,
)


def test_a_mute_stream_is_found_by_what_the_broker_knows() -> None:
    """B05, B06: it answers pings, and tells nothing of a fill that a question shows."""
    bench = Bench(expects=True)

    async def mute(talk: Talk) -> None:
        await telling(fill(1), stay=False)(talk)
        await until(lambda: bench.asked == 1)
        bench.rows = [told(fill(1)), told(fill(2))]
        await talk.stay()

    async def scenario() -> None:
        async with serving(mute, telling(fill(3))) as server:
            client = bench.client(server.url)
            assert await take(client, 3) == EXECUTIONS[:3]
            assert client.counts()["mute"] == 1
            await client.close()

    play(scenario)


def test_a_quiet_stream_is_left_alone() -> None:
    """B06: pings are no proof of life, silence is none of death: nothing has happened."""
    bench = Bench(expects=True, rows=[told(fill(1))])

    async def scenario() -> None:
        async with serving(telling(fill(1))) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            await silence(client, 1.0)
            assert len(server.talks) == 1
            assert bench.asked >= 3
            await client.close()

    play(scenario)


def test_nothing_is_asked_in_a_silence_in_which_nothing_is_expected() -> None:
    bench = Bench()

    async def scenario() -> None:
        async with serving(telling()) as server:
            client = bench.client(server.url)
            await silence(client, 0.8)
            assert (bench.asked, len(server.talks)) == (1, 1)
            await client.close()

    play(scenario)


def test_news_that_the_stream_tells_a_moment_later_is_no_muteness() -> None:
    bench = Bench(expects=True).patient(grace_seconds=0.5)

    async def slow(talk: Talk) -> None:
        await talk.login()
        await until(lambda: bench.asked == 1)
        bench.rows = [told(fill(1))]
        await until(lambda: bench.asked == 2)
        await talk.say(fill(1))
        await talk.stay()

    async def scenario() -> None:
        async with serving(slow) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            await silence(client, 0.6)
            assert len(server.talks) == 1
            await client.close()

    play(scenario)


def test_the_same_state_under_another_name_is_no_news() -> None:
    """An end that a question names otherwise than the stream does not make the stream mute."""
    bench = Bench(expects=True)
    ended = event("canceled", order={"status": "canceled"})
    otherwise = event("expired", order={"status": "canceled"})

    async def scenario() -> None:
        async def script(talk: Talk) -> None:
            await telling(ended, stay=False)(talk)
            await until(lambda: bench.asked == 1)
            bench.rows = [told(otherwise)]
            await talk.stay()

        async with serving(script) as server:
            client = bench.client(server.url)
            await take(client, 2)
            await silence(client, 0.6)
            assert len(server.talks) == 1
            await client.close()

    play(scenario)


def test_a_line_without_pongs_is_given_up() -> None:
    """B07: half-open; found by our own heartbeat."""
    bench = Bench().patient(ping_seconds=0.1, pong_seconds=0.2)

    async def deaf(talk: Talk) -> None:
        await talk.login()
        talk.socket.transport.pause_reading()
        await until(lambda: client_is_back)
        talk.cut()

    client_is_back = False

    async def back(talk: Talk) -> None:
        nonlocal client_is_back
        client_is_back = True
        await telling(fill(1))(talk)

    async def scenario() -> None:
        async with serving(deaf, back) as server:
            client = bench.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            await client.close()

    play(scenario)


@pytest.mark.parametrize("compression", ["deflate", None])
def test_a_message_beyond_the_bound_costs_the_connection_only(compression: str | None) -> None:
    """The bound is on what is unpacked: a bomb is cut off as early as a long message."""
    bench = Bench(rows=[told(fill(1))]).patient(frame_bytes_max=20_000)

    async def script(talk: Talk) -> None:
        await talk.login()
        await talk.socket.send(" " * 1_000_000)
        await talk.stay()

    async def scenario() -> None:
        async with serving(script, telling(fill(2)), compression=compression) as server:
            client = bench.client(server.url)
            assert sorted(await take(client, 2)) == EXECUTIONS[:2]
            assert len(server.talks) == 2
            await client.close()

    play(scenario)


def test_a_slow_engine_loses_nothing() -> None:
    """D03: what does not fit is left out, and asked for when there is room."""
    bench = Bench(rows=[told(fill(number, of=50)) for number in range(1, 51)])
    bench.patient(reports_max=5)
    fills = [fill(number, of=50) for number in range(1, 51)]

    async def scenario() -> None:
        async with serving(telling(*fills)) as server:
            client = bench.client(server.url)
            names = await take(client, 1)
            await asyncio.sleep(0.2)
            names += await take(client, 49)
            assert len(set(names)) == 50
            assert client.counts()["overflows"] > 0
            await silence(client)
            await client.close()

    play(scenario)


def test_a_hundred_garbage_messages_are_one_question() -> None:
    bench = Bench().patient(resync_gap_seconds=0.2)

    async def script(talk: Talk) -> None:
        await talk.login()
        for _ in range(100):
            await talk.socket.send("{")
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            await silence(client, 0.5)
            assert client.counts()["not_understood"] == 100
            assert bench.asked <= 3
            await client.close()

    play(scenario)


def test_waiting_can_be_given_up_and_taken_up_again() -> None:
    """The shell cancels its waiting at the end of its work: nothing told meanwhile is lost."""
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.login()
        for number in range(1, 11):
            await talk.say(fill(number))
            await asyncio.sleep(0.01)
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client, names = bench.client(server.url), list[str]()
            while len(names) < 10:
                waiting = asyncio.create_task(client.next())
                await asyncio.sleep(0.003)
                waiting.cancel()
                (one,) = await asyncio.gather(waiting, return_exceptions=True)
                if not isinstance(one, BaseException):
                    names.append(one.exec_id)
            assert names == EXECUTIONS
            assert len(server.talks) == 1
            await client.close()

    play(scenario)


def test_closing_at_any_moment_leaves_no_socket_behind() -> None:
    """Row 17: handshake, greeting, listening, asking."""
    bench = Bench(expects=True)

    async def scenario() -> None:
        async with serving(telling(fill(1))) as server:
            for turns in range(60):
                client = bench.client(server.url)
                waiting = asyncio.create_task(client.next())
                await asyncio.sleep(0)
                for _ in range(turns):
                    await asyncio.sleep(0.0005)
                await client.close()
                (ended,) = await asyncio.gather(waiting, return_exceptions=True)
                assert not isinstance(ended, PortUnavailableError) or "closed" in str(ended)
            await server.until(lambda: server.open_now == 0, 1.0)

    play(scenario)


def test_a_stalled_handshake_is_given_up_at_once() -> None:
    """Row 7: `stop()` has an effect."""
    bench = Bench().patient(step_seconds=30.0, open_seconds=30.0)

    async def stall(talk: Talk) -> None:
        await talk.stay()

    async def scenario() -> None:
        async with serving(stall) as server:
            client = bench.client(server.url)
            waiting = asyncio.create_task(client.next())
            await server.until(lambda: server.open_now == 1)
            async with asyncio.timeout(0.5):
                await client.close()
                with pytest.raises(PortUnavailableError, match="closed"):
                    await waiting
            await server.until(lambda: server.open_now == 0, 0.5)

    play(scenario)


def test_the_end_of_a_loop_ends_the_connection_and_the_next_loop_opens_another() -> None:
    """Row 16: each cycle may have a loop of its own."""
    bench = Bench()

    async def scenario() -> None:
        async with serving(telling(fill(1)), telling(fill(2))) as server:
            client = bench.client(server.url)
            for number in (1, 2):
                report = await asyncio.to_thread(lambda: asyncio.run(client.next()))
                assert report.exec_id == EXECUTIONS[number - 1]
                await server.until(lambda: server.open_now == 0, 1.0)
            await client.close()

    play(scenario)


def test_a_second_client_waits_for_its_turn() -> None:
    """B09: one connection an account."""
    first, second, present = Bench(), Bench(), list[Talk]()

    async def one_at_a_time(talk: Talk) -> None:
        if present:
            await talk.hear()
            await talk.say({"T": "error", "code": 406, "msg": "connection limit exceeded"})
            return
        present.append(talk)
        await telling(fill(1))(talk)
        present.remove(talk)

    async def scenario() -> None:
        async with serving(one_at_a_time) as server:
            client, other = first.client(server.url), second.client(server.url)
            assert await take(client, 1) == EXECUTIONS[:1]
            await silence(other, 0.3)
            await client.close()
            assert await take(other, 1) == EXECUTIONS[:1]
            assert (len(first.said), len(second.said)) == (0, 2)
            await other.close()

    play(scenario)


def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """E06: not at the finest level either."""
    caplog.set_level(logging.DEBUG)
    bench = Bench()

    async def scenario() -> None:
        async with serving(telling(fill(1)), logger=logging.getLogger("the server")) as server:
            client = bench.client(server.url)
            await take(client, 1)
            await client.close()

    play(scenario)

    ours = [row.getMessage() for row in caplog.records if row.name != "the server"]
    assert [text for text in ours if "hush" in text] == []


def test_a_connection_that_has_stood_begins_the_count_of_failures_anew() -> None:
    """RS-06: a drop a day is no escalation; drops one after another are."""
    flapping, steady = Bench().patient(backoff_min=0.001), Bench().patient(settled_seconds=0.01)

    async def drop(talk: Talk) -> None:
        await talk.login()
        await asyncio.sleep(0.02)
        talk.cut()

    async def scenario() -> None:
        for bench in (flapping, steady):
            async with serving(drop) as server:
                client = bench.client(server.url)
                waiting = asyncio.create_task(client.next())
                await server.until(lambda: len(server.talks) > 7)
                await client.close()
                await asyncio.gather(waiting, return_exceptions=True)

    play(scenario)

    assert [len(bench.said) for bench in (flapping, steady)] == [2, 0]


def test_questions_that_fail_in_a_silence_prove_nothing() -> None:
    """B06: a broker that cannot be asked does not make its stream mute."""
    away = PortUnavailableError("the broker cannot be asked.")
    bench = Bench(expects=True, failures=[away] * 10_000)

    async def scenario() -> None:
        async with serving(telling(fill(1))) as server:
            client: OrderUpdatesPort = (closing := bench.client(server.url))
            assert (await client.next()).exec_id == EXECUTIONS[0]
            await silence(closing, 0.6)
            assert len(server.talks) == 1
            await closing.close()

    play(scenario)
