"""One session of trading, from the lease to the report: the line that everything hangs on."""

from datetime import date

from alchemiser.application.deciding import deliberate
from alchemiser.application.decision_records import decision_records
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import Analyst, FreshAnalyst, TakenInputs, take_inputs
from alchemiser.application.ledger import Ledger
from alchemiser.application.outcome import Ending, after_trading, no_decision, report
from alchemiser.application.report import CycleReport
from alchemiser.application.shell import Shell
from alchemiser.domain.books.reconciliation import Break, reconcile
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.journal.fold import CycleState
from alchemiser.domain.journal.records import (
    BreakFound,
    CycleFinished,
    CycleStarted,
    EntryPosted,
    InputsTaken,
    Reconciled,
    Record,
    Stage,
    SymbolBlocked,
    TradingHalted,
)
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import cycle_id
from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import LeaseHeldError, PortError, PortUnavailableError


async def run_cycle(engine: Engine, day: date, analyst: Analyst | None = None) -> CycleReport:
    """Trade the session of `day` once, or go on where an interrupted run stopped.

    Start-up and crash recovery are this one path: fold the journal, ask the broker about what is
    unknown, reconcile, go on. Business outcomes are in the report.

    Args:
        engine: The account's engine.
        day: The session's label.
        analyst: Prepares the market; by default bars are fetched, kept and gated anew.

    Raises:
        SettingsError: When the journal belongs to another account or cannot be written.
        PortError: When broker or journal fail in a way that leaves nothing to report.
    """
    try:
        with engine.lease.hold(engine.broker.lease_key()):
            cycle = Cycle(engine, Ledger(engine.journal), analyst or FreshAnalyst())
            return await cycle.run(day)
    except LeaseHeldError as error:
        name = cycle_id(engine.broker.account_id(), day)
        return report(name, day, None, Ending.skipped(str(error)))


