"""Orders through the engine's own gate, machine, books and journal, to a venue that fills at once.

It is what `application.shell` does, without asyncio and with a clock that stands still: facts are
recorded before effects are carried out, and the answer to each effect is the next event.
"""

import sys
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.application.ledger import Ledger
from alchemiser.domain.books.ledger import Posting, PostingKind, total_cash, total_positions
from alchemiser.domain.execution.facts import Fact
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import (
    Begun,
    Effect,
    Event,
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
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleStarted,
    CycleStatus,
    EntryPosted,
    OrderPlanned,
)
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import (
    Side,
)
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.values.identifiers import (
    HOUSE,
    BookId,
    Symbol,
    cl_ord_id,
    cycle_id,
)
from alchemiser.domain.values.instrument import AssetClass, Instrument, Sector
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.session import Session
from alchemiser.entrypoints.collector import collect_rarely
from alchemiser.ports.journal import JournalPort
from alchemiser.testing.histories import a_market
from tests.benchmarks.order_task import (
    CASH,
    HALF,
    SHARES,
    SYMBOLS,
    Result,
    is_bought,
    is_traded,
    limit,
    orders_in,
    price,
    whole,
)
from tests.benchmarks.order_venue import ACCOUNT, Venue

OPENING: Final = datetime(1990, 1, 1, 14, 30, tzinfo=UTC)
"""When the first session opens."""
NAMES: Final = tuple(Symbol(name) for name in SYMBOLS)
BOOKS: Final = (BookId("first"), BookId("second"))
QUANTITY: Final = Decimal(SHARES)
HALF_SPREAD: Final = Decimal("0.01")
CENT: Final = Decimal("0.01")
INSTRUMENTS: Final = {
    name: Instrument(symbol=name, asset_class=AssetClass.BROAD_FUND, sector=Sector.DIVERSIFIED)
    for name in NAMES
}
SETTINGS: Final = ExecutionSettings()
MARKET: Final = a_market(NAMES)
"""Returns and volumes that the limits on them are measured by."""


@dataclass(slots=True)
class Flow:
    """Work one plan a session."""

    limits: RiskLimits
    ledger: Ledger
    venue: Venue
    quotes: dict[Symbol, Quote] = field(default_factory=dict)
    now: datetime = OPENING
    _events: deque[Event] = field(default_factory=deque)
    _timers: dict[Timer, datetime] = field(default_factory=dict)

    def work(self, session: Session, plan: OrderPlan) -> None:
        """Record and work `plan` to its end."""
        name = cycle_id(ACCOUNT, session.day)
        started = CycleStarted(
            cycle_id=name,
            session=session.day,
            account=ACCOUNT,
            mode="simulated",
            code="0" * 64,
            configuration="0" * 64,
            plugins=(),
        )
        self.ledger.record((started,), at=self.now)
        self.ledger.record((OrderPlanned(plan=plan),), at=self.now)
        state = self.ledger.state
        machine = Machine(state.cycle().execution(plan), self._rules(session), SETTINGS)
        self._feed(machine, Begun(at=self.now))
        while not machine.is_done():
            self._feed(machine, self._next())
        self._timers.clear()
        finished = CycleFinished(
            cycle_id=name, status=CycleStatus.COMPLETED, reason="", finished_at=self.now
        )
        self.ledger.record((finished,), at=self.now)

    def _rules(self, session: Session) -> ReleaseRules:
        standing = self.ledger.state.standing
        earlier = [day for day in standing.executions if day < session.day]
        history = RiskHistory(
            sessions=(*earlier, session.day),
            anchors=standing.anchors(session.day),
            executions=standing.traded(earlier),
            markets=MARKET,
        )
        return ReleaseRules(
            state=self.ledger.state.state,
            session=session,
            instruments=INSTRUMENTS,
            limits=self.limits,
            history=history,
        )

    def _feed(self, machine: Machine, event: Event) -> None:
        """Take an event and all that have come in with it, record them together, and act then."""
        effects: list[Effect] = []
        facts: list[Fact] = []
        while True:
            step = machine.handle(event, more=bool(self._events))
            effects += step.effects
            facts += step.facts
            if not self._events or machine.is_done():
                break
            event = self._events.popleft()
        # The clock stands still, so that all of it has one moment, as in the shell.
        self.ledger.stage(facts, at=self.now)
        self.ledger.commit()
        for effect in effects:
            if isinstance(effect, SetTimer):
                self._timers[effect.timer] = effect.at
            else:
                self._events.append(self._carried_out(effect))

    def _next(self) -> Event:
        """Return the next answer, or else the next timer."""
        if self._events:
            return self._events.popleft()
        timer = min(self._timers, key=self._timers.__getitem__)
        self.now = max(self.now, self._timers.pop(timer))
        return TimerFired(at=self.now, timer=timer)

    def _carried_out(self, effect: Effect) -> Event:
        match effect:
            case TakeInputs(symbols=symbols):
                return self._inputs(symbols)
            case Submit(approved=approved):
                order = approved.order
                outcome = self.venue.submit(order)
                return SubmitAnswered(at=self.now, cl_ord_id=order.cl_ord_id, outcome=outcome)
            case Query(cl_ord_id=name):
                return ReportsArrived(at=self.now, cl_ord_id=name, reports=self.venue.reports(name))
            case _:
                msg = f"nothing is ever cancelled here: {effect}"
                raise AssertionError(msg)

    def _inputs(self, symbols: Iterable[Symbol]) -> InputsArrived:
        account = self.venue.account()
        wanted = {*symbols, *(row.symbol for row in account.positions)}
        return InputsArrived(
            at=self.now,
            account=account,
            cash=total_cash(self.ledger.state.books),
            quotes=tuple(self.quotes[name] for name in sorted(wanted)),
        )


