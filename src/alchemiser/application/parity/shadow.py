"""One session decided again, as it would have been had one thing after another been otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.application.deciding import deliberate
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import TakenInputs, lookbacks
from alchemiser.application.parity.prices import TradedPrices
from alchemiser.application.parity.sources import (
    Inputs,
    Quoted,
    Recorded,
    Sources,
    is_revised,
    with_sources,
)
from alchemiser.application.strategies import as_changed
from alchemiser.domain.books.ledger import total_cash, total_positions
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import InputsTaken
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.parity.model import Model
from alchemiser.domain.risk.breakers import Latch
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.session import Session
from alchemiser.domain.venue_model.settings import VenueSettings

DECIDED: Final = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Say what a strategy answered.

    Attributes:
        state: `decided`, `undecided` or `failed`.
        weights: What it wants; empty unless decided.
        reason: Why it did not decide, or "".
    """

    state: str
    weights: Mapping[Symbol, Decimal]
    reason: str = ""

    def is_as(self, other: "Answer | None") -> bool:
        """Say whether both lead to the same book; why one did not decide is not compared."""
        return other is not None and (self.state, self.weights) == (other.state, other.weights)


Answers = Mapping[StrategyId, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Hold a decision in one world.

    Attributes:
        answers: What each strategy answered.
        plan: What was to be done, or None when nothing decided.
        model: How it fills.
    """

    answers: Answers
    plan: OrderPlan | None
    model: Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Hold one session's decision in the worlds from the shadow to the record's inputs.

    Attributes:
        shadow: On bars as they are known now, at the shadow's prices, unrestricted.
        recorded_bars: On the closed bars of the record.
        recorded_prices: On the quotes of the record, too.
        restricted: With the halts and breakers of the record, too.
        revised: Whether closed bars are told otherwise now.
    """

    shadow: Told
    recorded_bars: Told
    recorded_prices: Told
    restricted: Told
    revised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """Decide recorded sessions again; it records and sends nothing.

    Attributes:
        engine: With the owner's present settings and strategies.
        sources: What decisions rest on.
        venue: What trading costs.
    """

    engine: Engine
    sources: Sources
    venue: VenueSettings

    @property
    def prices(self) -> TradedPrices:
        """What shadows trade at."""
        return self.sources.prices

    def knows(self, session: Session, state: EngineState, taken: InputsTaken | None) -> bool:
        """Say whether every source that `session` is decided on has its prices."""
        second = with_sources(self.engine, _recorded(state, session, taken)).second
        heard = second is None or self.sources.hears(session.day)
        return heard and self.prices.known(session.day)

    def chain(
        self, session: Session, state: EngineState, taken: InputsTaken | None, now: datetime
    ) -> Chain:
        """Return the decision of `session` in each world.

        Args:
            session: One whose prices are known.
            state: As the records had it when the session was decided.
            taken: What was decided on, or None when nothing was.
            now: When, UTC.

        Raises:
            InputError: When the bars store does not hold what was decided on.
            PortUnavailableError: When it cannot be read.
        """
        recorded = _recorded(state, session, taken)
        engine = replace(as_changed(self.engine, state), clock=_StoppedClock(now))
        engine = with_sources(engine, recorded)
        account = self._account(state, now) if taken is None else taken.account
        world = _World(self, engine, session, _unrestricted(state), account)
        quoted = self.sources.quoted(engine, session, account.shares)
        inputs = self.sources.known_now(engine, session, quoted)
        first = told = on_bars = world.told(inputs)
        revised = recorded is not None and is_revised(engine, recorded)
        if recorded is not None:
            then = recorded.quoted(engine)
            if revised:
                told = on_bars = world.told(
                    self.sources.recorded(engine, session, recorded, quoted)
                )
            if revised or not _same(quoted, then):
                inputs = self.sources.recorded(engine, session, recorded, then)
                told = world.told(inputs)
        on_prices = told
        if _is_restricted(state):
            told = replace(world, state=state).told(inputs)
        return Chain(
            shadow=first,
            recorded_bars=on_bars,
            recorded_prices=on_prices,
            restricted=told,
            revised=revised,
        )

    def _account(self, state: EngineState, now: datetime) -> AccountSnapshot:
        """Return the account as the books have it: in a missed session nobody asked."""
        positions = total_positions(state.books)
        self.prices.need(positions, now.date())
        marks, cash = self.prices.marks(now.date()), total_cash(state.books)
        value = sum((shares * marks[name] for name, shares in positions.items()), ZERO)
        return AccountSnapshot(
            account=self.engine.broker.account_id() if state.account is None else state.account,
            cash=cash,
            equity=cash + value,
            buying_power=max(cash, ZERO),
            positions=tuple(
                Position(symbol=name, quantity=shares) for name, shares in positions.items()
            ),
            at=now,
        )


@dataclass(frozen=True, slots=True)
class _World:
    """Decide one session on what it is given."""

    shadow: Shadow
    engine: Engine
    session: Session
    state: EngineState
    account: AccountSnapshot

    def told(self, inputs: Inputs) -> Told:
        quotes = inputs.quotes
        names = {quote.symbol for quote in quotes} | self.account.shares.keys()
        names |= lookbacks(self.engine).keys()
        instruments = {name: self.engine.reference.instrument(name) for name in sorted(names)}
        taken = TakenInputs(
            read_at=self.account.at,
            account=self.account,
            quotes=quotes,
            analysis=inputs.analysis,
            instruments=instruments,
            provisional=(),
            comparison=inputs.comparison,
        )
        found = deliberate(self.engine, self.state, self.session, taken)
        answers = {
            name: Answer(state=DECIDED, weights=dict(outcome.target.weights))
            if isinstance(outcome, Decided)
            else Answer(state=type(outcome).__name__.lower(), weights={}, reason=outcome.reason)
            for name, outcome in found.decision.outcomes
        }
        return Told(
            answers=answers,
            plan=found.decision.plan if found.decided() else None,
            model=Model(
                quotes={quote.symbol: quote for quote in quotes},
                instruments=instruments,
                venue=self.shadow.venue,
                closes=self.shadow.prices.closes(self.session.day),
                working=self.engine.execution.algorithms,
            ),
        )


@dataclass(frozen=True, slots=True)
class _StoppedClock:
    """A clock that stands at one moment; a ClockPort."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.at

    async def wait_until(self, at: datetime) -> None:
        """Return at once: nothing is waited for in the past."""


def _recorded(state: EngineState, session: Session, taken: InputsTaken | None) -> Recorded | None:
    """Return what was decided on, or None when nothing was."""
    if taken is None:
        return None
    cycle = state.cycles.get(session.day)
    return Recorded(taken=taken, sources=None if cycle is None else cycle.sources)


def _same(now: Quoted, then: Quoted) -> bool:
    """Say whether prices of `then` are still those of `now`, whenever they were made."""
    pairs = ((now.first, then.first), (now.second, then.second))
    return all(_same_prices(one, other) for one, other in pairs)


def _same_prices(now: Sequence[Quote], then: Sequence[Quote]) -> bool:
    prices = {quote.symbol: (quote.bid, quote.ask, quote.last) for quote in now}
    return (
        all(prices.get(quote.symbol) == (quote.bid, quote.ask, quote.last) for quote in then)
        and {quote.symbol for quote in then} >= prices.keys()
    )


def _is_restricted(state: EngineState) -> bool:
    standing = state.standing
    return bool(standing.halt or standing.reduced or standing.latch.standing)


def _unrestricted(state: EngineState) -> EngineState:
    """Return `state` without what people and breakers forbid; what losses rest on is kept."""
    if not _is_restricted(state):
        return state
    return replace(state, standing=replace(state.standing, halt=None, reduced=None, latch=Latch()))
