"""Inputs read and a decision made on them, without recording or sending anything."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal

from alchemiser.application.engine import Engine
from alchemiser.application.funding import funding_postings, opening_postings
from alchemiser.application.going_live import capped
from alchemiser.application.inputs import Analysis, TakenInputs, ask_strategies
from alchemiser.application.past import risk_history
from alchemiser.application.strategies import capital_wanted
from alchemiser.domain.books.ledger import Books, Posting, post
from alchemiser.domain.cycle.decide import CycleDecision, CycleInputs, decide
from alchemiser.domain.cycle.quorum import SecondOpinion
from alchemiser.domain.cycle.shaping import Shape
from alchemiser.domain.journal.allocations import StrategyReweighted
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import EntryPosted, Record
from alchemiser.domain.orders.closing import ORDERS_END_BEFORE_CLOSE
from alchemiser.domain.portfolio.allocation import Turn
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.risk.breakers import Action
from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import ONE
from alchemiser.domain.values.rebalance import EVERY_SESSION
from alchemiser.domain.values.session import Session
from alchemiser.domain.values.target import TargetPortfolio

HALF = Decimal("0.5")
"""What is left of every target after a breaker that reduces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberation:
    """Hold a decision and the postings it presupposes.

    Attributes:
        opening: Postings that book a new account to the house.
        funding: Postings that fund books of new strategies.
        history: What went before the session.
        decision: What was decided on the books after these, and the transfers that it made.
    """

    opening: tuple[Posting, ...]
    funding: tuple[Posting, ...]
    history: RiskHistory
    decision: CycleDecision

    def decided(self) -> bool:
        """Say whether at least one strategy decided, or gives something up without it."""
        decision = self.decision
        answers = [outcome for _, outcome in decision.outcomes]
        leaves = any(row.wanted for row in decision.consolidation.contributions)
        # Where nobody is asked, money that goes back need not wait for anybody.
        gives = bool(decision.allocated.transfers) and not answers
        decided = any(isinstance(outcome, Decided) for outcome in answers)
        return decided or leaves or gives or bool(decision.shaped.exits)

    def entries(self) -> tuple[Record, ...]:
        """Return what moves money between books as records, which go before the decision's."""
        moved = (("opening", self.opening), ("funding", self.funding))
        allocated = self.decision.allocated
        return (
            *(EntryPosted(reason=why, postings=rows) for why, rows in moved if rows),
            *(
                EntryPosted(reason=one.reason, postings=one.postings())
                for one in allocated.transfers
            ),
            *(StrategyReweighted(strategy=name) for name in allocated.reached),
        )


def deliberate(
    engine: Engine, state: EngineState, session: Session, taken: TakenInputs
) -> Deliberation:
    """Return the decision of `session` on the inputs `taken` and the books in `state`."""
    opening = () if state.books else opening_postings(taken.account)
    books = _after(state.books, opening)
    funding = funding_postings(engine, books, taken.account)
    books = _after(books, funding)
    history = risk_history(engine, state, session, taken.analysis)
    inputs = CycleInputs(
        now=engine.clock.now(),
        session=session,
        deadline=session.close_at - ORDERS_END_BEFORE_CLOSE,
        state=state.state,
        evaluator=taken.analysis.evaluator,
        row=taken.analysis.row,
        strategies=_asked(engine, state, taken.analysis),
        books=books,
        account=taken.account,
        quotes={quote.symbol: quote for quote in taken.quotes},
        instruments=taken.instruments,
        policy=capped(engine, state, session.day),
        capital=capital_wanted(engine, state),
        turns=_turns(engine, state, session),
        fallbacks=_fallbacks(engine, state),
        shapes=_shapes(engine, state),
        opened=state.opened,
        history=history,
        provisional=engine.schedule.timing.sees_session(),
        at_open=engine.schedule.timing.trades_at_open(),
        scale=HALF if state.standing.latch.action() is Action.REDUCE else ONE,
        any_hour=engine.any_hour(),
        second=_second_opinion(engine, state, taken),
    )
    return Deliberation(opening=opening, funding=funding, history=history, decision=decide(inputs))


def _after(books: Books, postings: Sequence[Posting]) -> Books:
    """Return `books` after `postings`; these themselves, which nobody changes, after none."""
    if not postings:
        return books
    after = deepcopy(books)
    post(after, postings)
    return after


def _second_opinion(engine: Engine, state: EngineState, taken: TakenInputs) -> SecondOpinion | None:
    """Ask the strategies again on a second source, where it differs from the first."""
    comparison = taken.comparison
    if comparison is None or comparison.second is None or not comparison.record.differences:
        return None
    return SecondOpinion(
        evaluator=comparison.second.evaluator,
        row=comparison.second.row,
        strategies=_asked(engine, state, comparison.second),
        weight_tolerance=comparison.record.weight_tolerance,
    )


def _asked(
    engine: Engine, state: EngineState, analysis: Analysis
) -> tuple[tuple[StrategyId, Node | StrategyOutcome], ...]:
    """Ask the strategies, but for those that a breaker has disabled: their books are held."""
    reasons = {
        trip.strategy: trip.sentence()
        for trip in state.standing.latch.standing.values()
        if trip.strategy is not None
    }
    enabled = tuple(row for row in engine.strategies if row.strategy_id not in reasons)
    answers = ask_strategies(enabled, engine.runner, analysis)
    for row in engine.strategies:
        if row.strategy_id in reasons:
            answers[row.strategy_id] = Undecided(reason=f"{reasons[row.strategy_id]}.")
    return tuple(sorted(answers.items(), key=lambda pair: pair[0]))


def _turns(engine: Engine, state: EngineState, session: Session) -> dict[StrategyId, Turn]:
    trimmed = state.withheld.trimmed
    turns = {name: Turn(trimmed=frozenset(symbols)) for name, symbols in trimmed.items()}
    for enabled in engine.strategies:
        strategy, last = enabled.strategy, state.rebalanced.get(enabled.strategy_id)
        if isinstance(strategy, RuleStrategy) and strategy.rebalance != EVERY_SESSION:
            rule = strategy.rebalance
            due = rule.is_due(session.day, last)
            turn = turns.get(enabled.strategy_id, Turn())
            turns[enabled.strategy_id] = replace(turn, due=due, threshold=rule.threshold)
    return turns


def _shapes(engine: Engine, state: EngineState) -> dict[StrategyId, Shape]:
    return {
        row.strategy_id: Shape(
            exits=row.exits,
            sizing=row.sizing,
            barred=frozenset(state.withheld.barred.get(row.strategy_id, ())),
        )
        for row in engine.strategies
    }


def _fallbacks(engine: Engine, state: EngineState) -> dict[StrategyId, TargetPortfolio]:
    return {
        row.strategy_id: row.fallback.target
        for row in engine.strategies
        if row.fallback is not None and state.silent.get(row.strategy_id, 0) >= row.fallback.after
    }
