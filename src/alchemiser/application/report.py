"""What the use cases answer: plain values for people, programs and tests."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from alchemiser.domain.books.lots import Lot
from alchemiser.domain.books.profit import Profit
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.journal.adjustments import PositionExited, TargetSized
from alchemiser.domain.journal.allocations import StrategyChanged
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.journal.source_records import SourceRecord
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.portfolio.capital import Transfer
from alchemiser.domain.portfolio.consolidation import Contribution
from alchemiser.domain.risk.clipping import Limited
from alchemiser.domain.risk.limits import TradingState, Violation
from alchemiser.domain.rules.regime import Regime
from alchemiser.domain.rules.trace import TraceStep
from alchemiser.domain.values.identifiers import (
    BookId,
    ClOrdId,
    CycleId,
    ExecId,
    StrategyId,
    Symbol,
)
from alchemiser.domain.values.schedule import TimingContract


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyLine:
    """What one strategy said.

    Attributes:
        strategy: Which one.
        state: `decided`, `undecided` or `failed`.
        weights: What it wants; empty unless decided.
        reason: Why it did not decide, or "". With a decision: why that is its fallback.
        lacks_history: For `undecided`: whether time alone will mend it.
        trace: Why.
        regime: For `decided`: in which regime the market was, or None.
        resting: For `decided`: whether its book is left alone, since no rebalancing is due.
    """

    strategy: StrategyId
    state: str
    weights: tuple[tuple[Symbol, Decimal], ...] = ()
    reason: str = ""
    lacks_history: bool = False
    trace: tuple[TraceStep, ...] = ()
    regime: Regime | None = None
    resting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """Where one order stands.

    Attributes:
        cl_ord_id: Its name.
        symbol: The ticker.
        side: Buy or sell.
        order_qty: Shares ordered.
        price: Limit, dollars.
        status: `planned`, `sent`, `working`, `canceling`, `refused`, or the final OrdStatus.
        cum_qty: Shares filled.
        avg_px: Dollars a share over all fills, or None.
        reason: Why it was refused, or "".
    """

    cl_ord_id: ClOrdId
    symbol: Symbol
    side: Side
    order_qty: Decimal
    price: Decimal
    status: str
    cum_qty: Decimal
    avg_px: Decimal | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillLine:
    """One fill: shares, dollars a share, dollars of commission, UTC."""

    exec_id: ExecId
    cl_ord_id: ClOrdId
    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal
    commission: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """How one cycle went.

    Attributes:
        status: How it ended.
        reason: One plain sentence, or "" when all is well.
        exit_code: 0, 1, 3 or 4 as the command line promises.
        cycle_id: The cycle's name.
        session: The day it was for.
        strategies: What each strategy said, sorted.
        orders: Every order of the plan, in the plan's order, then those refused before.
        fills: Every fill, in order of arrival.
        exits: Positions that their rules gave up.
        sized: Weights that sizing cut before any limit.
        limited: Every limit that bound.
        reconciled: Whether books and broker agreed at the end.
        breaks: Where they did not.
        digest: SHA-256 of the decision and the fills, or "" when nothing was decided.
    """

    status: CycleStatus
    reason: str = ""
    exit_code: int
    cycle_id: CycleId
    session: date
    strategies: tuple[StrategyLine, ...] = ()
    orders: tuple[OrderLine, ...] = ()
    fills: tuple[FillLine, ...] = ()
    exits: tuple[PositionExited, ...] = ()
    sized: tuple[TargetSized, ...] = ()
    limited: tuple[Limited, ...] = ()
    reconciled: bool = False
    breaks: tuple[Break, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalsReport:
    """What each strategy wants as of one session, and by which timing."""

    as_of: date
    timing: TimingContract
    strategies: tuple[StrategyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """What a cycle would do; nothing was sent or recorded.

    Attributes:
        as_of: The session planned for.
        timing: When it is decided and traded, on which bars and at which price.
        orders: What would be sent.
        refused: Orders that the last gate would refuse.
        plan_refused: Reasons why nothing at all would be sent.
        limited: Every limit that would bind.
        target: What each book wants of each symbol.
        strategies: What each strategy said.
        transfers: What would move between the house and the books before.
        stopped: Why a cycle would trade nothing, since the account is not as the books have it, or
            "".
    """

    as_of: date
    timing: TimingContract
    orders: tuple[PlannedOrder, ...] = ()
    refused: tuple[tuple[NewOrderSingle, Violation], ...] = ()
    plan_refused: tuple[Violation, ...] = ()
    limited: tuple[Limited, ...] = ()
    target: tuple[Contribution, ...] = ()
    strategies: tuple[StrategyLine, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    stopped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """One book.

    Attributes:
        book: Whose.
        cash: Dollars.
        equity: Dollars, or None when a position has no mark.
        positions: Shares by symbol, sorted.
        profit: Where the equity comes from.
        lots: What is held, by symbol and then oldest first.
    """

    book: BookId
    cash: Decimal
    equity: Decimal | None
    positions: tuple[tuple[Symbol, Decimal], ...]
    profit: Profit
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Where things stand.

    Attributes:
        state: How much the engine may do.
        reason: Why it is halted, or "".
        equity: The broker's equity, dollars.
        cash: The broker's cash, dollars.
        positions: The broker's positions, sorted by symbol.
        books: Every book, sorted.
        orders: Orders of the last planned session, with those that sold everything in it.
        session: That session, or None.
        breaks: Differences between books and broker now.
        changes: What the owner has changed of strategies, sorted by strategy.
        owed: Strategies whose books are still to be brought to their weight, sorted.
    """

    state: TradingState
    reason: str
    equity: Decimal
    cash: Decimal
    positions: tuple[tuple[Symbol, Decimal], ...]
    books: tuple[BookLine, ...]
    orders: tuple[OrderLine, ...]
    session: date | None
    breaks: tuple[Break, ...]
    changes: tuple[StrategyChanged, ...] = ()
    owed: tuple[StrategyId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """What `halt` or `resume` did.

    Attributes:
        state: The state afterwards.
        reason: One sentence: why it changed, or why the change was refused.
        refused: Whether the change was refused.
    """

    state: TradingState
    reason: str
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an order, or all orders of a cycle, came to be.

    Attributes:
        cycle_id: The cycle.
        session: Its session.
        orders: The orders explained.
        contributions: What each book wanted of their symbols.
        strategies: What the strategies behind them said, with traces.
        limited: Limits that bound their symbols.
        reason: Why, where it was no strategy, or "".
        sources: How two sources of market data compared, and what they did not agree on.
    """

    cycle_id: CycleId
    session: date
    orders: tuple[OrderLine, ...]
    contributions: tuple[Contribution, ...]
    strategies: tuple[StrategyLine, ...]
    limited: tuple[Limited, ...]
    reason: str = ""
    sources: tuple[SourceRecord, ...] = ()
