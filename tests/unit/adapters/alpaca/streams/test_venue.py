"""The order stream against the local venue, with every fault that its stream can have."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from alchemiser.adapters.alpaca.streams.events import report_of
from alchemiser.domain.orders.messages import ExecType, ExecutionReport
from tests.served_venue import Served, served
from tests.unit.adapters.alpaca.streams.server import Bench, play, until

FAULTS = (
    "stream_abort",
    "stream_auth_refused",
    "stream_close",
    "stream_cumulative_qty",
    "stream_disorder",
    "stream_duplicate",
    "stream_garbage",
    "stream_late",
    "stream_limit_406",
    "stream_limit_429",
    "stream_lost",
    "stream_mute",
    "stream_no_auth_reply",
    "stream_null",
    "stream_oversize",
    "stream_unknown_event",
)
ALWAYS = ("stream_cumulative_qty", "stream_duplicate", "stream_garbage", "stream_lost")
Row = dict[str, Any]


def by_execution(venue: Served) -> dict[str, str]:
    """Return the name that an answer gives each execution: the stream's own."""
    rows = venue.document("GET", "/control/truth")["executions"]
    return {row["execution_id"]: row["execution_id"] for row in rows}


def by_activity(venue: Served) -> dict[str, str]:
    """Return the name that an answer gives each execution: what its activity's id ends in."""
    truth = venue.document("GET", "/control/truth")
    fills = [row for row in truth["activities"] if row["activity_type"] == "FILL"]
    names = [row["id"].rpartition("::")[2] for row in fills]
    executions = [row["execution_id"] for row in truth["executions"]]
    return dict(zip(executions, names, strict=True))


@dataclass(kw_only=True)
class Asked(Bench):
    """A client that asks the venue itself."""

    venue: Served
    naming: Callable[[Served], dict[str, str]] = by_execution

    async def resync(self) -> Iterable[ExecutionReport]:
        self.asked += 1
        return await asyncio.to_thread(self.answers)

    def answers(self) -> list[ExecutionReport]:
        """Return what the venue knows of fills, in order."""
        truth, names = self.venue.document("GET", "/control/truth"), self.naming(self.venue)
        orders = {row["id"]: row for row in truth["orders"]}
        filled, reports = Counter[str](), []
        for row in truth["executions"]:
            order: Row = orders[row["order_id"]]
            filled[row["order_id"]] += int(Decimal(row["qty"]))
            told = {"filled_qty": filled[row["order_id"]], "status": "partially_filled"}
            name = names[row["execution_id"]]
            event = row | {"event": "fill", "timestamp": row["at"], "execution_id": name}
            reports.append(report_of(event | {"order": order | told}))
        return reports


def follow(bench: Asked, work: Callable[[Served], None]) -> list[ExecutionReport]:
    """Return what is told of fills while `work` is done, once all are told and a while longer."""
    fills: list[ExecutionReport] = []
    bench.expects = True

    async def scenario() -> None:
        client = bench.client(bench.venue.urls["stream_url"])

        async def read() -> None:
            while True:
                report = await client.next()
                if report.exec_type is ExecType.TRADE:
                    fills.append(report)

        reading = asyncio.create_task(read())
        await until(lambda: client.counts().get("tries", 0) > 0)
        await asyncio.to_thread(work, bench.venue)
        wanted = len(await asyncio.to_thread(bench.answers))
        await until(lambda: len(fills) >= wanted, 8)
        await asyncio.sleep(0.1)
        reading.cancel()
        await client.close()

    play(scenario)
    return fills


def trade(venue: Served) -> None:
    """Buy and sell, a little at a time."""
    for side in ("buy", "sell", "buy"):
        venue.order(symbol="TLT", qty="40", side=side)
        venue.advance()
    venue.advance(30)


@pytest.mark.parametrize("encoding", ["binary", "text"])
def test_sv01_fills_are_told_as_they_are(encoding: str) -> None:
    with served(encoding=encoding) as venue:
        told = follow(Asked(venue=venue), trade)
        assert sorted(one.exec_id for one in told) == sorted(by_execution(venue))
        assert len(told) >= 3


@pytest.mark.parametrize("fault", FAULTS)
def test_sv02_every_fill_is_told_once_whatever_the_stream_does(fault: str) -> None:
    """B01-B11, TE-09."""
    with served() as venue:
        bench = Asked(venue=venue)
        bench.patient(step_seconds=0.3)
        venue.fault(fault, times=-1 if fault in ALWAYS else 1)
        told = follow(bench, trade)
        assert venue.hits()[fault] >= 1
        assert sorted(one.exec_id for one in told) == sorted(by_execution(venue))
        truth = {row.exec_id: (row.last_qty, row.last_px) for row in bench.answers()}
        assert {one.exec_id: (one.last_qty, one.last_px) for one in told} == truth


@pytest.mark.parametrize("is_one_name", [True, False])
@pytest.mark.parametrize("naming", [by_execution, by_activity])
def test_sv03_a_fill_is_told_once_however_answers_name_it(
    naming: Callable[[Served], dict[str, str]], *, is_one_name: bool
) -> None:
    """The activity's id ends in the execution's, as published, unless the fault parts them."""
    with served() as venue:
        if not is_one_name:
            venue.fault("stream_other_names", times=-1)
        told = follow(Asked(venue=venue, naming=naming, proven=False), trade)
        assert sorted(one.exec_id for one in told) == sorted(naming(venue).values())
        assert (by_activity(venue) == by_execution(venue)) is is_one_name
