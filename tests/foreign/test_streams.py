"""Both streams of a venue that others wrote, each of its habits by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import NoReturn

import pytest

from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.streams.connection import World
from alchemiser.adapters.alpaca.streams.listener import Asking
from alchemiser.adapters.alpaca.streams.market_data import MarketDataStream
from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.trade_updates import TradeUpdates
from alchemiser.adapters.system.clock import SystemClock
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import ExecutionReport, OrdStatus
from alchemiser.domain.orders.order import Order, apply
from tests.foreign.habits import STREAMING, TRADING, WRITING, Habits
from tests.foreign.serving import serving
from tests.foreign.test_broker import AGG, BUY, DAY, SPY
from tests.foreign.venue import Venue
from tests.unit.adapters.alpaca.streams.server import until
from tests.unit.adapters.alpaca.telling import PATIENT, Ring, transport

TOGETHER = "all together"
SETTINGS = StreamSettings(step_seconds=2, stale_seconds=0.5, resync_gap_seconds=0.1)
APART = (
    *("pings only", "packed updates", "ids in capitals", "lines and spaces"),
    *("a mark before the text", "numbers with exponents"),
)
"""Habits that leave others no room."""
TELLS = frozenset({"fills in capitals over the stream"})
"""Habits that an owner is told of."""
NOT_UNDERSTOOD = frozenset({"unheard events", "orders of others", "pings only", TOGETHER})


@dataclass
class Ear:
    """What a stream tells of one order."""

    venue: Venue
    updates: TradeUpdates
    broker: AlpacaBroker
    said: list[str] = field(default_factory=list)

    async def followed(self) -> Order:
        """Enter the order, and hear of it until all of its shares are explained."""
        hearing = asyncio.ensure_future(self._heard())
        while not self.venue.hearers:
            if hearing.done():
                return await hearing
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self.broker.submit, ApprovedOrder(order=BUY))
        return await hearing

    async def _heard(self) -> Order:
        state = Order(request=BUY)
        async with asyncio.timeout(10):
            while state.status is not OrdStatus.FILLED:
                report = await self.updates.next()
                if report.cl_ord_id == BUY.cl_ord_id:
                    state = apply(state, report)
        return state


@asynccontextmanager
async def listening(habits: Habits) -> AsyncIterator[Ear]:
    """Hear the order stream of a venue of these habits."""
    with serving(habits) as (venue, address):
        broker = AlpacaBroker(transport(f"http://{address}", limits=PATIENT), SystemClock())

        def asked() -> list[ExecutionReport]:
            names = [name for name in broker.orders(DAY) if name == BUY.cl_ord_id]
            return [report for name in names for report in broker.reports(name) or ()]

        async def resync() -> list[ExecutionReport]:
            return await asyncio.to_thread(asked)

        said: list[str] = []
        updates = TradeUpdates(
            f"ws://{address}/stream",
            keys=Ring(),
            asking=Asking(resync=resync, expected=lambda: True),
            world=_world(said.append),
            settings=SETTINGS,
        )
        try:
            yield Ear(venue, updates, broker, said)
        finally:
            await updates.close()
            broker.close()


def _world(tell: Callable[[str], None]) -> World:
    return World(stopwatch=time.monotonic, chance=lambda: 0.1, tell=tell)


def together(names: tuple[str, ...], *apart: str) -> Habits:
    return frozenset(names) - frozenset(apart)


@pytest.mark.parametrize("habit", [*WRITING, *TRADING, *STREAMING, TOGETHER])
def test_an_order_is_told_to_its_end_and_each_fill_once(habit: str) -> None:
    """OS-11, OS-13: in whatever frames and words it comes."""
    asyncio.run(_is_told(habit))


async def _is_told(habit: str) -> None:
    habits = frozenset({habit})
    if habit == TOGETHER:
        habits = together((*WRITING, *TRADING, *STREAMING), *APART)
    async with listening(habits) as ear:
        order = await ear.followed()
        fills = ear.venue.ledger.fills

        assert order.done.notional == sum(one.qty * one.price for one in fills)
        assert len(order.fills) == sum(1 for one in fills if one.qty)
        assert order.cum_qty == BUY.order_qty
        counts = ear.updates.counts()
        if habit not in NOT_UNDERSTOOD:
            assert counts.get("not_understood", 0) == 0
        assert counts.get("connections") == 1 or habit == "pings only"
        if habits & TELLS:  # once an answer has told the fill as well
            await until(lambda: bool(ear.said))
        else:
            assert ear.said == []


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("habit", [*WRITING, *STREAMING, TOGETHER])
def test_quotes_are_those_of_the_venue(habit: str, packed: bool) -> None:
    """Subscribed, confirmed and read, in JSON and in MessagePack."""
    asyncio.run(_are_quoted(habit, packed=packed))


async def _are_quoted(habit: str, *, packed: bool) -> None:
    habits = together((*WRITING, *STREAMING)) if habit == TOGETHER else frozenset({habit})
    async with streaming(habits, packed=packed) as (stream, venue, task):
        stream.subscribe({SPY, AGG})
        async with asyncio.timeout(5):
            while not (stream.quote(SPY) and stream.quote(AGG)):
                assert not task.done()
                await asyncio.sleep(0.01)
        quotes = [one for one in map(stream.quote, (SPY, AGG)) if one is not None]

        assert [(one.bid, one.ask) for one in quotes] == [
            venue.market.sides(name) for name in ("SPY", "AGG")
        ]
        assert {one.at.date() for one in quotes} == {DAY}
        assert stream.counts()["connections"] == 1


@asynccontextmanager
async def streaming(
    habits: Habits, *, packed: bool
) -> AsyncIterator[tuple[MarketDataStream, Venue, asyncio.Task[NoReturn]]]:
    """Hold the data stream of a venue of these habits open."""
    with serving(habits) as (venue, address):
        stream = MarketDataStream(
            f"ws://{address}/v2/iex",
            keys=Ring(),
            expected=lambda: True,
            world=_world(list[str]().append),
            settings=StreamSettings(step_seconds=2),
            packed=packed,
        )
        task = asyncio.create_task(stream.run())
        try:
            yield stream, venue, task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.mark.parametrize("habit", ["null for no channels", "channels left out"])
def test_halts_are_watched_where_no_prices_are(habit: str) -> None:
    """A channel without symbols may be told as none, or not at all."""
    asyncio.run(_are_watched(habit))


async def _are_watched(habit: str) -> None:
    async with streaming(frozenset({habit}), packed=False) as (stream, _, task):
        stream.watch({SPY})
        async with asyncio.timeout(5):
            while not stream.counts().get("connections"):
                assert not task.done()
                await asyncio.sleep(0.01)
