"""One day's decision: a pure function of recorded inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.domain.books.ledger import Book, total_cash
from alchemiser.domain.cycle.answering import answers
from alchemiser.domain.cycle.last_gate import last_gate
from alchemiser.domain.cycle.quorum import (
    Outcomes,
    SecondOpinion,
    agreed_answers,
    agreed_shapes,
)
from alchemiser.domain.cycle.shaping import Opened, Shape, Shaped, Shaper
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.planning.choosing import OrderBudget
from alchemiser.domain.planning.closing import ClosingAuction
from alchemiser.domain.planning.planner import PlanInputs, PlanSettings, make_plan, orderable
from alchemiser.domain.portfolio.allocation import AllocationSettings, Turn
from alchemiser.domain.portfolio.bands import trading_costs
from alchemiser.domain.portfolio.capital import Allocated, Capital, allocate_capital
from alchemiser.domain.portfolio.consolidation import (
    Consolidation,
    Market,
    StrategyOutcome,
    consolidate,
)
from alchemiser.domain.portfolio.dissent import Dissent
from alchemiser.domain.portfolio.past import Liquidities, Past
from alchemiser.domain.risk.breakers import BreakerLimits
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.risk.limits import RiskLimits, TradingState, Violation
from alchemiser.domain.risk.portfolio import PortfolioAssessment, assess_portfolio
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.regime import Benchmarks, Regime
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, ZERO
from alchemiser.domain.values.session import Session
from alchemiser.domain.values.target import TargetPortfolio

GIVEN_UP: Final = Undecided(reason="its book is given up.")
LIQUIDITY_SESSIONS: Final = 20
"""Sessions that volatility and volume of an order are measured over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Hold the owner's settings that a decision rests on."""

    allocation: AllocationSettings
    planning: PlanSettings
    limits: RiskLimits
    breakers: BreakerLimits = field(default_factory=BreakerLimits)
    benchmarks: Benchmarks = field(default_factory=Benchmarks)


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleInputs:
    """Hold everything that one decision may depend on.

    Attributes:
        now: The moment of the decision, UTC.
        session: The session decided for.
        deadline: When every order must be terminal, UTC; those in the closing auction may be later.
        state: How much the engine may do.
        evaluator: Evaluates rule trees on the bars up to the session.
        row: The session's row in the evaluator's panel.
        strategies: Each strategy's rule tree, or what its free-form code answered; sorted by id.
        books: Every book.
        account: The broker's account.
        quotes: Latest quotes.
        instruments: Reference data of every symbol concerned.
        policy: The owner's settings.
        capital: What capital the books are to have.
        turns: Strategies whose books are not traded at every session.
        fallbacks: What is held instead where a strategy has not decided for long enough and does
            not now.
        shapes: How each strategy's wishes are shaped.
        opened: Since when each book has held what it holds.
        history: Earlier sessions, as far as the checks need them.
        provisional: Whether the session has not closed yet, so that its own volume and range are
            not known, although the panel of a backtest may hold them.
        at_open: Whether the session is decided at its open, so that no order waits for its closing
            auction.
        scale: What every target is multiplied by, in [0, 1]; below one after a breaker.
        any_hour: Whether orders may go out outside regular hours, which only paper trading allows.
        second: What a second source gives to decide on, where it differs from the first; or None.
    """

    now: datetime
    session: Session
    deadline: datetime
    state: TradingState
    evaluator: TreeEvaluator
    row: int
    strategies: Sequence[tuple[StrategyId, Node | StrategyOutcome]]
    books: Mapping[BookId, Book]
    account: AccountSnapshot
    quotes: Mapping[Symbol, Quote]
    instruments: Mapping[Symbol, Instrument]
    policy: Policy
    capital: Capital = field(default_factory=Capital)
    turns: Mapping[StrategyId, Turn] = field(default_factory=dict)
    fallbacks: Mapping[StrategyId, TargetPortfolio] = field(default_factory=dict)
    shapes: Mapping[StrategyId, Shape] = field(default_factory=dict)
    opened: Opened = field(default_factory=dict)
    history: RiskHistory | None = None
    provisional: bool = False
    at_open: bool = False
    scale: Decimal = ONE
    any_hour: bool = False
    second: SecondOpinion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDecision:
    """Hold one session's decision, step by step.

    Attributes:
        regime: In which regime the market was.
        outcomes: What each strategy said, sorted by strategy.
        allocated: The books after transfers, on which everything below rests; without transfers
            where the whole plan is refused.
        shaped: What exits, sizes and breakers made of it.
        resting: Strategies that decided, but whose rebalancing is not due.
        consolidation: What the books want together.
        assessment: What the first gate left of it.
        plan: What is to be done; without the orders that the last gate refused.
        refused: Orders that the last gate refused.
        dissents: Strategies whose books are left alone, since two sources lead elsewhere.
    """

    regime: Regime
    outcomes: tuple[tuple[StrategyId, StrategyOutcome], ...]
    allocated: Allocated
    shaped: Shaped
    resting: frozenset[StrategyId]
    consolidation: Consolidation
    assessment: PortfolioAssessment
    plan: OrderPlan
    refused: tuple[tuple[NewOrderSingle, Violation], ...]
    dissents: tuple[Dissent, ...] = ()


