"""The breakers at work: what they read before a decision and after trading, and what trips."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from alchemiser.application.engine import Engine, Mode
from alchemiser.application.inputs import TakenInputs
from alchemiser.application.preflight import in_force
from alchemiser.domain.cycle.shaping import Shaped
from alchemiser.domain.execution.facts import OrderRefused, OrderRejected
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import Record
from alchemiser.domain.journal.restrictions import (
    BreakerTripped,
    EquityMarked,
    LimitsInForce,
    TradingHalted,
)
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.risk.limits import PRICE_IT, RUNAWAY_CODES, Violation
from alchemiser.domain.risk.track import Track
from alchemiser.domain.risk.watch import Readings, doubted, trips, unjudged
from alchemiser.domain.values.identifiers import NO_STRATEGYS, BookId, StrategyId, Symbol
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.session import Session
from alchemiser.ports.notifier import Alert, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Hold what a look at the breakers brought.

    Attributes:
        records: What the account and the books were worth, and each breaker that tripped newly.
        alerts: What the owner should hear of.
    """

    records: tuple[Record, ...]
    alerts: tuple[Alert, ...]


def watch_before(
    engine: Engine,
    state: EngineState,
    session: Session,
    taken: TakenInputs,
) -> Watched:
    """Judge gains and losses, failures and the clock before anything is decided.

    Limits that are not those of the last decision are recorded and told as well.
    """
    account = taken.account
    marks = {quote.symbol: quote.mid() for quote in taken.quotes}
    enabled = {BookId(row.strategy_id) for row in engine.strategies}
    values = _values(enabled, state, marks)
    readings = Readings(
        session=session.day,
        equity=account.equity,
        second=_by_our_marks(account, marks),
        account=state.standing.account,
        books={
            StrategyId(name): (state.standing.books.get(name, Track()), value)
            for name, value in values.items()
            if name in enabled
        },
        clock_skew=_seconds(taken.read_at, account.at),
        maintenance=account.maintenance_margin,
        cycle_failures=state.standing.failed_cycles(),
        data_losses=state.standing.unread(),
        strategy_failures={
            row.strategy_id: state.standing.failures_of(row.strategy_id)
            for row in engine.strategies
        },
    )
    known = tuple((name, value) for name, value in sorted(values.items()) if value is not None)
    marked = EquityMarked(session=session.day, equity=account.equity, books=known)
    judged, limits = _judged(engine, state, readings), _limits(engine, state)
    doubts = (*_unpriced(engine, account, marks), *_doubts(engine, readings))
    return Watched(
        records=(*limits, marked, *judged.records),
        alerts=(*_changed(limits, state), *judged.alerts, *doubts),
    )


def watch_after(
    engine: Engine,
    state: EngineState,
    session: Session,
    account: AccountSnapshot,
    *,
    broken: bool,
) -> Watched:
    """Judge what the venue and the last gate refused, once the plan has been worked.

    Losses are judged at each release by the last gate, and before the next decision.
    """
    cycle = state.cycle()
    readings = Readings(
        session=session.day,
        equity=account.equity,
        second=account.equity,
        account=Track(),
        clock_skew=ZERO,
        maintenance=account.maintenance_margin,
        refusals=sum(fact.by_venue() for _, fact in cycle.facts if isinstance(fact, OrderRejected)),
        runaway=_runaway(cycle),
        broken=broken,
    )
    return _judged(engine, state, readings)


def watch_limits(engine: Engine, state: EngineState) -> Watched:
    """Halt until a person approves limits that are looser than those on record.

    Simulated trading is free to try other limits.
    """
    limits = () if engine.mode is Mode.SIMULATED else _limits(engine, state)
    found = [change for now in limits for change in now.loosened(state.limits or now)]
    if not found:
        return Watched(records=(), alerts=())
    reason = f"limits were loosened: {', '.join(found)}"
    text = f"{reason}; nothing is sent until you resume."
    return Watched(
        records=(*limits, TradingHalted(actor="engine", reason=reason)),
        alerts=(Alert(severity=Severity.CRITICAL, code="limits_loosened", text=text),),
    )


