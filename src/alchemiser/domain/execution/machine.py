"""The conversation with a venue about one plan: synchronous, without a clock and without I/O.

`handle(event)` returns facts, which the caller makes durable, and effects, which the caller then
carries out; the answer to every effect is the next event. Each order of the plan is worked by its
algorithm, one child after another, each released on a fresh reading of account and quotes. Sells
go first; buys follow once every sell is over. After a cancel the machine waits for the child's
terminal report: a quantity is never used twice.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from alchemiser.domain.execution.desk import Desk
from alchemiser.domain.execution.following import Follower
from alchemiser.domain.execution.messages import (
    Begun,
    CancelAnswered,
    Event,
    Halted,
    InputsArrived,
    Reduced,
    ReportsArrived,
    SetTimer,
    Step,
    SubmitAnswered,
    Timer,
    TimerFired,
)
from alchemiser.domain.execution.pacing import Pace
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.execution.sending import Sender
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.stopping import BOTH_SIDES, unsent
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import OnFailure
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.values.identifiers import ClOrdId

RareEvent = Begun | InputsArrived | CancelAnswered | TimerFired | Halted | Reduced


class Machine:
    """Work one plan to its end."""

    def __init__(
        self, state: ExecutionState, rules: ReleaseRules, settings: ExecutionSettings
    ) -> None:
        """Go on from `state`, which is the caller's to persist through the facts returned."""
        self.state = state
        self._rules = rules
        self._is_late = self._gave_up = False
        self._desk = Desk(state, settings, rules.session)
        self._follower = Follower(self._desk)
        pace = Pace(state, rules.session, rules.instruments, settings.algorithms)
        self._sender = Sender(self._desk, pace)

    def is_done(self) -> bool:
        """Say whether every order is over and terminal, or the machine has given up waiting."""
        return self._gave_up or self.state.is_all_over()

    def unresolved(self) -> tuple[ClOrdId, ...]:
        """Return the orders whose outcome is not known."""
        return tuple(child.name for child in self.state.in_flight())

    def handle(self, event: Event, *, more: bool = False) -> Step:
        """Return what follows from `event`.

        Args:
            event: What has happened.
            more: Whether another event is at hand; what is sent next is then looked for after it.
        """
        # What is told of every order comes first.
        if isinstance(event, ReportsArrived):
            self._follower.reported(event)
        elif isinstance(event, SubmitAnswered):
            self._follower.answered(event)
            self._bear_rejections(event.at)
        else:
            self._take(event)
        self._bear_failure(event.at)
        if not more:
            self._sender.advance(event.at)
        return self._desk.taken()

    def _take(self, event: RareEvent) -> None:
        match event:
            case Begun(at=at):
                self._begin(at)
            case InputsArrived(at=at):
                self._end_in_time(at)
                self._sender.release(event, self._rules)
            case CancelAnswered():
                self._follower.cancel_answered(event)
            case TimerFired(at=at, timer=timer):
                self._timer(at, timer)
            case Halted() | Reduced():
                self._brake(event)

    def _begin(self, at: datetime) -> None:
        self._follower.take_up(at)
        if not self._end_in_time(at):
            self._desk.ask(SetTimer(timer=Timer.DEADLINE, at=self.state.plan.deadline))

    def _timer(self, at: datetime, timer: Timer) -> None:
        match timer:
            case Timer.POLL:
                self._follower.poll(at)
            case Timer.STEP:
                self._sender.forget_step()
                self._desk.cancel_expired(at)
            case Timer.DEADLINE:
                self._end_in_time(at)
            case Timer.GIVE_UP:
                self._gave_up = True

    def _bear_rejections(self, at: datetime) -> None:
        """Send nothing more once the broker has refused too many orders."""
        count, most = self.state.rejected, self._rules.refusals_max
        if most is not None and count >= most and Side.SELL not in self._desk.ended:
            observed, limit = f"{count} refused by the broker", f"fewer than {most}"
            why = Violation(code=RiskCode.TRADING_STATE, observed=observed, limit=limit)
            self._desk.end(at, why, BOTH_SIDES)

    def _bear_failure(self, at: datetime) -> None:
        """Buy nothing more once the venue has refused an order, where the plan says so."""
        count = self.state.refused()
        if not count or self.state.plan.on_failure is OnFailure.GO_ON:
            return
        if Side.BUY not in self._desk.ended:
            told = f"{count} refused by the broker"
            why = Violation(code=RiskCode.PLAN_FAILURE, observed=told, limit="none")
            self._desk.end(at, why, {Side.BUY})

    def _brake(self, event: Halted | Reduced) -> None:
        """Send nothing more, or buy nothing more: then sells go on."""
        state = TradingState.HALTED if isinstance(event, Halted) else TradingState.REDUCING
        why = Violation(
            code=RiskCode.TRADING_STATE, observed=state.value, limit=TradingState.ACTIVE.value
        )
        for fact in unsent(self.state, event.unsent, why):
            self._desk.record(fact, event.at)
        self._rules = replace(self._rules, state=state)
        told = replace(why, observed=f"{state} ({event.reason})")
        sides = BOTH_SIDES if state is TradingState.HALTED else {Side.BUY}
        self._desk.end(event.at, told, sides)

    def _end_in_time(self, at: datetime) -> bool:
        """Stop at the deadline, and wait only so long for last words; say whether it has come."""
        deadline = self.state.plan.deadline
        if at < deadline:
            return False
        if self._is_late:  # inputs that were asked for before it are no reason to wait longer
            return True
        self._is_late = True
        late = Violation(
            code=RiskCode.DEADLINE, observed=at.isoformat(), limit=deadline.isoformat()
        )
        self._desk.end(at, late, BOTH_SIDES)
        later = at + timedelta(seconds=self._desk.settings.give_up_seconds)
        self._desk.ask(SetTimer(timer=Timer.GIVE_UP, at=later))
        return True