def decide(inputs: CycleInputs) -> CycleDecision:
    """Return the decision; the same inputs give the same bytes, anywhere and at any time."""
    outcomes, dissents = _answers(inputs)
    turns = _turns(outcomes, inputs)
    marks = {name: quote.mid() for name, quote in inputs.quotes.items()}
    allocated = allocate_capital(
        outcomes, turns, inputs.books, marks, inputs.capital, inputs.policy.allocation
    )
    before, inputs = inputs.books, replace(inputs, books=allocated.books)
    context = _context(inputs)
    planning, plan_inputs = inputs.policy.planning, _plan_inputs(inputs, context.spendable())
    shaped, gone = _shaped(outcomes, inputs, marks), _given_up(inputs)
    consolidation = consolidate(
        (*shaped.outcomes, *((name, GIVEN_UP) for name in gone)),
        inputs.books,
        _market(inputs, marks, plan_inputs.liquidity),
        inputs.policy.allocation,
        gone | {name: shaped.turn(name, turns.get(name, Turn())) for name, _ in outcomes},
    )
    unvalued = dict(consolidation.undecided) | shaped.held()
    outcomes = tuple((name, unvalued.get(name, outcome)) for name, outcome in outcomes)
    net = orderable(consolidation.net, plan_inputs, planning)
    assessment = assess_portfolio(net, context, planning.limit_offset)
    crossings = consolidation.crossings
    if assessment.refused:
        # Where nothing is sold, nothing is given that would have to be: it stays owed.
        allocated, crossings = Allocated(books=before), ()
    plan = make_plan(assessment.net, crossings, plan_inputs, planning)
    plan, refused = last_gate(plan, context)
    return CycleDecision(
        regime=inputs.policy.benchmarks.regime(inputs.evaluator, inputs.row),
        outcomes=outcomes,
        allocated=allocated,
        shaped=shaped,
        resting=frozenset(name for name, turn in turns.items() if not turn.due),
        consolidation=consolidation,
        assessment=assessment,
        plan=plan,
        refused=refused,
        dissents=(*dissents, *shaped.dissents),
    )


def _answers(inputs: CycleInputs) -> tuple[Outcomes, tuple[Dissent, ...]]:
    """Return each strategy's answer, and which are none since two sources lead elsewhere."""
    first = answers(inputs.strategies, inputs.evaluator, inputs.row, inputs.fallbacks)
    if inputs.second is None:
        return first, ()
    second, other = inputs.second, inputs.second.evaluator
    theirs = answers(second.strategies, other, second.row, inputs.fallbacks)
    return agreed_answers(first, theirs, second.weight_tolerance)


def _turns(
    outcomes: Sequence[tuple[StrategyId, StrategyOutcome]], inputs: CycleInputs
) -> dict[StrategyId, Turn]:
    """Return the turns; what a breaker makes smaller, falls back or is owed is traded at once."""
    fallen = {
        name for name, outcome in outcomes if isinstance(outcome, Decided) and outcome.instead_of
    }
    at_once = inputs.turns.keys() if inputs.scale < ONE else fallen | inputs.capital.owed
    return {
        name: replace(turn, due=True, threshold=ZERO) if name in at_once else turn
        for name, turn in inputs.turns.items()
    }


def _given_up(inputs: CycleInputs) -> dict[StrategyId, Turn]:
    """Return the turns of books that sell everything although no strategy is asked."""
    names = sorted(inputs.capital.leaving & inputs.books.keys())
    return {
        StrategyId(name): Turn(leaving=frozenset(inputs.books[name].positions)) for name in names
    }


def _market(
    inputs: CycleInputs,
    marks: Mapping[Symbol, Decimal],
    liquidity: Mapping[Symbol, Liquidity],
) -> Market:
    banded = inputs.policy.allocation.cost_bands is not None
    costs = trading_costs(inputs.quotes, liquidity) if banded else {}
    return Market(marks=marks, instruments=inputs.instruments, costs=costs)


def _shaped(outcomes: Outcomes, inputs: CycleInputs, marks: Mapping[Symbol, Decimal]) -> Shaped:
    """Return what becomes of the answers; where there are two sources, the same on both."""
    shaper = Shaper(
        panel=inputs.evaluator.bars,
        row=inputs.row,
        books=inputs.books,
        marks=marks,
        opened=inputs.opened,
        provisional=inputs.provisional,
        scale=inputs.scale,
    )
    second = inputs.second
    if second is None:
        return shaper.shape(outcomes, inputs.shapes)
    other = shaper.on(second.evaluator.bars, second.row)
    first, theirs = (one.shape(outcomes, inputs.shapes) for one in (shaper, other))
    return agreed_shapes(first, theirs, second.weight_tolerance)


def _context(inputs: CycleInputs) -> RiskContext:
    return RiskContext(
        now=inputs.now,
        state=inputs.state,
        session=inputs.session,
        account=inputs.account,
        cash=total_cash(inputs.books),
        quotes=inputs.quotes,
        instruments=inputs.instruments,
        limits=inputs.policy.limits,
        history=inputs.history,
        any_hour=inputs.any_hour,
    )


def _plan_inputs(inputs: CycleInputs, spendable: Decimal | None) -> PlanInputs:
    times = inputs.policy.planning.algorithms.auction
    return PlanInputs(
        account=inputs.account.account,
        session=inputs.session.day,
        deadline=inputs.deadline,
        quotes=inputs.quotes,
        instruments=inputs.instruments,
        held={row.symbol: row.quantity for row in inputs.account.positions},
        liquidity=_liquidity(inputs),
        budget=OrderBudget.of(inputs.policy.limits),
        auction=None
        if inputs.at_open
        else ClosingAuction(
            times=times, session=inputs.session, now=inputs.now, spendable=spendable
        ),
    )


def _liquidity(inputs: CycleInputs) -> Mapping[Symbol, Liquidity]:
    past = Past.of(inputs.evaluator.bars, inputs.row, provisional=inputs.provisional)
    return Liquidities(past, inputs.quotes, LIQUIDITY_SESSIONS)
