"""One seeded day: a machine, a journal that survives it, a faulty wire, crashes and a halt."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from alchemiser.domain.books.ledger import Books, post, total_cash
from alchemiser.domain.execution.facts import (
    Fact,
    FillAllocated,
    OrderIntended,
    OrderRefused,
)
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
    ReportsArrived,
    SetTimer,
    Submit,
    SubmitAnswered,
    TakeInputs,
    Timer,
    TimerFired,
)
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.orders.messages import CancelOutcome, Side, Unknown
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.orders.working import Algorithm
from alchemiser.testing.builders import NOW
from tests.unit.domain.execution.invariants import Watch
from tests.unit.domain.execution.scripted_venue import Faults, ScriptedVenue

Item = Event | Effect | Timer | None
"""What comes up: an event's arrival, an effect on the wire, a timer, or the owner's hand."""


BOUNDARIES_MAX = 20_000
"""No day takes more; the longest is an outage of a third of an hour."""
WIRE_SECONDS_MAX = 1.5
"""How long a message may be under way in one direction."""


class Crash(Exception):  # noqa: N818 - it is no error, it is what is tested
    """The process dies here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """Say what happens to the process, besides what happens on the wire.

    Attributes:
        crashes: At which boundaries the process dies: before facts are durable, after it, and
            after each effect has left, counted from 1.
        halt_at: When the owner stops trading, UTC, or None.
        outage: From when until when nothing passes the wire, UTC.
        heal_at: When the wire's faults end, UTC.
        downtimes: Seconds that the process may stay dead, at most; one is drawn.
    """

    crashes: frozenset[int] = frozenset()
    halt_at: datetime | None = None
    outage: tuple[datetime, datetime] = (NOW, NOW)
    heal_at: datetime = NOW
    downtimes: tuple[float, ...] = (0, 1, 1, 5, 50, 200)


MARKETABLE = Algorithm.MARKETABLE_LIMIT


