"""The engine: its ports, its strategies and its owner's settings, put together by hand."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from alchemiser.application.second_source import SecondSource
from alchemiser.domain.cycle.decide import Policy
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.portfolio.exits import Exits
from alchemiser.domain.portfolio.sizing import Sizing
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.schedule import Schedule, TimingContract
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.bars_store import BarsStorePort
from alchemiser.ports.broker import BrokerPort
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.call_runner import CallRunnerPort
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.control import ControlPort
from alchemiser.ports.journal import JournalPort
from alchemiser.ports.lease import LeasePort
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.ports.notifier import NotifierPort
from alchemiser.ports.order_list import OrderListPort
from alchemiser.ports.order_updates import OrderUpdatesPort
from alchemiser.ports.reference import ReferencePort
from alchemiser.ports.strategy import Strategy
from alchemiser.ports.strategy_runner import StrategyRunnerPort
from alchemiser.ports.strategy_source import WantedStrategy


class Mode(StrEnum):
    """Whose money moves."""

    SIMULATED = "simulated"
    PAPER = "paper"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Say what is held instead of what a strategy no longer decides.

    Attributes:
        target: The portfolio; cash-like funds only.
        after: Sessions in a row without a decision, this many of which are still held through.
    """

    target: TargetPortfolio
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnabledStrategy:
    """A strategy that the owner has switched on.

    Attributes:
        strategy_id: Its name, and its book's.
        weight: Share of the account's equity that funds its book, in (0, 1].
        strategy: The strategy itself.
        content_hash: SHA-256 of its plugin's sources and parameters.
        certified: Whether there is a certificate of exactly this content.
        fallback: What is held when it has not decided for long, or None to hold what there is.
        exits: When its positions are given up, whatever it wants.
        sizing: How large its positions may be, before any limit.
        wanted: What builds it in a process of its own, where free-form code runs; None for an
            object that was put in by hand, which runs in this process.
    """

    strategy_id: StrategyId
    weight: Decimal
    strategy: Strategy
    content_hash: str
    certified: bool = False
    fallback: Fallback | None = None
    exits: Exits = Exits()  # noqa: RUF009 - frozen
    sizing: Sizing = Sizing()  # noqa: RUF009 - frozen
    wanted: WantedStrategy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Say what is running: SHA-256 of the engine's sources and of the effective settings."""

    code: str
    configuration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Hold everything that one account's trading needs; build it from settings or by hand.

    Attributes:
        mode: Whose money moves.
        clock: The time.
        calendar: The exchange's sessions.
        market: Bars and quotes.
        reference: Instruments.
        broker: The account.
        journal: The record.
        bars_store: Every bar ever decided on.
        lease: Keeps a second engine off the account.
        control: The owner's brake.
        notifier: Tells people.
        calls: How blocking calls are made.
        runner: Runs free-form strategies.
        strategies: What is switched on, sorted by id.
        policy: Allocation, planning and limits.
        execution: The machine's patience.
        schedule: When a session is decided.
        identity: What is running.
        updates: Tells what happens to orders as it happens; None where orders are only polled.
        order_list: Tells of many orders at once; None where each is asked for by itself.
        outside_hours: Whether orders may go out outside regular hours; see `any_hour`.
        first_live_order_max: Dollars of a single order at most in the first live session.
        disabled: Strategies that the owner has switched off while their books hold something: they
            are not asked, but the risk of what they hold is measured.
        second: A second source that `market` is compared with, or None.
    """

    mode: Mode
    clock: ClockPort
    calendar: CalendarPort
    market: MarketDataPort
    reference: ReferencePort
    broker: BrokerPort
    journal: JournalPort
    bars_store: BarsStorePort
    lease: LeasePort
    control: ControlPort
    notifier: NotifierPort
    calls: CallRunnerPort
    runner: StrategyRunnerPort
    strategies: tuple[EnabledStrategy, ...]
    policy: Policy
    execution: ExecutionSettings = field(default_factory=ExecutionSettings)
    schedule: Schedule = field(default_factory=Schedule)
    identity: Identity
    updates: OrderUpdatesPort | None = None
    order_list: OrderListPort | None = None
    outside_hours: bool = False
    first_live_order_max: Decimal = Decimal(1000)
    disabled: tuple[EnabledStrategy, ...] = ()
    second: SecondSource | None = None

    def on(self, second: SecondSource) -> "Engine":
        """Return the same engine on `second` alone."""
        return replace(self, market=second.market, bars_store=second.bars_store, second=None)

    def contract(self) -> TimingContract:
        """Return when sessions are decided and traded, on which bars and at which price."""
        choice = self.policy.planning.algorithms
        wished = choice.usual is Algorithm.LIMIT_ON_CLOSE
        reached = self.schedule.reaches_auction(choice.auction.ahead())
        return self.schedule.contract(auction=wished and reached)

    def any_hour(self) -> bool:
        """Say whether orders may go out outside regular hours: only paper trading allows it."""
        return self.outside_hours and self.mode is Mode.PAPER
