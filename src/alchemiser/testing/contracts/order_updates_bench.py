"""What the contract of order updates works with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from alchemiser.domain.orders.messages import ExecType, ExecutionReport, NewOrderSingle
from alchemiser.domain.values.identifiers import ExecId
from alchemiser.domain.values.numbers import ZERO
from alchemiser.ports.call_runner import CallRunnerPort
from alchemiser.ports.order_updates import OrderUpdatesPort
from alchemiser.testing.contracts.broker_bench import BrokerBench

PATIENCE = 20.0
"""Seconds within which everything has to be told, after a broken connection too."""
_BETWEEN = 0.02
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatesBench(BrokerBench):
    """Hold a broker and the stream that tells of its orders.

    Attributes:
        updates: The adapter under test.
        drop: Breaks its connection, without a word; does nothing where there is none.
        close: Gives the stream up, in the loop that used it.
        calls: How the broker is asked while the stream is heard.
    """

    updates: OrderUpdatesPort
    drop: Callable[[], None]
    close: Callable[[], Awaitable[None]]
    calls: CallRunnerPort

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Heard"]:
        """Listen until the block ends."""
        heard = Heard(bench=self)
        task = asyncio.create_task(heard.listen())
        try:
            yield heard
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.close()


@dataclass(kw_only=True)
class Heard:
    """Keep what has been told, in its order."""

    bench: UpdatesBench
    reports: list[ExecutionReport] = field(default_factory=list)

    async def listen(self) -> None:
        """Take reports until cancelled."""
        while True:
            self.reports.append(await self.bench.updates.next())

    def of(self, order: NewOrderSingle, kind: ExecType | None = None) -> list[ExecutionReport]:
        """Return what was told of `order`: all, or the reports of one kind."""
        own = [one for one in self.reports if one.cl_ord_id == order.cl_ord_id]
        return own if kind is None else [one for one in own if one.exec_type is kind]

    def fills(self, order: NewOrderSingle) -> dict[ExecId, ExecutionReport]:
        """Return the fills that were told of `order`, each once, by name."""
        return {one.exec_id: one for one in self.of(order, ExecType.TRADE)}

    async def until(self, heard: Callable[[], bool]) -> bool:
        """Let time go by until `heard()`, or patience has run out; return which."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while not heard() and loop.time() < end:
            await self.bench.calls.call(partial(self.bench.elapse, _SECOND))
            await rest()
        return heard()

    async def filled(self, order: NewOrderSingle) -> bool:
        """Say whether fills of all of `order` are told in time."""

        def all_of_it() -> bool:
            return sum((one.last_qty for one in self.fills(order).values()), ZERO) >= (
                order.order_qty
            )

        return await self.until(all_of_it)

    async def sent(self, order: NewOrderSingle) -> None:
        """Send `order`, which has to be accepted, without keeping the stream from being heard."""
        await self.bench.calls.call(partial(self.bench.accepted, order))


async def rest() -> None:
    """Let the stream be heard for a moment."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), _BETWEEN)
