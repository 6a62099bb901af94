"""Whole plans that break a control: before they are orders, and while they are worked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from alchemiser.application.controls.bench import (
    A_FEW,
    CLOSE,
    DAY,
    LISTED,
    NOW,
    OF_CLASS,
    ONE_SHARE,
    OPEN,
    PRICE,
    Afternoon,
    an_order,
    quote,
    shares_above,
)
from alchemiser.domain.execution.facts import OrderRefused
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import Event, Halted, Timer, TimerFired
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.risk.portfolio import PortfolioAssessment
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import ONE, plain
from alchemiser.domain.values.session import Session

BOOK: Final = BookId("controls")
OFFSET: Final = Decimal("0.001")
BROAD: Final = OF_CLASS[AssetClass.BROAD_FUND]
STOCK: Final = OF_CLASS[AssetClass.STOCK]

Assess = Callable[[tuple[NetIntent, ...], RiskContext, Decimal], PortfolioAssessment]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAttempt:
    """Hold a plan of one buy that must be refused, or cut.

    Attributes:
        id: The control's name after "plan.".
        code: What the refusal, or the cut, has to carry.
        intent: The buy.
        context: The world in which it is tried.
    """

    id: str
    code: RiskCode
    intent: NetIntent
    context: RiskContext

    def answer(self, assess: Assess) -> Violation | None:
        """Return how the first gate refuses or cuts the plan, or None when it lets it pass."""
        found = assess((self.intent,), self.context, OFFSET)
        cuts = (
            Violation(code=one.code, observed=plain(one.wanted), limit=plain(one.allowed))
            for one in found.limited
            if one.allowed < one.wanted
        )
        return next(iter((*found.refused, *cuts)), None)


def plan_attempts(at: Afternoon) -> Iterator[PlanAttempt]:
    """Yield every plan, in the order of the first gate; limits that are off have none."""
    for code, case, intent, context in (*_refused(at), *_cut(at)):
        yield PlanAttempt(id=f"plan.{code}{case}", code=code, intent=intent, context=context)


Case = tuple[RiskCode, str, NetIntent, RiskContext]


def _buy(name: Symbol, quantity: Decimal = ONE) -> NetIntent:
    return NetIntent(symbol=name, buy=True, claims=((BOOK, quantity),))


def _refused(at: Afternoon) -> Iterator[Case]:
    sound, account = at.context(), at.account()
    one = _buy(BROAD)
    yield RiskCode.ACCOUNT_UNKNOWN, "", one, replace(sound, account=None)
    yield RiskCode.ACCOUNT_BLOCKED, "", one, replace(sound, account=replace(account, blocked=True))
    yield RiskCode.TRADING_STATE, ".halted", one, replace(sound, state=TradingState.HALTED)
    yield RiskCode.SESSION_CLOSED, "", one, replace(sound, now=CLOSE)
    if at.limits.max_gross_exposure is not None:
        unpriced = replace(at.holding(STOCK, A_FEW), quotes={BROAD: quote(BROAD)})
        yield RiskCode.POSITION_UNPRICED, "", one, unpriced
    if at.limits.max_orders_per_day is not None:
        full = at.after_orders(at.limits.max_orders_per_day)
        yield RiskCode.MAX_ORDERS_PER_DAY, "", one, full


def _cut(at: Afternoon) -> Iterator[Case]:
    one = _buy(BROAD)
    reducing = replace(at.context(), state=TradingState.REDUCING)
    yield RiskCode.TRADING_STATE, ".reducing", one, reducing
    yield RiskCode.RESTRICTED, "", _buy(LISTED), at.context()
    if at.limits.max_position is not None:
        limit = at.limits.max_position[AssetClass.STOCK]
        yield RiskCode.MAX_POSITION, "", _buy(STOCK, shares_above(limit)), at.context()
    if at.limits.max_gross_exposure is not None:
        full = at.holding(STOCK, shares_above(at.limits.max_gross_exposure))
        yield RiskCode.MAX_GROSS_EXPOSURE, "", one, full
    yield RiskCode.BUYING_POWER, "", one, replace(at.context(), cash=PRICE / 2)


def at_work(at: Afternoon, event: Event) -> Violation | None:
    """Return how the machine, at work on a plan of one buy, refuses it after `event`."""
    order = an_order(BROAD, ONE_SHARE)
    planned = PlannedOrder(
        cl_ord_id=order.cl_ord_id,
        symbol=order.symbol,
        side=order.side,
        quantity=order.order_qty,
        limit_price=order.price,
        reference_price=PRICE,
        claims=((BOOK, order.order_qty),),
    )
    plan = OrderPlan(session=DAY, deadline=NOW, orders=(planned,))
    rules = ReleaseRules(
        state=TradingState.ACTIVE,
        session=Session(day=DAY, open_at=OPEN, close_at=CLOSE),
        instruments=at.context().instruments,
        limits=at.limits,
    )
    step = Machine(ExecutionState(plan=plan), rules, ExecutionSettings()).handle(event)
    return next((one.violation for one in step.facts if isinstance(one, OrderRefused)), None)


AT_WORK: Final[tuple[tuple[str, RiskCode, Event], ...]] = (
    ("deadline", RiskCode.DEADLINE, TimerFired(at=NOW, timer=Timer.DEADLINE)),
    ("trading_state.at_work", RiskCode.TRADING_STATE, Halted(at=NOW, reason="by hand")),
)
"""What may happen to a plan at work, after which nothing more of it may be sent."""
