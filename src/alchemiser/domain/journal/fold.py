"""From records to the engine's state; start-up and crash recovery are this one path."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, cast

from alchemiser.domain.books.history import Entry
from alchemiser.domain.books.ledger import Books, Posting, cross, post
from alchemiser.domain.execution import facts
from alchemiser.domain.journal.account_records import AccountRecord, ActivityBooked, FillTakenBack
from alchemiser.domain.journal.accounting import Accounting
from alchemiser.domain.journal.adjustments import PositionExited, TargetSized
from alchemiser.domain.journal.allocations import AllocationRecord, Allocations, StrategyChanged
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.records import (
    BreakFound,
    CycleFinished,
    CycleKind,
    CycleStarted,
    EntryPosted,
    InputsTaken,
    OrderPlanned,
    PortfolioAssessed,
    Reconciled,
    Record,
    Stage,
    StrategyFailed,
    StrategyUndecided,
    SymbolBlocked,
    TargetDecided,
    TargetsConsolidated,
)
from alchemiser.domain.journal.restrictions import ControlOverridden, LimitsInForce
from alchemiser.domain.journal.source_records import QuorumMissed, SourcesCompared
from alchemiser.domain.journal.standing import Standing, StandingRecord
from alchemiser.domain.journal.withheld import Withheld
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import AccountId, BookId, ClOrdId, StrategyId, Symbol

_entry: Final = maker(Entry)


@dataclass(slots=True)
class EngineState:
    """Hold everything that the records say.

    Attributes:
        books: Every book.
        entries: Every posting that made them, oldest first.
        standing: What restricts trading, and the past by which it is judged.
        allocations: What the owner has changed of the strategies.
        opened: The session in which each position of each book was opened.
        limits: The limits that the last decision rested on, or None before the first.
        withheld: What strategies want and their books do not buy.
        cycles: Every cycle by its session.
        liquidations: Every attempt to sell everything by its session, oldest first.
        current: The cycle that was started last, or None.
        account: Whose journal it is, or None before the first cycle.
        last_planned: The latest session with a plan, or None.
        rebalanced: The latest session in which each strategy's book was traded to its own target.
        accounting: What is known of the account besides our orders.
        silent: Sessions in a row up to the last one in which each strategy did not decide itself.
        last_at: Time of the last record, UTC, or None in an empty journal.
    """

    books: Books = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)
    allocations: Allocations = field(default_factory=Allocations)
    opened: dict[BookId, dict[Symbol, date]] = field(default_factory=dict)
    limits: LimitsInForce | None = None
    withheld: Withheld = field(default_factory=Withheld)
    cycles: dict[date, CycleState] = field(default_factory=dict)
    liquidations: dict[date, list[CycleState]] = field(default_factory=dict)
    current: CycleState | None = None
    account: AccountId | None = None
    last_planned: date | None = None
    rebalanced: dict[StrategyId, date] = field(default_factory=dict)
    accounting: Accounting = field(default_factory=Accounting)
    silent: dict[StrategyId, int] = field(default_factory=dict)
    last_at: datetime | None = None

    @property
    def state(self) -> TradingState:
        """How much the engine may do."""
        return self.standing.state()

    def apply(self, record: Record, at: datetime) -> None:
        """Change the state by one record made at `at`.

        Raises:
            InvalidTransitionError: When the record cannot follow.
        """
        self.last_at = at
        match record:
            case _ if type(record) in facts.FACTS:
                self._apply_fact(self.cycle(), cast("facts.Fact", record), at)
            case CycleStarted():
                self._start(record)
            case EntryPosted(postings=postings):
                session = None if self.current is None else self.current.started.session
                self.standing.fund(postings, session)
                self._post(postings)
            case _ if isinstance(record, StandingRecord | AllocationRecord | LimitsInForce):
                self._change(record)
            case _ if isinstance(record, AccountRecord):
                self._account(record)
            case BreakFound() | Reconciled():
                self._compare(record)
            case ControlOverridden():
                pass
            case _:
                self._apply_to_cycle(self.cycle(), record)

    def _change(self, record: StandingRecord | AllocationRecord | LimitsInForce) -> None:
        """Take note of what breakers and people have changed."""
        if isinstance(record, LimitsInForce):
            self.limits = record
        elif isinstance(record, AllocationRecord):
            self.allocations.apply(record)
            if isinstance(record, StrategyChanged):
                self.withheld.change(record)
        else:
            self.standing.apply(record)

    def _start(self, record: CycleStarted) -> None:
        if record.kind is CycleKind.LIQUIDATION:
            self._liquidate(record)
            return
        known = self.cycles.get(record.session)
        if known is not None and known.is_over():
            msg = f"session {record.session} is over: nothing is decided twice."
            raise InvalidTransitionError(msg)
        self.account = record.account
        resumed = known is not None and known.finished is None
        self.current = known if resumed else CycleState(started=record)
        self.cycles[record.session] = self.cycle()

    def _liquidate(self, record: CycleStarted) -> None:
        self.account = record.account
        self.current = CycleState(started=record)
        self.liquidations.setdefault(record.session, []).append(self.current)

    def cycle(self) -> CycleState:
        """Return the cycle that was started last.

        Raises:
            InvalidTransitionError: When none was started.
        """
        if self.current is None:
            msg = "the record belongs to a cycle, and none was started."
            raise InvalidTransitionError(msg)
        return self.current

    def _account(self, record: AccountRecord) -> None:
        """Post what happened in the account; what was sold by hand is not bought again."""
        session = None if self.current is None else self.current.started.session
        postings = self.accounting.apply(record)
        self.standing.fund(postings, session)
        day, order = None, None
        if isinstance(record, ActivityBooked) and self.last_at is not None:
            # Whatever day a broker says, it happened before it was told.
            day = min(record.activity.day, self.last_at.date())
            order = record.activity.cl_ord_id  # its executions are one trade
        elif isinstance(record, FillTakenBack):
            day, order = record.session, record.order
            self.standing.take_back(record.session, record.exec_id)
            for cycle in self.cycles_of(record.session):
                cycle.take_back(record.exec_id)
        self._post(postings, order, day)
        self.withheld.sell(postings)

    def _compare(self, record: BreakFound | Reconciled) -> None:
        breaks = record.breaks if isinstance(record, BreakFound) else ()
        self.accounting.breaks = breaks
        if record.stage is Stage.BETWEEN:
            return
        cycle = self.cycle()
        cycle.breaks = record if isinstance(record, BreakFound) else None
        cycle.reconciled_after = record.stage is Stage.AFTER and not breaks

    def _apply_to_cycle(self, cycle: CycleState, record: Record) -> None:
        match record:
            case InputsTaken():
                cycle.take(record)
                self.accounting.acted = record.session
            case SourcesCompared():
                cycle.sources = record
            case SymbolBlocked(symbol=symbol):
                cycle.blocked[symbol] = record
            case CycleFinished():
                cycle.finished = record
                self.standing.finish(cycle.started.session, record, cycle.answers.values())
                self._count_silence(cycle)
            case _:
                self._apply_decision(cycle, record)

    def sent(self, session: date) -> set[ClOrdId]:
        """Return the name of every order of `session` that is known to have been intended."""
        told = (fact for cycle in self.cycles_of(session) for _, fact in cycle.facts)
        return {fact.order.cl_ord_id for fact in told if isinstance(fact, facts.OrderIntended)}

    def cycles_of(self, session: date) -> Iterator[CycleState]:
        """Yield the cycle of `session`, and then each time that everything was to be sold."""
        own = self.cycles.get(session)
        yield from () if own is None else (own,)
        yield from self.liquidations.get(session, ())

    def _apply_decision(self, cycle: CycleState, record: Record) -> None:
        match record:
            case TargetDecided() | StrategyUndecided() | StrategyFailed():
                cycle.answers[record.strategy] = record
            case PositionExited():
                cycle.exits.append(record)
            case TargetSized():
                cycle.sized.append(record)
            case QuorumMissed():
                cycle.dissents.append(record)
            case TargetsConsolidated(contributions=contributions):
                cycle.contributions = contributions
            case PortfolioAssessed(limited=limited, refused=refused):
                cycle.limited, cycle.refused = limited, refused
            case OrderPlanned(plan=plan):
                self._plan(cycle, plan)
            case _:
                pass

    def _plan(self, cycle: CycleState, plan: OrderPlan) -> None:
        if cycle.plan is not None:
            msg = f"session {plan.session} is already planned: there is no second plan in it."
            raise InvalidTransitionError(msg)
        cycle.plan = plan
        if cycle.started.kind is CycleKind.LIQUIDATION:
            return
        self.last_planned = plan.session
        self.withheld.plan(cycle)
        for name, answer in cycle.answers.items():
            if isinstance(answer, TargetDecided) and answer.instead_of:
                # What fell back returns to its own target as soon as it decides.
                self.rebalanced.pop(name, None)
            elif isinstance(answer, TargetDecided) and not (answer.resting or cycle.refused):
                self.rebalanced[name] = plan.session
        for crossing in plan.crossings:
            self._post(cross(crossing))

    def _count_silence(self, cycle: CycleState) -> None:
        for name, answer in cycle.answers.items():
            decided = isinstance(answer, TargetDecided) and not answer.instead_of
            self.silent[name] = 0 if decided else self.silent.get(name, 0) + 1

    def _apply_fact(self, cycle: CycleState, record: facts.Fact, at: datetime) -> None:
        cycle.facts.append((at, record))
        if isinstance(record, facts.ExecutionReported):
            self._fill(cycle, record.report)
        elif isinstance(record, facts.OrderIntended):
            cycle.adopt(record.order)
            self.standing.send(cycle.started)
        elif isinstance(record, facts.FillAllocated):
            self._post(record.postings, cycle.parents.get(record.cl_ord_id, record.cl_ord_id))

    def _fill(self, cycle: CycleState, report: ExecutionReport) -> None:
        """Keep the fills that stand; one may be taken back before it is told."""
        session, taken_back = cycle.started.session, report.exec_ref_id
        if taken_back is not None:
            cycle.take_back(taken_back)
            self.standing.take_back(session, taken_back)
        if report.last_qty and report.exec_id not in cycle.void:
            cycle.fills.append(report)
            self.standing.trade(session, report)

    def _post(
        self,
        postings: Iterable[Posting],
        order: ClOrdId | None = None,
        day: date | None = None,
    ) -> None:
        """Post, and remember what, and since when each book has held what it holds."""
        postings = tuple(postings)
        post(self.books, postings)
        if day is None and self.last_at is not None:
            day = self.last_at.date() if self.current is None else self.current.started.session
        for posting in postings:
            if day is not None:
                self.entries.append(_entry(day=day, posting=posting, order=order))
            name, since = posting.symbol, self.opened.setdefault(posting.book, {})
            if name is None:
                continue
            if name not in self.books[posting.book].positions:
                since.pop(name, None)
            elif self.current is not None:
                since.setdefault(name, self.current.started.session)