def a_flow(limits: RiskLimits = RESEARCH_LIMITS, journal: JournalPort | None = None) -> Flow:
    """Return an engine and a venue before their first session, the money being in the books."""
    flow = Flow(limits, Ledger(journal or MemoryJournal()), Venue({}, OPENING))
    half = Decimal(CASH) / 2
    postings = (
        Posting(book=HOUSE, kind=PostingKind.OPENING, cash=Decimal(CASH)),
        *(Posting(book=HOUSE, kind=PostingKind.FUNDING, cash=-half) for _ in BOOKS),
        *(Posting(book=book, kind=PostingKind.FUNDING, cash=half) for book in BOOKS),
    )
    flow.ledger.record((EntryPosted(reason="opening", postings=postings),), at=OPENING)
    return flow


def a_session(number: int) -> Session:
    """Return the session of a number: every day is one."""
    opened = OPENING + timedelta(days=number)
    closed = opened + timedelta(hours=6, minutes=30)
    return Session(day=opened.date(), open_at=opened, close_at=closed)


def open_market(flow: Flow, number: int, session: Session) -> None:
    """Let the prices of a session be known: what the peers' bars tell them."""
    flow.now = session.close_at - timedelta(minutes=15)
    prices = {name: price(number, place) * CENT for place, name in enumerate(NAMES)}
    flow.venue.prices, flow.venue.now = prices, flow.now
    flow.quotes = {
        name: Quote(
            symbol=name,
            bid=one - HALF_SPREAD,
            ask=one + HALF_SPREAD,
            last=one,
            at=flow.now,
        )
        for name, one in prices.items()
    }


def a_plan(number: int, session: Session) -> OrderPlan:
    """Return the plan of a session: one group is sold and the other bought."""
    places = [place for place in range(len(NAMES)) if is_traded(number, place)]
    orders = [a_planned_order(number, place, session.day) for place in places]
    orders.sort(key=lambda order: (order.side is Side.BUY, order.symbol))
    deadline = session.close_at - timedelta(minutes=1)
    return OrderPlan(account=ACCOUNT, session=session.day, deadline=deadline, orders=tuple(orders))


def a_planned_order(number: int, place: int, day: date) -> PlannedOrder:
    """Return the order for one symbol in one session, which one book claims."""
    name, buy = NAMES[place], is_bought(number, place)
    cents = price(number, place)
    return PlannedOrder(
        cl_ord_id=cl_ord_id(account=ACCOUNT, session=day, name=name, buy=buy, attempt=1),
        symbol=name,
        side=Side.BUY if buy else Side.SELL,
        quantity=QUANTITY,
        limit_price=limit(cents, buy=buy) * CENT,
        reference_price=cents * CENT,
        claims=((BOOKS[place % HALF % 2], QUANTITY),),
    )


def measured(
    sessions: int, limits: RiskLimits = RESEARCH_LIMITS, journal: JournalPort | None = None
) -> Result:
    """Return what `sessions` sessions of orders take; the clock stands while prices are made."""
    flow, seconds, wall = a_flow(limits, journal), 0.0, 0.0
    for number in range(sessions):
        session = a_session(number)
        open_market(flow, number, session)
        start, began = process_time(), perf_counter()
        flow.work(session, a_plan(number, session))
        seconds += process_time() - start
        wall += perf_counter() - began
    memory = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    return replace(result(flow, sessions, seconds), wall=wall, memory=memory)


def result(flow: Flow, sessions: int, seconds: float) -> Result:
    """Return what the books hold.

    Raises:
        AssertionError: When they differ from the venue: nothing was measured then.
    """
    books = flow.ledger.state.books
    cash, held = total_cash(books), total_positions(books)
    at_venue = {name: shares for name, shares in sorted(flow.venue.held.items()) if shares}
    if (cash, held, flow.venue.filled) != (flow.venue.cash, at_venue, orders_in(sessions)):
        msg = "the books and the venue differ: nothing was measured."
        raise AssertionError(msg)
    return Result(
        orders=flow.venue.filled,
        seconds=seconds,
        cash=int(cash * 100),
        held=whole([float(held.get(name, ZERO)) for name in NAMES]),
    )


def main(sessions: int, *words: str) -> None:
    """Measure under every limit, or into a durable journal, as the words say, and tell it."""
    collect_rarely()
    limits = RiskLimits() if "every-limit" in words else RESEARCH_LIMITS
    with TemporaryDirectory() as folder:
        durable = SqliteJournal(Path(folder) / "journal.db") if "durable" in words else None
        sys.stdout.write(measured(sessions, limits, durable).text())


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