def watch_unread(engine: Engine, state: EngineState, session: Session) -> Watched:
    """Judge how often in a row the inputs could not be read; nothing else can be judged then."""
    readings = Readings(
        session=session.day,
        equity=ZERO,
        second=ZERO,
        account=Track(),
        clock_skew=ZERO,
        maintenance=None,
        data_losses=state.standing.unread_with(session.day),
    )
    return _judged(engine, state, readings)


def unguarded(shaped: Shaped) -> Iterator[Alert]:
    """Yield the positions whose exits cannot be judged, since a close is missing."""
    for name, symbol in shaped.unjudged:
        text = f"{name} holds {symbol} unguarded: a close that its exit rules need is missing."
        yield Alert(severity=Severity.WARNING, code="exit_unjudged", text=text)


def _values(
    enabled: Collection[BookId], state: EngineState, marks: Mapping[Symbol, Decimal]
) -> dict[BookId, Decimal | None]:
    """Return the worth of each strategy's book, None where a price is missing.

    One whose strategy is not enabled counts as long as it holds something: it is followed, so that
    money that leaves it is no loss.
    """
    return {
        name: book.equity(marks)
        for name, book in state.books.items()
        if name in enabled or (name not in NO_STRATEGYS and (book.positions or book.cash))
    }


def _by_our_marks(account: AccountSnapshot, marks: Mapping[Symbol, Decimal]) -> Decimal | None:
    total = account.cash
    for row in account.positions:
        if row.symbol not in marks:
            return None
        total += row.quantity * marks[row.symbol]
    return total


def _seconds(ours: datetime, theirs: datetime) -> Decimal:
    return Decimal(str((ours - theirs).total_seconds()))


def _runaway(cycle: CycleState) -> Violation | None:
    refusals = (fact.violation for _, fact in cycle.facts if isinstance(fact, OrderRefused))
    found = [*cycle.refused, *refusals]
    return next((one for one in found if one.code in RUNAWAY_CODES), None)


def _judged(engine: Engine, state: EngineState, readings: Readings) -> Watched:
    """Return the trips that do not stand yet, or are more severe than what stands."""
    latch = state.standing.latch
    new = [trip for trip in trips(engine.policy.breakers, readings) if latch.tightens(trip)]
    return Watched(
        records=tuple(BreakerTripped(trip=trip) for trip in new),
        alerts=tuple(
            Alert(severity=Severity.CRITICAL, code=trip.code.value, text=f"{trip.sentence()}.")
            for trip in new
        ),
    )


def _doubts(engine: Engine, readings: Readings) -> Iterator[Alert]:
    for trip in doubted(engine.policy.breakers, readings):
        text = f"{trip.code} is {trip.observed}, the limit {trip.limit}: look which one is right."
        yield Alert(severity=Severity.CRITICAL, code="equity_doubted", text=text)
    for name in unjudged(engine.policy.breakers, readings):
        text = f"the book of {name} has no value, so that its losses are not judged."
        yield Alert(severity=Severity.WARNING, code="book_unvalued", text=text)


def _unpriced(
    engine: Engine, account: AccountSnapshot, marks: Mapping[Symbol, Decimal]
) -> Iterator[Alert]:
    """Yield what keeps a plan from being sent, since exposure cannot be limited."""
    names = sorted(row.symbol for row in account.positions if row.symbol not in marks)
    if names and engine.policy.limits.max_gross_exposure is not None:
        text = f"{', '.join(names)} is held and has no fresh quote: nothing is traded; {PRICE_IT}."
        yield Alert(severity=Severity.WARNING, code="position_unpriced", text=text)


def _limits(engine: Engine, state: EngineState) -> tuple[LimitsInForce, ...]:
    """Return the limits for the record, where they are not those of the last decision."""
    policy = engine.policy
    now = LimitsInForce(values=in_force(policy.limits, policy.breakers))
    return () if now == state.limits else (now,)


def _changed(now: tuple[LimitsInForce, ...], state: EngineState) -> Iterator[Alert]:
    """Yield what the owner should know of limits that are not as they were."""
    for limits in now:
        if state.limits is not None:
            text = f"limits have changed: {', '.join(limits.changed(state.limits))}."
            yield Alert(severity=Severity.WARNING, code="limits_changed", text=text)
