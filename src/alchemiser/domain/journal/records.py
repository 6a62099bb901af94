"""Everything that is ever recorded, one dataclass a record type, in the order of a day."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

from alchemiser.domain.books.ledger import Posting
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.execution import facts
from alchemiser.domain.journal.account_records import ACCOUNT_RECORDS, AccountRecord
from alchemiser.domain.journal.adjustments import PositionExited, TargetSized
from alchemiser.domain.journal.allocations import ALLOCATION_RECORDS, AllocationRecord
from alchemiser.domain.journal.restrictions import RESTRICTION_RECORDS, RestrictionRecord
from alchemiser.domain.journal.source_records import SOURCE_RECORDS, SourceRecord
from alchemiser.domain.market.bars import BarsReference
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.orders.plan import Crossing, OrderPlan
from alchemiser.domain.portfolio.consolidation import Contribution
from alchemiser.domain.risk.clipping import Limited
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.rules.regime import Regime
from alchemiser.domain.rules.trace import TraceStep
from alchemiser.domain.values.identifiers import AccountId, CycleId, StrategyId, Symbol


class Stage(StrEnum):
    """When in the day books and broker were compared."""

    BEFORE = "before"
    AFTER = "after"
    BETWEEN = "between"
    """Outside of every cycle."""


class CycleStatus(StrEnum):
    """How a cycle ended."""

    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    SKIPPED = "skipped"


class CycleKind(StrEnum):
    """What a cycle is for."""

    SESSION = "session"
    """One session's decision, at most one a session."""
    LIQUIDATION = "liquidation"
    """Selling everything; there may be several in a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleStarted:
    """A cycle began, or went on after a restart.

    Attributes:
        cycle_id: Its name.
        session: The session it trades, or the day without one.
        account: Whose cycle.
        mode: `simulated`, `paper` or `live`.
        code: SHA-256 of the engine's sources.
        configuration: SHA-256 of the effective settings.
        plugins: Pairs of strategy and SHA-256 of its plugin's sources and parameters.
        kind: What it is for.
    """

    cycle_id: CycleId
    session: date
    account: AccountId
    mode: str
    code: str
    configuration: str
    plugins: tuple[tuple[StrategyId, str], ...]
    kind: CycleKind = CycleKind.SESSION


@dataclass(frozen=True, slots=True, kw_only=True)
class InputsTaken:
    """What the decision rests on.

    Attributes:
        session: The session decided for.
        bars: Where the closed bars stand, or None when there were none.
        provisional: Price of each symbol's bar for the session itself, dollars.
        quotes: The latest quotes.
        account: The broker's account.
    """

    VERSION: ClassVar[int] = 2

    session: date
    bars: BarsReference | None
    provisional: tuple[tuple[Symbol, Decimal], ...]
    quotes: tuple[Quote, ...]
    account: AccountSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolBlocked:
    """The data gate forbids a symbol."""

    symbol: Symbol
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Books and broker agree to the cent and the ninth decimal."""

    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakFound:
    """Books and broker differ."""

    stage: Stage
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPosted:
    """Books changed without an order: funding and trades between books."""

    reason: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDecided:
    """A strategy decided.

    Attributes:
        strategy: Which one.
        tree: SHA-256 of the rule tree's canonical form, or "" for free-form code.
        weights: What it wants.
        trace: Why.
        regime: In which regime the market was.
        resting: Whether its book is left alone because its rebalancing is not due.
        instead_of: Why the strategy itself did not decide, where `weights` is its fallback; or "".
    """

    strategy: StrategyId
    tree: str
    weights: tuple[tuple[Symbol, Decimal], ...]
    trace: tuple[TraceStep, ...]
    regime: Regime = Regime()  # noqa: RUF009 - frozen
    resting: bool = False
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyUndecided:
    """A strategy could not decide; its book stays as it is."""

    strategy: StrategyId
    reason: str
    symbols: tuple[Symbol, ...]
    lacks_history: bool
    trace: tuple[TraceStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyFailed:
    """A strategy broke its contract; its book stays as it is."""

    strategy: StrategyId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsConsolidated:
    """What the books want together, and what they trade among themselves."""

    VERSION: ClassVar[int] = 2

    contributions: tuple[Contribution, ...]
    crossings: tuple[Crossing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioAssessed:
    """What the first gate bound or refused."""

    limited: tuple[Limited, ...]
    refused: tuple[Violation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlanned:
    """The whole plan of the session; there is no second decision after it."""

    VERSION: ClassVar[int] = 3

    plan: OrderPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderApproved:
    """The last gate let an order of the plan pass."""

    order: NewOrderSingle


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleFinished:
    """A cycle ended; `unread` says that it did because its inputs could not be read."""

    cycle_id: CycleId
    status: CycleStatus
    reason: str
    finished_at: datetime
    unread: bool = False


Record = (
    CycleStarted
    | InputsTaken
    | SymbolBlocked
    | Reconciled
    | BreakFound
    | EntryPosted
    | TargetDecided
    | StrategyUndecided
    | StrategyFailed
    | PositionExited
    | TargetSized
    | TargetsConsolidated
    | PortfolioAssessed
    | OrderPlanned
    | OrderApproved
    | facts.Fact
    | AccountRecord
    | SourceRecord
    | RestrictionRecord
    | AllocationRecord
    | CycleFinished
)

RECORD_TYPES: Final[tuple[type, ...]] = (
    CycleStarted,
    InputsTaken,
    SymbolBlocked,
    Reconciled,
    BreakFound,
    EntryPosted,
    TargetDecided,
    StrategyUndecided,
    StrategyFailed,
    PositionExited,
    TargetSized,
    TargetsConsolidated,
    PortfolioAssessed,
    OrderPlanned,
    OrderApproved,
    facts.OrderRefused,
    facts.OrderReduced,
    facts.OrderIntended,
    facts.OrderRejected,
    facts.OutcomeUnknown,
    facts.ExecutionReported,
    facts.FillAllocated,
    facts.CancelIntended,
    facts.DoneForDay,
    *ACCOUNT_RECORDS,
    *SOURCE_RECORDS,
    *RESTRICTION_RECORDS,
    *ALLOCATION_RECORDS,
    CycleFinished,
)
