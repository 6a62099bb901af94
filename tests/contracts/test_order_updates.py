"""Every stream of order updates of ours keeps the order updates contract."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

import pytest

from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.streams.connection import World
from alchemiser.adapters.alpaca.streams.listener import Asking
from alchemiser.adapters.alpaca.streams.trade_updates import TradeUpdates
from alchemiser.adapters.system.calls import InlineCalls, ThreadedCalls
from alchemiser.adapters.system.clock import SystemClock
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.testing.contracts.broker_bench import BrokerBench
from alchemiser.testing.contracts.order_updates import OrderUpdatesContract
from alchemiser.testing.contracts.order_updates_bench import UpdatesBench
from alchemiser.testing.fakes import PolledUpdates
from tests.contracts.test_broker import LIMITS, NEAR_CLOSE, bench_of, bench_over_the_wire
from tests.served_venue import Served, served
from tests.simulated_venue import world
from tests.unit.adapters.alpaca.telling import Ring, transport


async def nothing() -> None:
    """There is no connection to give up."""


def own(bench: BrokerBench) -> dict[str, Any]:
    return {one.name: getattr(bench, one.name) for one in fields(BrokerBench)}


class TestPolledUpdatesOfTheSimulatedBroker(OrderUpdatesContract):
    """For a broker that tells nothing by itself."""

    @pytest.fixture
    def bench(self) -> UpdatesBench:
        bench = bench_of(world())
        return UpdatesBench(
            **own(bench),
            updates=PolledUpdates(bench.broker, bench.session),
            drop=lambda: None,
            close=nothing,
            calls=InlineCalls(),
        )


class TestAlpacaUpdatesAtTheLocalVenue(OrderUpdatesContract):
    """As paper and live accounts are followed, over the wire; a break cuts the connection."""

    @pytest.fixture
    def bench(self) -> Iterator[UpdatesBench]:
        with served(start=NEAR_CLOSE) as venue:
            broker = AlpacaBroker(
                transport(venue.urls["trading_url"], limits=LIMITS), SystemClock()
            )
            plain = bench_over_the_wire(venue, broker)
            updates = followed(venue, plain)
            calls = ThreadedCalls(4)
            yield UpdatesBench(
                **own(plain),
                updates=updates,
                drop=lambda: venue.fault("stream_abort", times=1),
                close=updates.close,
                calls=calls,
            )
            calls.close()
            broker.close()


def followed(venue: Served, bench: BrokerBench) -> TradeUpdates:
    def answers() -> list[ExecutionReport]:
        names = bench.broker.orders(bench.session)
        return [report for name in names for report in bench.broker.reports(name) or ()]

    async def resync() -> Iterable[ExecutionReport]:
        return await asyncio.to_thread(answers)

    return TradeUpdates(
        venue.urls["stream_url"],
        keys=Ring(),
        asking=Asking(resync=resync, expected=lambda: False),
        world=World(stopwatch=time.monotonic, chance=lambda: 0.2, tell=lambda _: None),
    )
