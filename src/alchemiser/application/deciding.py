"""Inputs read and a decision made on them, without recording or sending anything."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

from alchemiser.application.engine import Engine
from alchemiser.application.funding import funding_postings, opening_postings
from alchemiser.application.inputs import TakenInputs, ask_strategies
from alchemiser.domain.books.ledger import Books, Posting, post
from alchemiser.domain.cycle.decide import CycleDecision, CycleInputs, decide
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.values.session import Session

ORDERS_END_BEFORE_CLOSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberation:
    """Hold a decision and the postings it presupposes.

    Attributes:
        opening: Postings that book a new account to the house.
        funding: Postings that fund books of new strategies.
        decision: What was decided on the books after these.
    """

    opening: tuple[Posting, ...]
    funding: tuple[Posting, ...]
    decision: CycleDecision

    def decided(self) -> bool:
        """Say whether at least one strategy decided."""
        return any(isinstance(outcome, Decided) for _, outcome in self.decision.outcomes)


def deliberate(
    engine: Engine, state: EngineState, session: Session, taken: TakenInputs
) -> Deliberation:
    """Return the decision of `session` on the inputs `taken` and the books in `state`."""
    books: Books = deepcopy(state.books)
    opening = () if books else opening_postings(taken.account)
    post(books, opening)
    funding = funding_postings(engine, books, taken.account)
    post(books, funding)
    inputs = CycleInputs(
        now=engine.clock.now(),
        session=session,
        deadline=session.close_at - ORDERS_END_BEFORE_CLOSE,
        state=state.state,
        evaluator=taken.analysis.evaluator,
        row=taken.analysis.row,
        strategies=ask_strategies(engine, taken.analysis),
        books=books,
        account=taken.account,
        quotes={quote.symbol: quote for quote in taken.quotes},
        instruments=taken.instruments,
        policy=engine.policy,
    )
    return Deliberation(opening=opening, funding=funding, decision=decide(inputs))
