"""One session decided again, as it would have been had one thing after another been otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.application.backtest import WholePanelAnalyst
from alchemiser.application.deciding import deliberate
from alchemiser.application.engine import Engine
from alchemiser.application.inputs import Analysis, TakenInputs, analysis_of, lookbacks
from alchemiser.application.parity.prices import TradedPrices
from alchemiser.application.strategies import as_changed
from alchemiser.domain.books.ledger import total_cash, total_positions
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import InputsTaken
from alchemiser.domain.market.bars import BarsReference
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.parity.worlds import Model
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
        analyst: The market as it is known now.
        prices: What shadows trade at.
        venue: What trading costs.
    """

    engine: Engine
    analyst: WholePanelAnalyst
    prices: TradedPrices
    venue: VenueSettings

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
        engine = replace(as_changed(self.engine, state), clock=_StoppedClock(now))
        account = self._account(state, now) if taken is None else taken.account
        world = _World(self, engine, session, _unrestricted(state), account)
        names = lookbacks(engine).keys() | account.shares.keys()
        priced = self.prices.quotes(session.day, now)
        quotes = tuple(quote for quote in priced if quote.symbol in names)
        analysis = self.analyst.prepare(engine, session, ())(quotes)
        first = told = world.told(quotes, analysis)
        bars = None if taken is None else taken.bars
        then = quotes if taken is None else taken.quotes
        revised = bars is not None and self._is_revised(engine, bars)
        if bars is not None and revised:
            told = world.told(quotes, _recorded(engine, session, bars, quotes))
        on_bars = told
        if revised or not _same(quotes, then):
            if bars is not None:
                analysis = _recorded(engine, session, bars, then)
            told = world.told(then, analysis)
        on_prices = told
        if _is_restricted(state):
            told = replace(world, state=state).told(then, analysis)
        return Chain(
            shadow=first,
            recorded_bars=on_bars,
            recorded_prices=on_prices,
            restricted=told,
            revised=revised,
        )

    def _is_revised(self, engine: Engine, bars: BarsReference) -> bool:
        now = engine.market.bars(bars.symbols, through=bars.last)
        return not now.sessions or panel_digest(now) != bars.digest

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

    def told(self, quotes: Sequence[Quote], analysis: Analysis) -> Told:
        names = {quote.symbol for quote in quotes} | self.account.shares.keys()
        names |= lookbacks(self.engine).keys()
        instruments = {name: self.engine.reference.instrument(name) for name in sorted(names)}
        taken = TakenInputs(
            read_at=self.account.at,
            account=self.account,
            quotes=tuple(quotes),
            analysis=analysis,
            instruments=instruments,
            provisional=(),
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


def _recorded(
    engine: Engine, session: Session, bars: BarsReference, quotes: Sequence[Quote]
) -> Analysis:
    return analysis_of(engine, session, engine.bars_store.read(bars), quotes)


def _same(now: Sequence[Quote], then: Sequence[Quote]) -> bool:
    """Say whether prices of `then` are still those of `now`, whenever they were made."""
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
