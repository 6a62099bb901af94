"""A plan at work, which must not go on after certain things have happened."""

from typing import Final

from alchemiser.application.controls.bench import (
    ACCOUNT,
    BROAD,
    CLOSE,
    DAY,
    NOW,
    ONE_SHARE,
    OPEN,
    PRICE,
    Afternoon,
    an_order,
)
from alchemiser.domain.execution.facts import OrderRefused
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import Event, Halted, Timer, TimerFired
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.values.identifiers import BookId
from alchemiser.domain.values.session import Session

BOOK: Final = BookId("controls")


def at_work(at: Afternoon, event: Event) -> Violation | None:
    """Return how the machine, at work on a plan of one buy, refuses it after `event`."""
    order, context = an_order(BROAD, ONE_SHARE), at.context()
    planned = PlannedOrder(
        cl_ord_id=order.cl_ord_id,
        symbol=order.symbol,
        side=order.side,
        quantity=order.order_qty,
        limit_price=order.price,
        reference_price=PRICE,
        claims=((BOOK, order.order_qty),),
    )
    plan = OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW, orders=(planned,))
    rules = ReleaseRules(
        state=TradingState.ACTIVE,
        session=Session(day=DAY, open_at=OPEN, close_at=CLOSE),
        instruments=context.instruments,
        limits=context.limits,
        history=context.history,
    )
    step = Machine(ExecutionState(plan=plan), rules, ExecutionSettings()).handle(event)
    return next((one.violation for one in step.facts if isinstance(one, OrderRefused)), None)


AT_WORK: Final[tuple[tuple[str, RiskCode, Event], ...]] = (
    ("deadline", RiskCode.DEADLINE, TimerFired(at=NOW, timer=Timer.DEADLINE)),
    ("trading_state.at_work", RiskCode.TRADING_STATE, Halted(at=NOW, reason="by hand")),
)
"""What may happen to a plan at work, after which nothing more of it may be sent."""