@dataclass(slots=True)
class TradingDay:
    """Run a plan to its end and check the invariants against the venue's truth at every step."""

    plan: OrderPlan
    rules: ReleaseRules
    settings: ExecutionSettings
    venue: ScriptedVenue
    troubles: Troubles
    now: datetime = NOW
    journal: list[tuple[datetime, Fact]] = field(default_factory=list)
    books: Books = field(default_factory=dict)
    reach: Counter[str] = field(default_factory=Counter)
    boundaries: int = 0
    starts: int = 0
    halted: bool = False
    alive: bool = False
    stopped: bool = False
    begun_at: datetime = NOW
    machine: Machine = field(init=False)
    watch: Watch = field(init=False)
    _things: list[tuple[datetime, int, int, Item]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _timers: dict[Timer, datetime] = field(default_factory=dict)
    _read_after_sells: dict[datetime, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.watch = Watch(self.plan, self.venue, self.settings.sends_max)

    def run(self) -> None:
        """Work until the machine says it is done."""
        if self.troubles.halt_at is not None and not self.starts:
            self._put(self.troubles.halt_at, None)
        self._restart_at(self.now)
        while not (self.alive and self.machine.is_done()):
            assert self._things, "something is always to come"
            at, _, life, item = heappop(self._things)
            self.now = max(self.now, at)
            if self.now >= self.troubles.heal_at:
                self.venue.faults = Faults()
            self._come(item, life, at)

    def finish_next_morning(self) -> None:
        """Run again, in health, after a day that ended with something unknown."""
        self.reach["gave up"] += 1
        self.venue.faults = Faults()
        self.now = max(self.now, self.venue.close_at) + timedelta(hours=12)
        self.run()

    def _restart_at(self, at: datetime) -> None:
        """Forget everything but what is durable, or on its way to the venue; begin anew at `at`."""
        self.alive = False
        self.starts += 1
        self._timers.clear()
        self._put(at, Begun(at=at))

    def _come(self, item: Item, life: int, at: datetime) -> None:
        if item is None:
            self.halted = True
            if self.alive:
                self._put(self.venue.later(self.now, 1), Halted(at=self.now, reason="owner"))
        elif isinstance(item, Effect):
            self._deliver(item, life)
        elif life != self.starts:
            self.reach["answer to the dead"] += 1
        elif not isinstance(item, Timer):
            self._live(item)
        elif self._timers.get(item) == at:
            del self._timers[item]
            self.reach[f"timer {item}"] += 1
            self._live(TimerFired(at=self.now, timer=item))

    def _live(self, event: Event) -> None:
        """Feed `event`, and come back later when the process dies of it."""
        try:
            if isinstance(event, Begun):
                self._begin(event)
            else:
                self._feed(event)
        except Crash:
            self.reach["crash"] += 1
            longest = self.venue.chance.choice(self.troubles.downtimes)
            self._restart_at(self.venue.later(self.now, longest))

    def _begin(self, event: Begun) -> None:
        self.alive, self.stopped, self.begun_at = True, False, event.at
        self.machine = Machine(self.folded(), self.rules, self.settings)
        self._feed(event)
        if self.halted:
            self._feed(Halted(at=self.now, reason="owner"))

    def folded(self) -> ExecutionState:
        """Return what the journal alone says."""
        state = ExecutionState(plan=self.plan)
        for at, fact in self.journal:
            state.apply(fact, at)
        return state

    def _boundary(self) -> None:
        self.boundaries += 1
        assert self.boundaries < BOUNDARIES_MAX, "the day comes to an end"
        if self.boundaries in self.troubles.crashes:
            raise Crash

    def _feed(self, event: Event) -> None:
        step = self.machine.handle(event)
        self._boundary()
        self._released(event, step.facts)
        self.stopped |= isinstance(event, Halted) or event.at >= self.plan.deadline
        for fact in step.facts:
            self.journal.append((event.at, fact))
            self.reach[type(fact).__name__] += 1
            if isinstance(fact, FillAllocated):
                post(self.books, fact.postings)
        self.watch.step(self.machine.state, stopped=self.stopped)
        self._boundary()
        for effect in step.effects:
            self._send(effect)
            self._boundary()

    def _send(self, effect: Effect) -> None:
        """Put an effect on the wire; it arrives even if the process dies now."""
        self.reach[type(effect).__name__] += 1
        if isinstance(effect, Submit):
            child = self.machine.state.children[effect.approved.order.cl_ord_id]
            self.reach["intended again"] += child.sends > 1
        if isinstance(effect, SetTimer):
            self._timers[effect.timer] = effect.at
            self._put(effect.at, effect.timer)
        elif isinstance(effect, Submit) and self.halted:
            self.reach["kept back"] += 1
            name = effect.approved.order.cl_ord_id
            self._put(self.now, Halted(at=self.now, reason="owner", unsent=(name,)))
        else:
            facts = [fact for _, fact in self.journal]
            self.watch.leaving(effect, facts, stopped=self.stopped)
            self._put(self._soon(), effect)

    def _deliver(self, effect: Effect, life: int) -> None:
        """Let the venue act on what came over the wire, and send its answer back to `life`."""
        back = self._soon()
        answer: Event | None
        if self.troubles.outage[0] <= self.now < self.troubles.outage[1]:
            answer = self._cut_off(effect, back)
        else:
            answer = self._answer(effect, back)
        if answer is not None:
            self._put(back, answer, life)

    def _cut_off(self, effect: Effect, back: datetime) -> Event | None:
        self.reach["outage"] += 1
        match effect:
            case TakeInputs():
                return InputsArrived(at=back, account=None, cash=total_cash(self.books), quotes=())
            case Submit(approved=approved):
                name = approved.order.cl_ord_id
                return SubmitAnswered(at=back, cl_ord_id=name, outcome=Unknown(text="no route"))
            case Cancel(cl_ord_id=name):
                return CancelAnswered(at=back, cl_ord_id=name, outcome=CancelOutcome.UNKNOWN)
            case _:
                return None

    def _answer(self, effect: Effect, back: datetime) -> Event | None:
        match effect:
            case TakeInputs():
                account, cash = self.venue.account(self.now), total_cash(self.books)
                self._read_after_sells[back] = self.watch.sells_are_over()
                quotes = self.venue.quotes(self.now)
                return InputsArrived(at=back, account=account, cash=cash, quotes=quotes)
            case Submit(approved=approved):
                order = approved.order
                sells_are_over = self.watch.sells_are_over()
                assert sells_are_over or order.side is Side.SELL, "no buy before the sells end"
                outcome = self.venue.submit(order, self.now)
                return SubmitAnswered(at=back, cl_ord_id=order.cl_ord_id, outcome=outcome)
            case Query(cl_ord_id=name):
                if self.venue.happens("query_lost"):
                    return None
                reports = self.venue.query(name, self.now)
                return ReportsArrived(at=back, cl_ord_id=name, reports=reports)
            case Cancel(cl_ord_id=name):
                said = self.venue.cancel(name, self.now)
                return CancelAnswered(at=back, cl_ord_id=name, outcome=said)
            case SetTimer():
                return None

    def _soon(self) -> datetime:
        return self.venue.later(self.now, WIRE_SECONDS_MAX)

    def _put(self, at: datetime, item: Item, life: int | None = None) -> None:
        owner = self.starts if life is None else life
        heappush(self._things, (at, next(self._numbers), owner, item))

    def _released(self, event: Event, facts: Iterable[Fact]) -> None:
        """OS-18: buys are released on inputs that were read after the end of every sell."""
        orders = [fact.order for fact in facts if isinstance(fact, OrderIntended | OrderRefused)]
        if isinstance(event, InputsArrived) and event.account and not self.stopped:
            buys = any(order.side is Side.BUY for order in orders)
            assert self._read_after_sells[event.at] or not buys, "buys have fresh inputs"

    def check_end(self) -> None:
        """Compare machine, books and venue at rest; the journal folds to the same."""
        self.watch.end(self.machine, self.books, self.now)
        assert _standing(self.folded()) == _standing(self.machine.state)

    def check_effort(self) -> None:
        """Invariants 35 and 37: the day ends in time, and questions and timers do not multiply."""
        last = max(self.begun_at, self.plan.deadline)
        assert self.now <= last + timedelta(seconds=self.settings.give_up_seconds)
        polls, reach = self.reach["timer poll"], self.reach
        elapsed = (self.now - NOW).total_seconds()
        assert polls <= elapsed / self.settings.poll_seconds + self.starts + reach["TakeInputs"]
        answers = reach["Submit"] + reach["Cancel"]
        assert reach["Query"] <= len(self.plan.orders) * (polls + self.starts) + answers
        orders = max(len(self.plan.orders), len(self.machine.state.children))
        readings = orders * self.settings.sends_max * 2 * self.starts
        # Where requests are rationed, every order waits for an account that is read late.
        rationed = self.settings.at_once is not None
        orders_of = self.plan.orders
        patient = [one for one in orders_of if rationed or one.algorithm is not MARKETABLE]
        waits = len(patient) * elapsed / self.settings.algorithms.step_seconds_min
        assert reach["TakeInputs"] <= readings + waits + self.starts

    def check_health(self) -> None:
        """Invariant 35: when the faults end by the deadline, everything does soon after it."""
        troubles, deadline = self.troubles, self.plan.deadline
        if max(troubles.heal_at, troubles.outage[1], self.begun_at) <= deadline:
            self.reach["health at the deadline"] += 1
            assert self.machine.unresolved() == (), "every order's end is found"
            if self.venue.close_at > deadline + timedelta(minutes=1):
                assert not self.venue.reach["expired"], "what works is cancelled, however often"


def _standing(state: ExecutionState) -> list[object]:
    """Return where every order of the plan stands, and every order that was sent for it."""
    parents = [(one.quantity, one.ended, one.done()) for one in state.parents.values()]
    children = [(name, one.phase, one.sends, one.order) for name, one in state.children.items()]
    return [parents, children]
