"""What the owner sees and decides between cycles."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from alchemiser.application.agreement import agree, look
from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.outcome import order_lines
from alchemiser.application.report import BookLine, Overview, StateChange
from alchemiser.application.worked import planned
from alchemiser.domain.books.history import of_book
from alchemiser.domain.books.ledger import Book
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.profit import profit
from alchemiser.domain.books.terms import Terms, with_terms
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.restrictions import TradingHalted, TradingReduced, TradingResumed
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import AlchemiserError, SettingsError
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.ports.control import ControlPort, HaltRequest
from alchemiser.ports.errors import (
    LeaseHeldError,
    PortError,
    PortRejectedError,
    PortUnavailableError,
)


def overview(engine: Engine, terms: Terms = ()) -> Overview:
    """Return where things stand; reads only.

    Args:
        engine: Whose account.
        terms: What the owner tells of spin-offs and mergers.

    Raises:
        PortUnavailableError: When the broker cannot be reached.
    """
    state = Ledger(engine.journal).state
    seen = look(engine, state, engine.clock.now().date())
    # What has happened meanwhile changes this copy alone, until a cycle or `reconcile` records it.
    for record in seen.news:
        state.apply(record, engine.clock.now())
    account = seen.account
    names = sorted({row.symbol for row in account.positions} | _names(state.books))
    quotes = engine.market.quotes(names, at=engine.clock.now())
    marks = {quote.symbol: quote.mid() for quote in quotes}
    trading_state, reason = _standing(engine, state)
    plans = tuple(cycle for cycle, _ in planned(state))
    session = plans[-1].started.session if plans else None
    return Overview(
        state=trading_state,
        reason=reason,
        equity=account.equity,
        cash=account.cash,
        positions=tuple((row.symbol, row.quantity) for row in account.positions),
        books=tuple(_book_line(state, name, marks, terms) for name in sorted(state.books)),
        orders=tuple(
            line
            for cycle in plans
            if cycle.started.session == session
            for line in order_lines(cycle)
        ),
        session=session,
        breaks=seen.breaks,
        changes=tuple(change for _, change in sorted(state.allocations.changes.items())),
        owed=tuple(sorted(state.allocations.owed)),
    )


def _book_line(
    state: EngineState, name: BookId, marks: Mapping[Symbol, Decimal], terms: Terms
) -> BookLine:
    book, history = state.books[name], of_book(state.entries, name)
    lots = match(with_terms(history.movements, terms))
    return BookLine(
        book=name,
        cash=book.cash,
        equity=book.equity(marks),
        positions=tuple(sorted(book.positions.items())),
        profit=profit(history, lots, marks),
        lots=lots.open,
    )


def halt(engine: Engine, *, actor: str, reason: str) -> StateChange:
    """Stop trading: the sticky file first, so that a working engine sees it; then the chain.

    Raises:
        PortUnavailableError: When the halt cannot be written.
    """
    return _tighten(engine, TradingHalted(actor=actor, reason=reason), TradingState.HALTED)


def reduce_only(engine: Engine, *, actor: str, reason: str) -> StateChange:
    """Stop buying, in the same way; a halt that stands stays.

    Raises:
        PortUnavailableError: When it cannot be written.
    """
    return _tighten(engine, TradingReduced(actor=actor, reason=reason), TradingState.REDUCING)


def _tighten(
    engine: Engine, record: TradingHalted | TradingReduced, wanted: TradingState
) -> StateChange:
    now, reason = engine.clock.now(), record.reason
    request = HaltRequest(actor=record.actor, reason=reason, at=now, state=wanted)
    engine.control.request_halt(request)
    try:
        with engine.lease.hold(engine.broker.lease_key()):
            ledger = Ledger(engine.journal)
            if ledger.state.state not in {wanted, TradingState.HALTED}:
                ledger.record((record,), at=now)
            standing = ledger.state.state
    except LeaseHeldError:
        text = f"{reason}; the engine at work will see it within a second"
        return StateChange(state=wanted, reason=text)
    except (PortRejectedError, PortUnavailableError, SettingsError) as error:
        # The broker tells whose lease it is; without it the brake stands all the same.
        return _braked(request, error)
    return StateChange(state=standing, reason=reason)


def brake_alone(control: ControlPort, request: HaltRequest, lost: PortError) -> StateChange:
    """Set the owner's brake where nothing else can be done, since the journal is `lost`.

    Raises:
        PortUnavailableError: When it cannot be written.
    """
    control.request_halt(request)
    return _braked(request, lost)


def _braked(request: HaltRequest, error: AlchemiserError) -> StateChange:
    text = f"{request.reason}; the next run takes it into the journal ({error})"
    return StateChange(state=request.state, reason=text)


async def resume(engine: Engine, *, actor: str, reason: str) -> StateChange:
    """Lift a halt, once books and broker agree and no engine is at work.

    Raises:
        SettingsError: When the reason is blank; a halt needs none.
        PortUnavailableError: When broker, journal or control folder cannot be used.
    """
    if not reason.strip():
        msg = "to resume needs a reason: add --reason TEXT."
        raise SettingsError(msg)
    try:
        with engine.lease.hold(engine.broker.lease_key()):
            return await _resume(engine, actor, reason)
    except LeaseHeldError as error:
        return StateChange(state=TradingState.HALTED, reason=str(error), refused=True)


async def _resume(engine: Engine, actor: str, reason: str) -> StateChange:
    ledger = Ledger(engine.journal)
    standing, why = _standing(engine, ledger.state)
    if standing is TradingState.ACTIVE and not ledger.state.standing.latch.standing:
        return StateChange(state=standing, reason="trading was not halted")
    refusal = await _unsettled(engine, ledger.state) or _too_early(engine, ledger.state)
    if refusal:
        text = f"{refusal}; the halt stays ({why})"
        return StateChange(state=standing, reason=text, refused=True)
    ledger.record((TradingResumed(actor=actor, reason=reason),), at=engine.clock.now())
    engine.control.clear_halt()
    return StateChange(state=TradingState.ACTIVE, reason=reason)


def _too_early(engine: Engine, state: EngineState) -> str:
    """Return which loss is too fresh to be lifted, or ""."""
    today, latch = engine.clock.now().date(), state.standing.latch
    cool_off = engine.policy.breakers.cool_off_sessions

    def between(first: date, last: date) -> int:
        return len(engine.calendar.sessions(first, max(first, last))) - 1

    if latch.expired(today, between, cool_off):
        return ""
    return f"{cool_off} sessions have to pass after a loss before trading may go on"


async def _unsettled(engine: Engine, state: EngineState) -> str:
    if state.current is not None and state.current.is_in_flight():
        return "orders are in flight: run `alchemiser run` again, so that they are followed up"
    seen = await agree(engine, state, engine.clock.now().date())
    if seen.breaks:
        told = "; ".join(row.sentence() for row in seen.breaks)
        return f"books and broker differ: {told}; `alchemiser reconcile` tells what can be done"
    return ""


def _standing(engine: Engine, state: EngineState) -> tuple[TradingState, str]:
    """Return the state and why; the owner's file counts as much as the chain."""
    if state.state is TradingState.HALTED:
        return TradingState.HALTED, state.standing.reason()
    try:
        request = engine.control.halt_request()
    except PortUnavailableError as error:
        return TradingState.HALTED, str(error)
    if request is not None and request.state is not state.state:
        return request.state, f"{request.reason} ({request.actor})"
    return state.state, state.standing.reason()


def _names(books: Mapping[BookId, Book]) -> set[Symbol]:
    return {name for book in books.values() for name in book.positions}
