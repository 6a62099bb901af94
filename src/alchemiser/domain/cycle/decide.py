"""One day's decision: a pure function of recorded inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from alchemiser.domain.books.ledger import Book, total_cash
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.planning.planner import PlanInputs, PlanSettings, make_plan, orderable
from alchemiser.domain.portfolio.consolidation import (
    AllocationSettings,
    Consolidation,
    StrategyOutcome,
    consolidate,
)
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.limits import RiskLimits, TradingState, Violation
from alchemiser.domain.risk.portfolio import PortfolioAssessment, assess_portfolio
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.identifiers import BookId, ClOrdId, StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Hold the owner's settings that a decision rests on."""

    allocation: AllocationSettings
    planning: PlanSettings
    limits: RiskLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleInputs:
    """Hold everything that one decision may depend on.

    Attributes:
        now: The moment of the decision, UTC.
        session: The session decided for.
        deadline: When every order must be terminal, UTC.
        state: How much the engine may do.
        evaluator: Evaluates rule trees on the bars up to the session.
        row: The session's row in the evaluator's panel.
        strategies: Each strategy's rule tree, or what its free-form code answered; sorted by id.
        books: Every book.
        account: The broker's account.
        quotes: Latest quotes.
        instruments: Reference data of every symbol concerned.
        policy: The owner's settings.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDecision:
    """Hold one session's decision, step by step.

    Attributes:
        outcomes: What each strategy said, sorted by strategy.
        consolidation: What the books want together.
        assessment: What the first gate left of it.
        plan: What is to be done; without the orders that the last gate refused.
        refused: Orders that the last gate refused.
    """

    outcomes: tuple[tuple[StrategyId, StrategyOutcome], ...]
    consolidation: Consolidation
    assessment: PortfolioAssessment
    plan: OrderPlan
    refused: tuple[tuple[NewOrderSingle, Violation], ...]


def decide(inputs: CycleInputs) -> CycleDecision:
    """Return the decision; the same inputs give the same bytes, anywhere and at any time."""
    outcomes = evaluate(inputs.strategies, inputs.evaluator, inputs.row)
    marks = {name: quote.mid() for name, quote in inputs.quotes.items()}
    consolidation = consolidate(
        outcomes, inputs.books, marks, inputs.instruments, inputs.policy.allocation
    )
    unvalued = dict(consolidation.undecided)
    outcomes = tuple((name, unvalued.get(name, outcome)) for name, outcome in outcomes)
    context = _context(inputs)
    planning, plan_inputs = inputs.policy.planning, _plan_inputs(inputs)
    net = orderable(consolidation.net, plan_inputs, planning)
    assessment = assess_portfolio(net, context, planning.limit_offset)
    crossings = () if assessment.refused else consolidation.crossings
    plan = make_plan(assessment.net, crossings, plan_inputs, planning)
    plan, refused = _last_gate(plan, context)
    return CycleDecision(
        outcomes=outcomes,
        consolidation=consolidation,
        assessment=assessment,
        plan=plan,
        refused=refused,
    )


def evaluate(
    strategies: Sequence[tuple[StrategyId, Node | StrategyOutcome]],
    evaluator: TreeEvaluator,
    row: int,
) -> tuple[tuple[StrategyId, StrategyOutcome], ...]:
    """Return each strategy's answer: trees are evaluated here, free-form answers pass through."""
    return tuple(
        (name, evaluator.decide(strategy, row) if isinstance(strategy, Node) else strategy)
        for name, strategy in strategies
    )


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
    )


def _plan_inputs(inputs: CycleInputs) -> PlanInputs:
    return PlanInputs(
        account=inputs.account.account,
        session=inputs.session.day,
        deadline=inputs.deadline,
        quotes=inputs.quotes,
        instruments=inputs.instruments,
        held={row.symbol: row.quantity for row in inputs.account.positions},
    )


def _last_gate(
    plan: OrderPlan, context: RiskContext
) -> tuple[OrderPlan, tuple[tuple[NewOrderSingle, Violation], ...]]:
    """Gate sells on the account as it is, buys as it will be once the approved sells filled."""
    refused: dict[ClOrdId, tuple[NewOrderSingle, Violation]] = {}
    approved_sells: list[tuple[Symbol, Decimal, Decimal]] = []
    for side in (Side.SELL, Side.BUY):
        if side is Side.BUY:
            context = replace(context, open_orders=()).after_sells(approved_sells)
        for planned in plan.orders:
            if planned.side is not side:
                continue
            order = planned.request()
            verdict = approve(order, context)
            if isinstance(verdict, ApprovedOrder):
                context = context.with_order(order)
                if side is Side.SELL:
                    approved_sells.append((order.symbol, order.order_qty, order.price))
            else:
                refused[order.cl_ord_id] = (order, verdict)
    kept = tuple(order for order in plan.orders if order.cl_ord_id not in refused)
    return replace(plan, orders=kept), tuple(refused.values())
