"""A shell with everything round it told by the test: broker, brake, journal and calls."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import TypeVar

from alchemiser.adapters.bars_store.null import NullBarsStore
from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.notify.log import LogNotifier
from alchemiser.adapters.plugin_loader.runner import ContainedRunner
from alchemiser.adapters.system.calls import InlineCalls
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.adapters.system.lease import HostLease
from alchemiser.application.engine import Engine, Identity, Mode
from alchemiser.application.ledger import Ledger
from alchemiser.application.shell import Shell
from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.cycle.decide import Policy
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.journal.chain import Envelope
from alchemiser.domain.journal.records import CycleStarted, EntryPosted, OrderPlanned
from alchemiser.domain.orders.messages import (
    NewOrderSingle,
)
from alchemiser.domain.planning.planner import PlanSettings
from alchemiser.domain.portfolio.allocation import AllocationSettings
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.values.identifiers import HOUSE, cycle_id
from alchemiser.ports.call_runner import CallRunnerPort
from alchemiser.ports.control import HaltRequest
from alchemiser.testing.builders import ACCOUNT, DAY, NOW, SESSION
from alchemiser.testing.fakes import FakeCalendar, FakeMarket, FakeReference
from tests.unit.application.prompt_broker import PromptBroker
from tests.unit.domain.execution.bench import (
    PLANNED,
    a_plan,
    quotes,
    some_rules,
)

T = TypeVar("T")


@dataclass(slots=True)
class FakeControl:
    """Hold a brake that a test pulls, or breaks with `failure`."""

    request: HaltRequest | None = None
    failure: Exception | None = None

    def halt_request(self) -> HaltRequest | None:
        """Return the standing halt."""
        if self.failure is not None:
            raise self.failure
        return self.request

    def request_halt(self, request: HaltRequest) -> None:
        """Set the halt."""
        self.request = request

    def clear_halt(self) -> None:
        """Lift the halt."""
        self.request = None

    def pull(self) -> None:
        """Stop trading, as the owner would."""
        self.request_halt(HaltRequest(actor="owner", reason="it burns", at=NOW))


class WatchedJournal(MemoryJournal):
    """Keep everything.

    Attributes:
        failures: What an append raises that holds a record of this type.
        taken_over_after: The type of record after which a newer engine takes the journal over.
    """

    def __init__(self) -> None:
        super().__init__(keep=True)
        self.failures: dict[str, Exception] = {}
        self.taken_over_after = ""

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Append, or fail."""
        kinds = [envelope.type for envelope in envelopes]
        for kind in kinds:
            if kind in self.failures:
                raise self.failures[kind]
        super().append(envelopes)
        if self.taken_over_after in kinds:
            self.take_over()

    def records_of(self, kind: str) -> list[str]:
        """Return the JSON of every record of type `kind`."""
        return [envelope.data for envelope in self.read() if envelope.type == kind]


class SlowCalls:
    """Make the first calls at once; the others take `seconds` of the time that others let pass.

    Attributes:
        running: Calls under way.
        running_max: Most calls that were under way at once.
    """

    def __init__(self, clock: VirtualClock, *, prompt: int, seconds: float) -> None:
        self._clock = clock
        self._prompt = prompt
        self._seconds = timedelta(seconds=seconds)
        self.running, self.running_max = 0, 0

    async def call(self, function: Callable[[], T]) -> T:
        """Return what `function` returns, perhaps later."""
        self._prompt -= 1
        if self._prompt >= 0:
            return function()
        self.running += 1
        self.running_max = max(self.running_max, self.running)
        at = self._clock.now() + self._seconds
        while self._clock.now() < at:  # noqa: ASYNC110 - a waiter of its own would move the clock
            await asyncio.sleep(0)
        self.running -= 1
        return function()

    def begin(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """Begin a call."""
        return asyncio.create_task(self.call(function))


class HangingCalls:
    """Make the first calls in line; the others hang for ever.

    Attributes:
        left: How many calls are still made.
        hanging: Calls under way.
    """

    def __init__(self, left: int) -> None:
        self.left = left
        self.hanging = 0

    async def call(self, function: Callable[[], T]) -> T:
        """Return what `function` returns, or never."""
        self.left -= 1
        if self.left >= 0:
            return function()
        self.hanging += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.hanging -= 1
        return function()

    def begin(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """Begin a call."""
        return asyncio.create_task(self.call(function))


@dataclass(slots=True)
class ShellBench:
    """Hold a shell and what is round it."""

    engine: Engine
    broker: PromptBroker
    control: FakeControl
    journal: WatchedJournal
    market: FakeMarket
    ledger: Ledger
    machine: Machine

    def work(self) -> None:
        """Let the shell work its machine to the end."""
        asyncio.run(self.shell().work())

    def shell(self) -> Shell:
        """Return the shell that is to work."""
        return Shell(self.engine, self.ledger, self.machine)

    def now(self) -> datetime:
        """Return the present virtual moment."""
        return self.engine.clock.now()


def a_shell(
    *orders: NewOrderSingle,
    settings: ExecutionSettings | None = None,
    calls: Callable[[VirtualClock], CallRunnerPort] = lambda _: InlineCalls(),
) -> ShellBench:
    """Return a shell that has a recorded plan of `orders` to work, at a quarter to four."""
    clock, control, journal = VirtualClock(NOW), FakeControl(), WatchedJournal()
    positions = {order.symbol: order.order_qty for order in orders if order.side.sign() < 0}
    broker = PromptBroker(Decimal(10_000), positions)
    every_half_minute = (NOW + timedelta(seconds=30 * step) for step in range(40))
    market = FakeMarket(one for at in every_half_minute for one in quotes(at))
    ledger = Ledger(journal)
    plan = a_plan(PLANNED[order] for order in orders)
    ledger.record(
        (
            CycleStarted(
                cycle_id=cycle_id(ACCOUNT, DAY),
                session=DAY,
                account=ACCOUNT,
                mode="simulated",
                code="",
                configuration="",
                plugins=(),
            ),
            EntryPosted(
                reason="funding",
                postings=(Posting(book=HOUSE, kind=PostingKind.FUNDING, cash=broker.cash),),
            ),
            OrderPlanned(plan=plan),
        ),
        at=NOW,
    )
    settings = settings or ExecutionSettings()
    machine = Machine(ExecutionState(plan=plan), some_rules(), settings)
    engine = Engine(
        mode=Mode.SIMULATED,
        clock=clock,
        calendar=FakeCalendar([SESSION]),
        market=market,
        reference=FakeReference(),
        broker=broker,
        journal=journal,
        bars_store=NullBarsStore(),
        lease=HostLease(Path("leases")),
        control=control,
        notifier=LogNotifier(StringIO(), clock),
        calls=calls(clock),
        runner=ContainedRunner(),
        strategies=(),
        policy=Policy(
            allocation=AllocationSettings(), planning=PlanSettings(), limits=RiskLimits()
        ),
        execution=settings,
        identity=Identity(code="", configuration=""),
    )
    return ShellBench(engine, broker, control, journal, market, ledger, machine)
