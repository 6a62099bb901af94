"""A fill is counted once, whatever it is called and whatever the stream says of its quantity."""

import asyncio
from dataclasses import replace

from alchemiser.adapters.alpaca.streams.scrutiny import Scrutiny
from alchemiser.domain.values.identifiers import ExecId
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


def test_the_first_fill_proves_that_names_agree() -> None:
    """OS-11: fills are told by answers until stream and answers have named one alike."""
    bench = Bench(proven=False)

    async def script(talk: Talk) -> None:
        await talk.login()
        await until(lambda: bench.asked == 1)
        bench.rows = [told(fill(1))]
        await talk.say(fill(1))
        await until(lambda: bench.asked == 2)
        await talk.say(fill(2), fill(3))
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            assert await take(client, 3) == EXECUTIONS[:3]
            assert (bench.asked, client.counts()["withheld"]) == (2, 1)
            await client.close()

    play(scenario)


def test_fills_that_answers_name_otherwise_are_told_by_answers_alone() -> None:
    """A fill under two names would be booked twice."""
    bench = Bench(proven=False)
    known = [replace(told(fill(n)), exec_id=ExecId(f"answer-{n}")) for n in range(1, 11)]

    async def script(talk: Talk) -> None:
        await talk.login()
        for number in range(1, 11):
            bench.rows = known[:number]
            await talk.say(fill(number))
            await asyncio.sleep(0.01)
        await talk.say(event("trade_bust", execution_id=EXECUTIONS[0]))
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            assert await take(client, 10) == [f"answer-{n}" for n in range(1, 11)]
            await silence(client)
            assert client.counts()["withheld"] == 11
            assert sum("asked for, and not taken" in text for text in bench.said) == 1
            await client.close()

    play(scenario)


def test_a_cumulative_quantity_is_not_taken_for_a_fill() -> None:
    """B03: what it covers is filled already, in part."""
    bench = Bench()
    wrong = fill(2)
    wrong["data"]["qty"] = "2"

    async def script(talk: Talk) -> None:
        await talk.login()
        await until(lambda: bench.asked == 1)
        bench.rows = [told(fill(1)), told(fill(2))]
        await talk.say(fill(1), wrong)
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            reports = [await client.next(), await client.next()]
            assert [one.last_qty for one in reports] == [1, 1]
            await silence(client)
            await client.close()

    play(scenario)


def test_a_lost_fill_is_asked_for_when_the_next_one_is_told() -> None:
    """B05: long before the silence would be noticed."""
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.login()
        await until(lambda: bench.asked == 1)
        bench.rows = [told(fill(number)) for number in (1, 2, 3)]
        await talk.say(fill(1), fill(3))
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            assert sorted(await take(client, 3)) == EXECUTIONS[:3]
            assert bench.asked == 2
            await client.close()

    play(scenario)


def test_an_order_that_was_replaced_is_asked_about() -> None:
    """Its end is for the answer to say: the rest may go on under another name."""
    bench = Bench()

    async def script(talk: Talk) -> None:
        await talk.login()
        await until(lambda: bench.asked == 1)
        await talk.say(event("replaced", order={"status": "replaced", "replaced_by": "other"}))
        await talk.stay()

    async def scenario() -> None:
        async with serving(script) as server:
            client = bench.client(server.url)
            report = await client.next()
            assert not report.ord_status.is_terminal()
            await until(lambda: bench.asked == 2)
            await client.close()

    play(scenario)


def test_busts_and_corrections_are_told_where_names_agree() -> None:
    """B14: by the name of the fill that was told."""
    bench = Bench()
    bust = event("trade_bust", execution_id="bust", previous_execution_id=EXECUTIONS[0])

    async def scenario() -> None:
        async with serving(telling(fill(1), bust)) as server:
            client = bench.client(server.url)
            reports = [await client.next() for _ in range(2)]
            assert reports[1].exec_ref_id == reports[0].exec_id
            await client.close()

    play(scenario)


def test_scrutiny_remembers_so_many_fills_and_no_more() -> None:
    said = list[str]()
    scrutiny = Scrutiny(are_names_proven=False, remembered_max=2, tell=said.append)
    fills = [told(fill(1, order=order)) for order in "123"]

    assert not any(scrutiny.passes(one) for one in fills)
    scrutiny.compare(replace(fills[0], exec_id=ExecId("forgotten")))
    assert said == []
    scrutiny.compare(fills[1])
    assert scrutiny.passes(told(fill(1, order="4")))
