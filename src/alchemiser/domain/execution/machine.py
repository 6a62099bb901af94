"""The conversation with a venue about one plan: synchronous, without a clock and without I/O.

`handle(event)` returns facts, which the caller makes durable, and effects, which the caller then
carries out; the answer to every effect is the next event. Sells go first; buys are released once
every sell is terminal, on a fresh reading of account and quotes. After a cancel the machine waits
for the order's terminal report: a quantity is never used twice.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from alchemiser.domain.execution.facts import (
    ABSENT,
    CancelIntended,
    Fact,
    OrderIntended,
    OrderRejected,
    OutcomeUnknown,
)
from alchemiser.domain.execution.messages import (
    Begun,
    Cancel,
    CancelAnswered,
    Effect,
    Event,
    Halted,
    InputsArrived,
    Query,
    Reduced,
    ReportsArrived,
    SetTimer,
    Step,
    Submit,
    SubmitAnswered,
    TakeInputs,
    Timer,
    TimerFired,
)
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.release import ReleaseRules, release
from alchemiser.domain.execution.reports import told
from alchemiser.domain.execution.state import ExecutionState, Phase, Work
from alchemiser.domain.execution.stopping import BOTH_SIDES, stopped, unsent
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    ExecutionReport,
    Rejected,
    Side,
)
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.identifiers import ClOrdId


class Machine:
    """Work one plan to its end."""

    def __init__(
        self, state: ExecutionState, rules: ReleaseRules, settings: ExecutionSettings
    ) -> None:
        """Go on from `state`, which is the caller's to persist through the facts returned."""
        self.state = state
        self._rules = rules
        self._settings = settings
        self._absences: dict[ClOrdId, int] = {}
        self._disputed: set[ClOrdId] = set()
        self._refusals: dict[ClOrdId, int] = {}
        self._uncertain_cancels: set[ClOrdId] = set()
        self._reading_for: frozenset[ClOrdId] = frozenset()
        self._ended: dict[Side, Violation] = {}
        self._gave_up = False
        self._facts: list[Fact] = []
        self._effects: list[Effect] = []

    def is_done(self) -> bool:
        """Say whether every order is terminal or refused, or the machine has given up waiting."""
        return self._gave_up or not (self.state.waiting() or self.state.in_flight())

    def unresolved(self) -> tuple[ClOrdId, ...]:
        """Return the orders whose outcome is not known."""
        return tuple(work.planned.cl_ord_id for work in self.state.in_flight())

    def handle(self, event: Event) -> Step:
        """Return what follows from `event`."""
        match event:
            case Begun(at=at):
                self._begin(at)
            case InputsArrived():
                self._release(event)
            case SubmitAnswered():
                self._answered(event)
            case ReportsArrived():
                self._reported(event)
            case CancelAnswered():
                self._cancel_answered(event)
            case TimerFired(at=at, timer=timer):
                self._timer(at, timer)
            case Halted() | Reduced():
                self._brake(event)
        self._advance()
        step = Step(facts=tuple(self._facts), effects=tuple(self._effects))
        self._facts, self._effects = [], []
        return step

    def _record(self, fact: Fact, at: datetime) -> None:
        self.state.apply(fact, at)
        self._facts.append(fact)
        if isinstance(fact, CancelIntended):
            self._effects.append(Cancel(cl_ord_id=fact.cl_ord_id))

    def _begin(self, at: datetime) -> None:
        for work in self.state.in_flight():
            work.unknown = work.phase is Phase.SENT
            if work.phase is Phase.CANCELING:
                self._uncertain_cancels.add(work.planned.cl_ord_id)
            self._effects.append(Query(cl_ord_id=work.planned.cl_ord_id))
        self._poll_later(at)
        if at < self.state.plan.deadline:
            self._effects.append(SetTimer(timer=Timer.DEADLINE, at=self.state.plan.deadline))
        else:
            self._expire(at)

    def _advance(self) -> None:
        """Ask for the inputs of the next release when its time has come."""
        if self._reading_for:
            return
        ready = self._ready()
        if ready:
            self._reading_for = frozenset(work.planned.cl_ord_id for work in ready)
            # Limits on the whole portfolio need the price of what is in flight, too.
            priced = {work.planned.symbol for work in (*ready, *self.state.in_flight())}
            self._effects.append(TakeInputs(symbols=tuple(sorted(priced))))

    def _ready(self) -> tuple[Work, ...]:
        """Return the orders to send next: lost ones again, then sells, then buys."""
        lost = tuple(work for work in self.state.in_flight() if self._is_to_be_sent_again(work))
        if lost:
            return lost
        sells = self.state.waiting(Side.SELL)
        if sells:
            return sells
        return () if self.state.in_flight(Side.SELL) else self.state.waiting(Side.BUY)

    def _is_to_be_sent_again(self, work: Work) -> bool:
        name = work.planned.cl_ord_id
        return (
            work.planned.side not in self._ended
            and work.phase is Phase.SENT
            and work.unknown
            and name not in self._disputed
            and self._refusals.get(name, 0) < self._settings.sends_max
            and self._settings.may_send_again(work, self._absences.get(name, 0))
        )

    def _release(self, inputs: InputsArrived) -> None:
        asked, self._reading_for = self._reading_for, frozenset()
        if inputs.at >= self.state.plan.deadline:
            self._expire(inputs.at)
        if Side.SELL in self._ended:
            return
        # Buys that became ready while inputs were read for something else get fresh ones.
        ready = tuple(
            work for work in self._ready() if work.sends or work.planned.cl_ord_id in asked
        )
        verdicts = release(ready, self.state, inputs, self._rules)
        for work, (facts, approved) in zip(ready, verdicts, strict=True):
            name = work.planned.cl_ord_id
            self._absences.pop(name, None)
            for fact in facts:
                self._record(fact, inputs.at)
            if approved is not None:
                self._record(OrderIntended(order=approved.order), inputs.at)
                self._effects.append(Submit(approved=approved))
            elif work.sends:
                self._refusals[name] = self._refusals.get(name, 0) + 1
        self._poll_later(inputs.at)

    def _answered(self, event: SubmitAnswered) -> None:
        work, outcome = self.state.works[event.cl_ord_id], event.outcome
        if isinstance(outcome, Accepted):
            self._absorb(work, (outcome.report,), event.at)
        elif work.phase is not Phase.SENT:
            # The venue has reported on the order since: that outranks the answer to one send.
            return
        elif isinstance(outcome, Rejected) and work.sends == 1:
            fact = OrderRejected(cl_ord_id=event.cl_ord_id, code=outcome.code, text=outcome.text)
            self._record(fact, event.at)
            self._bear_rejections(event.at)
        else:
            # A rejection of a repeated send says nothing about the first one: ask by id.
            self._record(OutcomeUnknown(cl_ord_id=event.cl_ord_id, text=outcome.text), event.at)
            self._effects.append(Query(cl_ord_id=event.cl_ord_id))

    def _bear_rejections(self, at: datetime) -> None:
        """Send nothing more once the broker has refused too many orders."""
        count, most = self.state.rejected, self._rules.refusals_max
        if most is not None and count >= most and Side.SELL not in self._ended:
            observed, limit = f"{count} refused by the broker", f"fewer than {most}"
            why = Violation(code=RiskCode.TRADING_STATE, observed=observed, limit=limit)
            self._end(at, why, BOTH_SIDES)

    def _cancel_answered(self, event: CancelAnswered) -> None:
        # Only orders that the venue has are cancelled: one that it denies is cancelled again.
        if event.outcome in {CancelOutcome.UNKNOWN, CancelOutcome.UNKNOWN_ORDER}:
            self._uncertain_cancels.add(event.cl_ord_id)
        self._effects.append(Query(cl_ord_id=event.cl_ord_id))

    def _reported(self, event: ReportsArrived) -> None:
        name, work = event.cl_ord_id, self.state.works[event.cl_ord_id]
        if event.reports is not None:
            self._absences.pop(name, None)
            self._absorb(work, event.reports, event.at)
        elif work.phase is Phase.SENT and work.unknown:
            self._absences[name] = self._absences.get(name, 0) + 1
            self._bury(work, event.at)

    def _bury(self, work: Work, at: datetime) -> None:
        """Take an order for never arrived once that is proven and it will not be sent again."""
        name = work.planned.cl_ord_id
        absent = self._settings.proves_absence(work, self._absences[name], at)
        if absent and name not in self._disputed and not self._is_to_be_sent_again(work):
            text = "the venue has no such order, and it will not be sent again"
            self._record(OrderRejected(cl_ord_id=name, code=ABSENT, text=text), at)

    def _absorb(self, work: Work, reports: Iterable[ExecutionReport], at: datetime) -> None:
        try:
            for report in reports:
                for fact in told(work, report):
                    self._record(fact, at)
        except InvalidTransitionError as error:
            self._dispute(work, str(error), at)
        why = self._ended.get(work.planned.side)
        if why is not None and work.phase is Phase.WORKING:
            self._cancel(work, str(why.code), at)

    def _dispute(self, work: Work, text: str, at: datetime) -> None:
        """Keep an order that the venue tells impossible things about as unknown."""
        name = work.planned.cl_ord_id
        if name not in self._disputed:
            self._disputed.add(name)
            self._record(OutcomeUnknown(cl_ord_id=name, text=text), at)

    def _timer(self, at: datetime, timer: Timer) -> None:
        if timer is Timer.POLL:
            self._poll(at)
        elif timer is Timer.DEADLINE:
            self._expire(at)
        else:
            self._gave_up = True

    def _poll(self, at: datetime) -> None:
        for work in self.state.in_flight():
            name = work.planned.cl_ord_id
            if work.phase is Phase.WORKING and self._settings.is_overdue(work, at):
                self._cancel(work, "unfilled in time", at)
            elif name in self._uncertain_cancels:
                self._uncertain_cancels.discard(name)
                self._effects.append(Cancel(cl_ord_id=name))
            elif work.phase is not Phase.SENT or work.unknown:
                self._effects.append(Query(cl_ord_id=name))
        self._poll_later(at)

    def _poll_later(self, at: datetime) -> None:
        if self.state.in_flight():
            later = at + timedelta(seconds=self._settings.poll_seconds)
            self._effects.append(SetTimer(timer=Timer.POLL, at=later))

    def _brake(self, event: Halted | Reduced) -> None:
        """Send nothing more, or buy nothing more: then sells go on."""
        state = TradingState.HALTED if isinstance(event, Halted) else TradingState.REDUCING
        why = Violation(
            code=RiskCode.TRADING_STATE, observed=state.value, limit=TradingState.ACTIVE.value
        )
        for fact in unsent(self.state, event.unsent, why):
            self._record(fact, event.at)
        self._rules = replace(self._rules, state=state)
        told = replace(why, observed=f"{state} ({event.reason})")
        self._end(event.at, told, BOTH_SIDES if state is TradingState.HALTED else {Side.BUY})

    def _expire(self, at: datetime) -> None:
        """Stop at the deadline and wait only so long for last words."""
        deadline = self.state.plan.deadline.isoformat()
        late = Violation(code=RiskCode.DEADLINE, observed=at.isoformat(), limit=deadline)
        self._end(at, late, BOTH_SIDES)
        later = at + timedelta(seconds=self._settings.give_up_seconds)
        self._effects.append(SetTimer(timer=Timer.GIVE_UP, at=later))

    def _end(self, at: datetime, why: Violation, sides: Collection[Side]) -> None:
        """Send nothing more on some sides, and cancel what works there."""
        self._ended |= dict.fromkeys(sides, why)
        for fact in tuple(stopped(self.state, why, sides)):
            self._record(fact, at)

    def _cancel(self, work: Work, reason: str, at: datetime) -> None:
        self._record(CancelIntended(cl_ord_id=work.planned.cl_ord_id, reason=reason), at)
