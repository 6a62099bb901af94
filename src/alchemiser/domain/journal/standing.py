"""What the records say of how much may be done: halts, breakers, and what they are judged by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Final

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleKind,
    CycleStarted,
    CycleStatus,
    StrategyFailed,
    TargetDecided,
)
from alchemiser.domain.journal.restrictions import (
    BreakerTripped,
    EquityMarked,
    LiveConfirmed,
    TradingHalted,
    TradingReduced,
    TradingResumed,
)
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.risk.breakers import Latch
from alchemiser.domain.risk.history import Anchors, Execution
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.risk.track import Track
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import AccountId, BookId, ExecId, StrategyId
from alchemiser.domain.values.numbers import ZERO

SESSIONS_KEPT = 64
"""Sessions whose trades are remembered for the checks that count them."""

_execution: Final = maker(Execution)
_FLOWS = frozenset({PostingKind.FUNDING, PostingKind.TRANSFER})

StandingRecord = (
    EquityMarked | BreakerTripped | TradingReduced | TradingHalted | TradingResumed | LiveConfirmed
)


@dataclass(slots=True)
class Standing:
    """Hold what restricts trading, and the past by which it is judged.

    Attributes:
        halt: The record of the standing halt, or None.
        reduced: The record of the standing order to buy nothing, or None.
        latch: The breakers that stand.
        account: The account's past.
        books: Each strategy's past.
        executions: Our trades that stand by session and by report, oldest first.
        failing: Sessions in a row in which something failed, by what failed.
        confirmed: The account that a person wants traded with real money, or None.
        first_live: The first session in which an order for real money was meant, or None.
    """

    halt: TradingHalted | None = None
    reduced: TradingReduced | None = None
    latch: Latch = field(default_factory=Latch)
    account: Track = field(default_factory=Track)
    books: dict[BookId, Track] = field(default_factory=dict)
    executions: dict[date, dict[ExecId, Execution]] = field(default_factory=dict)
    failing: dict[str, set[date]] = field(default_factory=dict)
    confirmed: AccountId | None = None
    first_live: date | None = None

    def state(self) -> TradingState:
        """Return the strictest state that anything asks for."""
        latched = self.latch.state()
        if self.halt is not None or latched is TradingState.HALTED:
            return TradingState.HALTED
        return latched if self.reduced is None else TradingState.REDUCING

    def reason(self) -> str:
        """Return why trading is restricted, in plain words, or ""."""
        people = (one for one in (self.halt, self.reduced) if one is not None)
        told = [f"{one.reason} ({one.actor})" for one in people]
        return "; ".join([*told, *self.latch.reasons()])

    def traded(self, sessions: Iterable[date]) -> tuple[Execution, ...]:
        """Return our trades that stand of `sessions`, in their order."""
        kept = (self.executions[day].values() for day in sessions if day in self.executions)
        return tuple(chain.from_iterable(kept))

    def anchors(self, session: date) -> Anchors:
        """Return the account's equity from which losses are measured in `session`."""
        track = self.account
        if not track.units:
            return Anchors()
        earlier = [value for day, value in track.closes if day < session]
        last = earlier[-1] * track.units if earlier else None
        return Anchors(last_close=last, peak=track.peak * track.units)

    def apply(self, record: StandingRecord) -> None:
        """Change by one record."""
        match record:
            case EquityMarked():
                self._mark(record)
            case BreakerTripped(trip=trip):
                self.latch.add(trip)
            case TradingReduced():
                self.reduced = record
            case TradingHalted():
                self.halt = record
            case TradingResumed():
                self._resume()
            case LiveConfirmed(account=account):
                self.confirmed = account

    def _mark(self, record: EquityMarked) -> None:
        if not self.account.units:
            self.account.flow(record.equity)
        self.account.observe(record.session, record.equity)
        for name, equity in record.books:
            self.books.setdefault(name, Track()).observe(record.session, equity)

    def _resume(self) -> None:
        """Lift everything; a loss that stopped trading is measured anew from here.

        Other losses are still measured from where they were: a halt for maintenance forgives none.
        """
        losing: set[str | None] = {
            trip.strategy for trip in self.latch.standing.values() if trip.is_loss()
        }
        self.halt = self.reduced = None
        self.latch.clear()
        if None in losing:
            self.account.rebase()
        for name, track in self.books.items():
            if name in losing:
                track.rebase()
        self.failing.clear()

    def fund(self, postings: Iterable[Posting], session: date | None) -> None:
        """Take note of money that came into a book or left it, which is neither gain nor loss.

        Deposits and withdrawals are such, and what one book gives another.

        What all books together gained came from outside the account. What a new book is given in
        `session` is what its first loss is measured from.
        """
        moved = [one for one in postings if one.kind in _FLOWS and one.symbol is None]
        for posting in moved:
            track = self.books.setdefault(posting.book, Track())
            track.flow(posting.cash)
            if session is not None and not track.closes:
                track.observe(session, track.units * track.value)
        if self.account.units:
            self.account.flow(sum((posting.cash for posting in moved), ZERO))

    def send(self, started: CycleStarted) -> None:
        """Take note of an order that is about to be sent in a session's own cycle."""
        if started.mode == "live" and self.first_live is None:
            own = started.kind is CycleKind.SESSION
            self.first_live = started.session if own else None

    def trade(self, session: date, report: ExecutionReport) -> None:
        """Take note of one fill."""
        if session not in self.executions and len(self.executions) == SESSIONS_KEPT:
            self.executions.pop(next(iter(self.executions)))
        execution = _execution(
            session=session,
            symbol=report.symbol,
            side=report.side,
            quantity=report.last_qty,
            price=report.last_px,
        )
        self.executions.setdefault(session, {})[report.exec_id] = execution

    def take_back(self, session: date, fill: ExecId) -> None:
        """Forget one fill of `session`, if it is known."""
        self.executions.get(session, {}).pop(fill, None)

    def finish(self, session: date, record: CycleFinished, answers: Iterable[object]) -> None:
        """Count in how many sessions in a row cycles and strategies have failed.

        A session that is tried again counts once.
        """
        if record.status is not CycleStatus.SKIPPED:
            self._count("cycle", session, failed=record.status is CycleStatus.FAILED)
        self._count("unread", session, failed=record.unread)
        for answer in answers:
            if isinstance(answer, StrategyFailed | TargetDecided):
                failed = isinstance(answer, StrategyFailed)
                self._count(f"strategy {answer.strategy}", session, failed=failed)

    def failures_of(self, strategy: StrategyId) -> int:
        """Return in how many sessions in a row `strategy` has failed."""
        return len(self.failing.get(f"strategy {strategy}", ()))

    def failed_cycles(self) -> int:
        """Return how many sessions in a row have failed."""
        return len(self.failing.get("cycle", ()))

    def unread(self) -> int:
        """Return in how many sessions in a row the inputs could not be read."""
        return len(self.failing.get("unread", ()))

    def unread_with(self, session: date) -> int:
        """Return the same when those of `session` cannot be read either."""
        return len({*self.failing.get("unread", ()), session})

    def _count(self, what: str, session: date, *, failed: bool) -> None:
        if failed:
            self.failing.setdefault(what, set()).add(session)
        else:
            self.failing.pop(what, None)
