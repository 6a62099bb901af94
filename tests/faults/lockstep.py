"""An engine at the local venue, over real sockets, both in a time that the engine moves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.health import Health
from alchemiser.adapters.alpaca.market import AlpacaMarketData
from alchemiser.adapters.alpaca.streams.connection import World
from alchemiser.adapters.alpaca.streams.listener import Asking
from alchemiser.adapters.alpaca.streams.trade_updates import TradeUpdates
from alchemiser.adapters.alpaca.transport import Limits, Rim, Transport
from alchemiser.adapters.bars_store.null import NullBarsStore
from alchemiser.adapters.memory.control import MemoryControl
from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.memory.lease import MemoryLease
from alchemiser.adapters.notify.null import NullNotifier
from alchemiser.adapters.plugin_loader.runner import ContainedRunner
from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.adapters.system.calls import InlineCalls
from alchemiser.adapters.system.clock import VirtualClock, stopwatch
from alchemiser.adapters.system.pause import Pause
from alchemiser.adapters.venue.data.prices import Prices
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import EnabledStrategy, Engine, Identity, Mode
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import resume
from alchemiser.application.report import CycleReport
from alchemiser.domain.books.ledger import total_cash, total_positions
from alchemiser.domain.cycle.decide import Policy
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.planning.planner import PlanSettings
from alchemiser.domain.portfolio.allocation import AllocationSettings
from alchemiser.domain.risk.breakers import RESEARCH_BREAKERS
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, TradingState
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.schedule import Schedule
from alchemiser.ports.errors import PortError
from alchemiser.rules import asset, cumulative_return, weight_equal, weight_specified, when
from tests.served_venue import Served, served
from tests.unit.adapters.alpaca.telling import Alerts, Ring

FIRST = date(2023, 1, 4)
SYMBOLS = ("AGG", "GLD", "QQQ", "SPY", "TLT")
CALENDAR = SessionTable()
QUICK = Limits(
    connect=2.0, read=1.0, total=2.5, wait=0.001, wait_max=0.005, rest=0.02, per_minute=1_000_000
)
"""A server on this machine answers within milliseconds, or not at all."""


class LockstepClock(VirtualClock):
    """Move the venue's time along with the engine's own."""

    def __init__(self, start: datetime, venue: Served) -> None:
        super().__init__(start)
        self._venue = venue
        self.breath = 0.0
        """Real seconds before time goes on, in which a stream can be heard."""

    async def wait_until(self, at: datetime) -> None:
        """Return once `now()` is at or past `at`."""
        await asyncio.sleep(self.breath)
        await super().wait_until(at)

    def advance_to(self, at: datetime) -> None:
        """Move both to `at`; a moment already past changes nothing."""
        if at > self.now():
            super().advance_to(at)
            self._venue.document("POST", "/control/clock", {"to": at.isoformat()})


def trees() -> dict[str, tuple[str, Node]]:
    """Return three strategies that rotate every few days, into one another's symbols."""
    rising = cumulative_return("SPY", 2) > 0
    trend = when(rising, weight_equal(asset("QQQ"), asset("SPY")), asset("TLT"))
    rotation = weight_equal(*map(asset, SYMBOLS))
    hedge = when(
        cumulative_return("QQQ", 1) > 0,
        weight_specified((Decimal("0.7"), asset("AGG")), (Decimal("0.3"), asset("GLD"))),
        weight_specified((Decimal("0.5"), asset("SPY")), (Decimal("0.5"), asset("TLT"))),
    )
    return {"hedge": ("0.2", hedge), "rotation": ("0.3", rotation), "trend": ("0.4", trend)}


