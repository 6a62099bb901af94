"""One session of trading, from the lease to the report: the line that everything hangs on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from alchemiser.application.admission import (
    closed,
    halted,
    overridden,
    owners_brake,
    refusal,
)
from alchemiser.application.agreement import agree
from alchemiser.application.deciding import deliberate
from alchemiser.application.decision_records import decision_records, input_records
from alchemiser.application.ending import Ending, decision_alerts
from alchemiser.application.engine import Engine
from alchemiser.application.funding import given_back
from alchemiser.application.going_live import first_day_alerts
from alchemiser.application.inputs import Analysis, Analyst, FreshAnalyst, recalled
from alchemiser.application.ledger import Ledger
from alchemiser.application.liquidation import Liquidation
from alchemiser.application.obeying import Obeying
from alchemiser.application.outcome import (
    Ended,
    after_trading,
    before_deciding,
    no_decision,
)
from alchemiser.application.past import risk_history
from alchemiser.application.reading import read_inputs, source_alerts
from alchemiser.application.releasing import release_rules
from alchemiser.application.report import CycleReport
from alchemiser.application.shell import Shell
from alchemiser.application.strategies import as_changed
from alchemiser.application.watching import (
    Watched,
    unguarded,
    watch_after,
    watch_before,
    watch_limits,
    watch_unread,
)
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleKind,
    CycleStarted,
    Record,
    Stage,
)
from alchemiser.domain.journal.restrictions import TradingHalted
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.risk.breakers import Action
from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import cycle_id
from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import AuthenticationError, LeaseHeldError, PortError
from alchemiser.ports.notifier import Alert, Severity


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
            return (await cycle.run(day)).report()
    except LeaseHeldError as error:
        name = cycle_id(engine.broker.account_id(), day)
        ending = Ending.skipped(str(error))
        return Ended(cycle_id=name, session=day, cycle=None, ending=ending).report()


class Cycle:
    """Run one cycle under the account's lease."""

    def __init__(self, engine: Engine, ledger: Ledger, analyst: Analyst) -> None:
        """Work with `engine`, recording through `ledger`."""
        self._engine = as_changed(engine, ledger.state)
        self._ledger = ledger
        self._analyst = analyst
        self._account = engine.broker.account_id()
        self._analysis: Analysis | None = None
        self._history: RiskHistory | None = None

    async def run(self, day: date) -> Ended:
        """Return how the session of `day` went.

        Raises:
            SettingsError: When the journal belongs to another account or cannot be written.
            PortError: When broker or journal fail in a way that leaves nothing to report.
        """
        refused = refusal(self._ledger.state, self._account, day)
        if refused:
            return self._ended(day, Ending.skipped(refused))
        self._ledger.take_over()
        self._history = None
        self._note(watch_limits(self._engine, self._ledger.state))
        unfinished = await self._finish_earlier(day)
        if unfinished is not None:
            return unfinished
        self._import_brake()
        session = self._engine.calendar.session(day)
        self._start(day)
        ended = self._finish(day, await self._trade(session, day))
        await self._get_out(session)
        return ended

    async def _trade(self, session: Session | None, day: date) -> Ending:
        shut = closed(self._engine, self._ledger.state, session, day)
        if shut or session is None:
            return Ending.skipped(shut)
        plan = self._current().plan or await self._decide(session)
        return plan if isinstance(plan, Ending) else await self._work(session, plan)

    async def _get_out(self, session: Session | None) -> None:
        """Sell everything when a breaker stands that asks for it."""
        standing = self._ledger.state.standing
        if session is None or standing.latch.action() is not Action.LIQUIDATE or standing.halt:
            return
        found = await Liquidation(self._engine, self._ledger, Obeying.THE_BRAKE).run(session)
        text = f"a breaker sells everything: {len(found.fills)} fills. {found.sentence()}"
        alert = Alert(severity=Severity.CRITICAL, code="liquidated", text=text.strip())
        self._engine.notifier.notify(alert)

    async def _finish_earlier(self, day: date) -> Ended | None:
        """Bring an interrupted earlier session to its end; return it when that fails."""
        cycle = self._ledger.state.current
        own = cycle is not None and cycle.started.kind is CycleKind.SESSION
        if cycle is None or (own and cycle.started.session == day):
            return None
        return await self.end_unfinished()

    async def end_unfinished(self) -> Ended | None:
        """Follow what an interrupted cycle sent to its end; return it when that fails.

        Raises:
            PortError: When broker or journal fail in a way that leaves nothing to report.
        """
        cycle = self._ledger.state.current
        if cycle is None or cycle.finished is not None:
            return None
        earlier = cycle.started.session
        session = self._engine.calendar.session(earlier)
        if cycle.plan is None or session is None:
            self._finish(earlier, Ending.skipped("interrupted before its plan"))
            return None
        finished = self._finish(earlier, await self._work(session, cycle.plan))
        return finished if finished.ending.exit_code == Ending.UNKNOWN else None

    def _import_brake(self) -> None:
        """Take a brake that was set without the engine into the chain."""
        brake = owners_brake(self._engine, self._ledger.state)
        if brake is not None:
            self._record(brake)

    def _start(self, day: date) -> None:
        engine, self._analysis = self._engine, None
        self._record(
            CycleStarted(
                cycle_id=cycle_id(self._account, day),
                session=day,
                account=self._account,
                mode=engine.mode.value,
                code=engine.identity.code,
                configuration=engine.identity.configuration,
                plugins=tuple((row.strategy_id, row.content_hash) for row in engine.strategies),
            ),
            *overridden(engine),
        )

    async def _decide(self, session: Session) -> OrderPlan | Ending:
        """Decide, record and return the whole plan, or return why the cycle ends without one."""
        state = self._ledger.state
        try:
            agreed, taken = await read_inputs(self._engine, state, session, self._analyst)
        except PortError as error:
            self._note(watch_unread(self._engine, state, session))
            return Ending.unread(f"the inputs could not be read: {error}")
        self._analysis = taken.analysis
        taken_records = input_records(session, taken)
        self._record(*agreed.news, *taken_records, agreed.compared(Stage.BEFORE))
        self._tell((*agreed.alerts(), *source_alerts(state, session, taken)))
        ended = before_deciding(agreed)
        if ended is not None:
            return self._stopped(ended) if agreed.strangers else ended
        self._note(watch_before(self._engine, state, session, taken))
        if state.state is TradingState.HALTED:
            return Ending.skipped(halted(state.standing))
        self._tell(first_day_alerts(self._engine, state, session.day))
        deliberation = deliberate(self._engine, self._ledger.state, session, taken)
        self._history = deliberation.history
        answers, rest = decision_records(deliberation.decision, self._engine)
        self._tell(unguarded(deliberation.decision.shaped))
        decided = deliberation.decided()
        opened = (*agreed.opening, *deliberation.entries()) if decided else ()
        self._record(*opened, *answers, *(rest if decided else ()))
        self._tell(decision_alerts(self._current()))
        return deliberation.decision.plan if decided else no_decision(self._current())

    def _tell(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            self._engine.notifier.notify(alert)

    def _stopped(self, ending: Ending) -> Ending:
        halt = self._ledger.state.standing.halt
        if ending.open and halt is not None and halt.reason == ending.reason:
            return replace(ending, repeated=True)
        self._record(TradingHalted(actor="engine", reason=ending.reason))
        return ending

    async def _work(self, session: Session, plan: OrderPlan) -> Ending:
        """Work `plan` to its end, from where its records stand, and compare books and broker."""
        execution = self._current().execution(plan)
        state, history = self._ledger.state, self._past(session)
        rules = release_rules(self._engine, state, session, execution, history)
        machine = Machine(execution, rules, self._engine.execution)
        try:
            await Shell(self._engine, self._ledger, machine).work()
        except AuthenticationError as error:  # the shell has halted trading
            return Ending.unproved(str(error))
        try:
            agreed = await agree(self._engine, state, session.day)
        except AuthenticationError as error:
            return self._stopped(Ending.unproved(str(error)))
        except PortError as error:
            return Ending.unproved(str(error))
        known = {(row.symbol, row.difference()) for row in state.accounting.breaks}
        unresolved = machine.unresolved()
        # While an outcome is unknown, equal sums prove nothing.
        proved = agreed.breaks or not unresolved
        # What was sold by hand may have been bought by the order whose outcome is unknown.
        news = () if unresolved else agreed.news
        self._record(*news, *((agreed.compared(Stage.AFTER),) if proved else ()))
        if not unresolved:
            self._record(*given_back(self._engine, state, session.day, agreed))
            self._tell(agreed.alerts())
        new = [row for row in agreed.breaks if (row.symbol, row.difference()) not in known]
        self._note(watch_after(self._engine, state, session, agreed.account, broken=bool(new)))
        ending = after_trading(self._current(), execution, unresolved, agreed)
        stops = new or unresolved or agreed.strangers
        return self._stopped(ending) if stops else ending

    def _past(self, session: Session) -> RiskHistory:
        """Return what went before the decision, made by this run or by an interrupted one."""
        if self._history is not None:
            return self._history
        taken = self._current().taken
        if self._analysis is None and taken is not None:
            self._analysis = recalled(self._engine, session, taken)
        return risk_history(self._engine, self._ledger.state, session, self._analysis)

    def _finish(self, day: date, ending: Ending) -> Ended:
        """End it; a cycle with an unknown outcome stays open, so that the next run asks again."""
        if not ending.open:
            finished = CycleFinished(
                cycle_id=self._current().started.cycle_id,
                status=ending.status,
                reason=ending.reason,
                finished_at=self._engine.clock.now(),
                unread=ending.unread_inputs,
            )
            self._record(finished)
        if not ending.repeated:
            self._tell(ending.alerts())
        return self._ended(day, ending)

    def _ended(self, day: date, ending: Ending) -> Ended:
        name, cycle = cycle_id(self._account, day), self._ledger.state.cycles.get(day)
        return Ended(cycle_id=name, session=day, cycle=cycle, ending=ending)

    def _note(self, watched: Watched) -> None:
        """Record what the breakers found, and tell it."""
        self._record(*watched.records)
        self._tell(watched.alerts)

    def _current(self) -> CycleState:
        return self._ledger.state.cycle()

    def _record(self, *new: Record) -> None:
        self._ledger.record(new, at=self._engine.clock.now())