class Cycle:
    """Run one cycle under the account's lease."""

    def __init__(self, engine: Engine, ledger: Ledger, analyst: Analyst) -> None:
        """Work with `engine`, recording through `ledger`."""
        self._engine = engine
        self._ledger = ledger
        self._analyst = analyst
        self._account = engine.broker.account_id()

    async def run(self, day: date) -> CycleReport:
        """Return how the session of `day` went.

        Raises:
            SettingsError: When the journal belongs to another account or cannot be written.
            PortError: When broker or journal fail in a way that leaves nothing to report.
        """
        refusal = self._refusal(day)
        if refusal:
            return self._report(day, Ending.skipped(refusal))
        self._ledger.take_over()
        unfinished = await self._finish_earlier(day)
        if unfinished is not None:
            return unfinished
        self._import_halt()
        session = self._engine.calendar.session(day)
        self._start(day)
        closed = self._closed(session, day)
        if closed or session is None:
            return self._finish(day, Ending.skipped(closed))
        plan = self._current().plan or await self._decide(session)
        if isinstance(plan, Ending):
            return self._finish(day, plan)
        return self._finish(day, await self._work(session, plan))

    def _refusal(self, day: date) -> str:
        """Return why the session must not even be started, or "".

        Raises:
            SettingsError: When the journal belongs to another account.
        """
        state = self._ledger.state
        if state.account not in (None, self._account):
            msg = (
                f"the journal belongs to account {state.account}, the broker is {self._account}: "
                "give each account a journal of its own."
            )
            raise SettingsError(msg)
        if day in state.cycles and state.cycles[day].is_over():
            return f"session {day} is already finished: nothing is decided twice."
        if state.last_planned is not None and day < state.last_planned:
            return f"session {state.last_planned} is already traded: {day} lies before it."
        return ""

    def _closed(self, session: Session | None, day: date) -> str:
        """Return why the session cannot be traded now, or ""."""
        state, cycle = self._ledger.state, self._current()
        if session is None:
            return f"{day} is not a session of the exchange: name a trading day."
        if cycle.plan is not None:
            # What was sent is followed to its end, halted or after the close; the machine knows
            # what may not be sent any more.
            return ""
        if state.state is TradingState.HALTED and state.halt is not None:
            reason = f"{state.halt.reason} ({state.halt.actor})"
            return f"trading is halted: {reason}; lift it with `alchemiser resume --reason`."
        now = self._engine.clock.now()
        if not session.is_open(now):
            return f"the session of {day} is not open at {now.isoformat()}."
        return ""

    async def _finish_earlier(self, day: date) -> CycleReport | None:
        """Bring an interrupted earlier session to its end; return its report when that fails."""
        cycle = self._ledger.state.current
        if cycle is None or cycle.finished is not None or cycle.started.session == day:
            return None
        earlier = cycle.started.session
        session = self._engine.calendar.session(earlier)
        if cycle.plan is None or session is None:
            self._finish(earlier, Ending.skipped("interrupted before its plan"))
            return None
        ending = await self._work(session, cycle.plan)
        finished = self._finish(earlier, ending)
        return finished if ending.exit_code == Ending.UNKNOWN else None

    def _import_halt(self) -> None:
        """Take a halt that was set without the engine into the chain; unreadable is halted."""
        if self._ledger.state.state is TradingState.HALTED:
            return
        try:
            request = self._engine.control.halt_request()
        except PortUnavailableError as error:
            self._record(TradingHalted(actor="engine", reason=str(error)))
            return
        if request is not None:
            self._record(TradingHalted(actor=request.actor, reason=request.reason))

    def _start(self, day: date) -> None:
        engine = self._engine
        self._record(
            CycleStarted(
                cycle_id=cycle_id(self._account, day),
                session=day,
                account=self._account,
                mode=engine.mode.value,
                code=engine.identity.code,
                configuration=engine.identity.configuration,
                plugins=tuple((row.strategy_id, row.content_hash) for row in engine.strategies),
            )
        )

    async def _decide(self, session: Session) -> OrderPlan | Ending:
        """Decide, record and return the whole plan, or return why the cycle ends without one."""
        try:
            taken = await take_inputs(self._engine, session, self._analyst)
        except PortError as error:
            return Ending.skipped(f"the inputs could not be read: {error}")
        breaks = self._compare(taken)
        self._record(*_input_records(session, taken), *self._comparison(breaks))
        if breaks:
            return Ending.broken(breaks)
        deliberation = deliberate(self._engine, self._ledger.state, session, taken)
        answers, rest = decision_records(deliberation.decision, self._engine)
        if not deliberation.decided():
            self._record(*answers)
            return no_decision(self._current())
        entries = [
            EntryPosted(reason=reason, postings=postings)
            for reason, postings in (
                ("opening", deliberation.opening),
                ("funding", deliberation.funding),
            )
            if postings
        ]
        self._record(*entries, *answers, *rest)
        return deliberation.decision.plan

    def _compare(self, taken: TakenInputs) -> tuple[Break, ...]:
        books = self._ledger.state.books
        return reconcile(books, taken.account) if books else ()

    def _comparison(self, breaks: tuple[Break, ...]) -> tuple[Record, ...]:
        if breaks:
            return (BreakFound(stage=Stage.BEFORE, breaks=breaks),)
        return (Reconciled(stage=Stage.BEFORE),)

    async def _work(self, session: Session, plan: OrderPlan) -> Ending:
        """Work `plan` to its end, from where its records stand, and compare books and broker."""
        execution = self._current().execution(plan)
        machine = Machine(execution, self._rules(session, execution), self._engine.execution)
        await Shell(self._engine, self._ledger, machine).work()
        account = await self._engine.calls.call(self._engine.broker.account)
        breaks = reconcile(self._ledger.state.books, account)
        unresolved = machine.unresolved()
        if breaks:
            self._record(BreakFound(stage=Stage.AFTER, breaks=breaks))
        elif not unresolved:
            self._record(Reconciled(stage=Stage.AFTER))
        ending = after_trading(self._current(), execution, unresolved, breaks)
        if ending.exit_code == Ending.UNKNOWN:
            self._record(TradingHalted(actor="engine", reason=ending.reason))
        return ending

    def _rules(self, session: Session, execution: ExecutionState) -> ReleaseRules:
        names = {work.planned.symbol for work in execution.works.values()}
        for book in self._ledger.state.books.values():
            names |= book.positions.keys()
        return ReleaseRules(
            state=self._ledger.state.state,
            session=session,
            instruments={name: self._engine.reference.instrument(name) for name in sorted(names)},
            limits=self._engine.policy.limits,
        )

    def _finish(self, day: date, ending: Ending) -> CycleReport:
        """Report; a cycle with an unknown outcome stays open, so that the next run asks again."""
        if not ending.open:
            finished = CycleFinished(
                cycle_id=cycle_id(self._account, day),
                status=ending.status,
                reason=ending.reason,
                finished_at=self._engine.clock.now(),
            )
            self._record(finished)
        self._alert(ending)
        return self._report(day, ending)

    def _report(self, day: date, ending: Ending) -> CycleReport:
        cycle = self._ledger.state.cycles.get(day)
        return report(cycle_id(self._account, day), day, cycle, ending)

    def _alert(self, ending: Ending) -> None:
        for alert in ending.alerts(self._current()):
            self._engine.notifier.notify(alert)

    def _current(self) -> CycleState:
        return self._ledger.state.cycle()

    def _record(self, *new: Record) -> None:
        self._ledger.record(new, at=self._engine.clock.now())


def _input_records(session: Session, taken: TakenInputs) -> tuple[Record, ...]:
    inputs = InputsTaken(
        session=session.day,
        bars=taken.analysis.bars,
        provisional=taken.provisional,
        quotes=taken.quotes,
        account=taken.account,
    )
    blocked = tuple(
        SymbolBlocked(symbol=finding.symbol, code=finding.code.value, detail=finding.text)
        for finding in taken.analysis.findings
        if finding.blocks
    )
    return (inputs, *blocked)