@dataclass(kw_only=True)
class Account:
    """An account at the venue and the engine that trades it.

    Attributes:
        venue: The venue, which knows the truth.
        engine: The engine, whose journal is all that it remembers.
        alerts: What the adapter told.
    """

    venue: Served
    engine: Engine
    alerts: Alerts = field(default_factory=Alerts)

    def go_to(self, day: date, *, after: timedelta = timedelta(0)) -> None:
        """Let time go by until `day` is decided, and a while longer."""
        session = CALENDAR.session(day)
        assert session is not None
        self.clock.advance_to(self.engine.schedule.moment(session) + after)

    @property
    def clock(self) -> LockstepClock:
        clock = self.engine.clock
        assert isinstance(clock, LockstepClock)
        return clock

    def listen(self, url: str | None = None) -> None:
        """Follow orders by a stream, too; the venue's own unless `url` names another."""

        def missed() -> list[ExecutionReport]:
            broker, day = self.engine.broker, self.clock.now().date()
            return [one for name in broker.orders(day) for one in broker.reports(name) or ()]

        async def resync() -> list[ExecutionReport]:
            return missed()

        updates = TradeUpdates(
            url or self.venue.urls["stream_url"],
            keys=Ring(),
            asking=Asking(resync=resync, expected=lambda: False),
            world=World(stopwatch=stopwatch(), chance=lambda: 0.2, tell=lambda _: None),
        )
        self.engine = replace(self.engine, updates=updates)
        self.clock.breath = 0.05

    def restart(self, limits: Limits = QUICK) -> None:
        """Begin anew with nothing but the journal, as after a crash."""
        self.engine = replace(
            self.engine, broker=broker_of(self.venue, self.clock, self.alerts, limits)
        )

    def run(self, day: date) -> CycleReport:
        """Run the cycle of `day`."""
        return asyncio.run(run_cycle(self.engine, day))

    def resume(self) -> None:
        """Resume trading, as far as that is not refused or out of reach."""
        with suppress(PortError):
            asyncio.run(resume(self.engine, actor="owner", reason="looked at it"))

    def state(self) -> TradingState:
        return Ledger(self.engine.journal).state.state

    def truth(self) -> dict[str, Any]:
        """Return what the venue knows."""
        found: dict[str, Any] = self.venue.document("GET", "/control/truth")
        return found

    def books(self) -> tuple[Decimal, dict[str, Decimal]]:
        """Return cash and shares of all books together."""
        books = Ledger(self.engine.journal).state.books
        return total_cash(books), {str(name): held for name, held in total_positions(books).items()}


def line(url: str, alerts: Alerts, limits: Limits) -> Transport:
    rim = Rim(stopwatch=stopwatch(), pause=Pause(), chance=lambda: 0.5, health=Health(alerts))
    return Transport(url, Ring(), rim, limits)


def broker_of(venue: Served, clock: LockstepClock, alerts: Alerts, limits: Limits) -> AlpacaBroker:
    return AlpacaBroker(line(venue.urls["trading_url"], alerts, limits), clock)


def prices(last: date, seed: int) -> Prices:
    """Return a made-up market through `last`, moment by moment."""
    return Prices(
        market=SyntheticMarket(seed, CALENDAR, last),
        calendar=CALENDAR,
        reference=ReferenceTable(),
        listed=[Symbol(name) for name in SYMBOLS],
        through=last,
        seed=seed,
    )


@contextmanager
def account(*, first: date = FIRST, last: date = FIRST, seed: int = 7) -> Iterator[Account]:
    """Serve a venue and build the engine of a fresh account there, at the decision of `first`."""
    session = CALENDAR.session(first)
    assert session is not None
    start = Schedule().moment(session)
    with served(start=start, seed=seed, market=prices(last, seed)) as venue:
        alerts, clock = Alerts(), LockstepClock(start, venue)
        broker = broker_of(venue, clock, alerts, QUICK)
        data = line(venue.urls["data_url"], alerts, QUICK)
        market = AlpacaMarketData(
            data, CALENDAR, tell=lambda text: alerts("market_data", text), feed="sip"
        )
        engine = Engine(
            mode=Mode.PAPER,
            clock=clock,
            calendar=CALENDAR,
            market=market,
            reference=ReferenceTable(market.price_increment()),
            broker=broker,
            journal=MemoryJournal(keep=True),
            bars_store=NullBarsStore(),
            lease=MemoryLease(),
            control=MemoryControl(),
            notifier=NullNotifier(),
            calls=InlineCalls(),
            runner=ContainedRunner(),
            strategies=tuple(
                EnabledStrategy(
                    strategy_id=StrategyId(name),
                    weight=Decimal(weight),
                    strategy=RuleStrategy(tree),
                    content_hash="",
                )
                for name, (weight, tree) in sorted(trees().items())
            ),
            policy=Policy(
                allocation=AllocationSettings(),
                planning=PlanSettings(),
                limits=RESEARCH_LIMITS,
                breakers=RESEARCH_BREAKERS,
            ),
            schedule=Schedule(),
            identity=Identity(code="", configuration=""),
        )
        yield Account(venue=venue, engine=engine, alerts=alerts)
        broker.close()
        data.close()
