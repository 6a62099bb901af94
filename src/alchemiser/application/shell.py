"""The asyncio loop round the machine: record its facts, carry out its effects, feed it answers."""

import asyncio
from collections import deque
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from alchemiser.application.calls import Calls
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.obeying import Obeying
from alchemiser.application.questions import Questions
from alchemiser.application.release_inputs import read_release
from alchemiser.domain.books.ledger import total_cash
from alchemiser.domain.execution.facts import Fact
from alchemiser.domain.execution.machine import Machine
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
    Submit,
    SubmitAnswered,
    TakeInputs,
    Timer,
    TimerFired,
)
from alchemiser.domain.journal.restrictions import TradingHalted, TradingReduced
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    CancelOutcome,
    ExecutionReport,
    Side,
    SubmitOutcome,
    Unknown,
)
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.ports.call_runner import Ended
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import (
    AuthenticationError,
    ConcurrentWriteError,
    OutcomeUnknownError,
    PortUnavailableError,
)
from alchemiser.ports.notifier import Alert, Severity

BRAKE_INTERVAL = timedelta(seconds=1)
"""Longest time between two looks at the owner's brake."""


class Shell:
    """Work one machine to its end."""

    def __init__(
        self,
        engine: Engine,
        ledger: Ledger,
        machine: Machine,
        obeys: Obeying = Obeying.EVERYTHING,
    ) -> None:
        """Drive `machine` with the engine's ports."""
        self._engine = engine
        self._ledger = ledger
        self._machine = machine
        self._events: deque[Event] = deque()
        self._calls = Calls(engine.calls)
        self._open: set[Cancel | TakeInputs | ClOrdId] = set()
        self._questions = Questions(engine, self._calls, self._events.append)
        self._timers: dict[Timer, datetime] = {}
        self._listening: asyncio.Task[ExecutionReport] | None = None
        self._obeys = obeys
        self._brake = TradingState.ACTIVE

    async def work(self) -> None:
        """Return when every order is terminal or the machine has given up.

        Raises:
            AuthenticationError: When the broker refuses the key, after trading was halted.
            ConcurrentWriteError: When a newer engine has taken over; nothing is sent after it.
            PortUnavailableError: When the journal cannot be written; nothing is sent after it.
        """
        try:
            now = self._engine.clock.now()
            self._feed(Begun(at=now))
            self._take_standing_halt(now)
            self._listen()
            while not self._machine.is_done():
                self._feed(await self._next_event())
        except AuthenticationError as error:
            await self._stop(str(error))
            raise
        finally:
            under_way = self._under_way()
            for task in under_way:
                task.cancel()
            # Nothing of it outlives the work; of several errors the first is the one told.
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _stop(self, reason: str) -> None:
        """Halt trading, try once to cancel what works, and record what has become of it.

        A key may be refused by one server of several, or be good again by now. What no answer
        tells is followed by the next run.
        """
        now = self._engine.clock.now()
        self._ledger.record((TradingHalted(actor="engine", reason=reason),), at=now)
        self._feed(Halted(at=now, reason=reason))
        await self._calls.last_words()
        while self._events:
            event = self._events.popleft()
            self._ledger.stage(self._machine.handle(event).facts, at=event.at)
        self._ledger.commit()

    def _take_standing_halt(self, now: datetime) -> None:
        state = self._ledger.state
        if self._obeys is Obeying.EVERYTHING and state.state is TradingState.HALTED:
            self._brake = TradingState.HALTED
            self._feed(Halted(at=now, reason=state.standing.reason()))

    def _feed(self, event: Event) -> None:
        """Take an event and all that have come in with it, record them together, and act then."""
        effects, facts = list[Effect](), list[tuple[datetime, list[Fact]]]()
        try:
            while True:
                step = self._machine.handle(event, more=bool(self._events))
                effects += step.effects
                if not facts or facts[-1][0] != event.at:
                    facts.append((event.at, []))
                facts[-1][1].extend(step.facts)
                if not self._events or self._machine.is_done():
                    break
                event = self._events.popleft()
        finally:
            # What was told before something went wrong has happened all the same.
            for at, together in facts:
                self._ledger.stage(together, at=at)
            self._ledger.commit()
        for effect in effects:
            if isinstance(effect, SetTimer):
                self._timers[effect.timer] = effect.at
            elif isinstance(effect, Query):
                self._questions.note(effect.cl_ord_id)
            else:
                self._carry_out(effect)
        self._questions.begin()

    async def _next_event(self) -> Event:
        while not self._events:
            # What is made in line is over by now or after one turn of the loop, so that virtual
            # time cannot pass meanwhile; threads are waited for together with the timers.
            if self._under_way():
                await asyncio.sleep(0)
                self._collect()
            if self._events:
                break
            await self._wait()
            self._collect()
        return self._events.popleft()

    async def _wait(self) -> None:
        """Wait for the next timer or answer, a second at most while the brake may be pulled."""
        timer = min(self._timers, key=lambda name: (self._timers[name], name))
        due = self._timers[timer]
        halted = self._brake is TradingState.HALTED
        at = due if halted else min(due, self._engine.clock.now() + BRAKE_INTERVAL)
        under_way = self._under_way()
        if not under_way:
            await self._engine.clock.wait_until(at)
        else:
            waiting = asyncio.ensure_future(self._engine.clock.wait_until(at))
            await asyncio.wait({waiting, *under_way}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                waiting.cancel()
                return
        self._check_brake()
        if at == due:
            del self._timers[timer]
            self._events.append(TimerFired(at=self._engine.clock.now(), timer=timer))

    def _collect(self) -> None:
        self._calls.collect()
        self._questions.begin()
        if self._listening is not None and self._listening.done():
            self._hear(self._listening)

    def _under_way(self) -> set[asyncio.Future[Any]]:
        listening = () if self._listening is None else (self._listening,)
        return {*self._calls.under_way(), *listening}

    def _listen(self) -> None:
        """Wait for what is told of orders besides what is asked for."""
        if self._engine.updates is not None:
            self._listening = asyncio.create_task(self._engine.updates.next())

    def _hear(self, told: asyncio.Task[ExecutionReport]) -> None:
        """Take a report as if it had been asked for; without a stream orders are polled as ever."""
        self._listening = None
        try:
            report = told.result()
        except PortUnavailableError as error:
            text = f"orders are only polled from here: {error}"
            alert = Alert(severity=Severity.WARNING, code="updates_lost", text=text)
            self._engine.notifier.notify(alert)
            return
        name, now = report.cl_ord_id, self._engine.clock.now()
        self._events.append(ReportsArrived(at=now, cl_ord_id=name, reports=(report,)))
        self._listen()

    def _check_brake(self) -> TradingState:
        """Read the owner's brake; an unreadable brake counts as pulled."""
        if self._obeys is Obeying.NOTHING or self._brake is TradingState.HALTED:
            return self._brake
        try:
            request = self._engine.control.halt_request()
        except PortUnavailableError as error:
            reason = f"the halt switch cannot be read: {error}"
            request = HaltRequest(actor="engine", reason=reason, at=self._engine.clock.now())
        if request is not None and request.state is not self._brake:
            self._pull(request)
        return self._brake

    def _pull(self, request: HaltRequest) -> None:
        now, reason = self._engine.clock.now(), request.reason
        self._brake = request.state
        if request.state is TradingState.HALTED:
            self._ledger.record((TradingHalted(actor=request.actor, reason=reason),), at=now)
            self._events.append(Halted(at=now, reason=reason))
        else:
            self._ledger.record((TradingReduced(actor=request.actor, reason=reason),), at=now)
            if self._obeys.may_add():
                self._events.append(Reduced(at=now, reason=reason))

    def _carry_out(self, effect: Submit | Cancel | TakeInputs) -> None:
        """Begin `effect`; a slow broker is not asked twice for the same."""
        match effect:
            case Submit(approved=approved):
                if approved.order.cl_ord_id not in self._open:
                    self._submit(approved)
            case _ if effect in self._open:
                pass
            case Cancel(cl_ord_id=name):
                self._open.add(effect)
                cancel = partial(self._engine.broker.cancel, name)
                self._calls.begin(cancel, partial(self._canceled, effect))
            case TakeInputs(symbols=names):
                self._open.add(effect)
                reading = asyncio.create_task(
                    read_release(self._engine, names, lambda: total_cash(self._ledger.state.books))
                )
                self._calls.follow(reading, partial(self._read, effect))

    def _submit(self, approved: ApprovedOrder) -> None:
        order = approved.order
        brake, now = self._check_brake(), self._engine.clock.now()
        if brake is TradingState.HALTED:
            self._events.append(Halted(at=now, reason="halted", unsent=(order.cl_ord_id,)))
            return
        if brake is TradingState.REDUCING and order.side is Side.BUY and self._obeys.may_add():
            self._events.append(Reduced(at=now, reason="reducing", unsent=(order.cl_ord_id,)))
            return
        if not self._ledger.owns_journal():
            msg = "a newer engine has taken over this account: nothing more is sent from here."
            raise ConcurrentWriteError(msg)
        self._open.add(order.cl_ord_id)
        submit = partial(self._engine.broker.submit, approved)
        self._calls.begin(submit, partial(self._submitted, order.cl_ord_id))

    def _submitted(self, name: ClOrdId, answer: Ended[SubmitOutcome]) -> None:
        self._open.discard(name)
        outcome: SubmitOutcome
        try:
            outcome = answer.result()
        except (PortUnavailableError, OutcomeUnknownError) as error:
            outcome = Unknown(text=str(error))
        now = self._engine.clock.now()
        self._events.append(SubmitAnswered(at=now, cl_ord_id=name, outcome=outcome))

    def _canceled(self, effect: Cancel, answer: Ended[CancelOutcome]) -> None:
        self._open.discard(effect)
        try:
            outcome = answer.result()
        except (PortUnavailableError, OutcomeUnknownError):
            outcome = CancelOutcome.UNKNOWN
        now = self._engine.clock.now()
        self._events.append(CancelAnswered(at=now, cl_ord_id=effect.cl_ord_id, outcome=outcome))

    def _read(self, effect: TakeInputs, answer: Ended[InputsArrived]) -> None:
        self._open.discard(effect)
        self._events.append(answer.result())
