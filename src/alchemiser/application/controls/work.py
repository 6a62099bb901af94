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
    STOCK,
    Afternoon,
    an_order,
)
from alchemiser.domain.execution.facts import OrderIntended, OrderRefused
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import Event, Halted, SubmitAnswered, Timer, TimerFired
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.orders.messages import NewOrderSingle, Rejected, Side
from alchemiser.domain.orders.plan import OnFailure, OrderPlan, PlannedOrder
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.values.identifiers import BookId
from alchemiser.domain.values.session import Session

BOOK: Final = BookId("controls")
_SALE: Final = an_order(STOCK, ONE_SHARE, side=Side.SELL)
_BUY: Final = an_order(BROAD, ONE_SHARE)


def at_work(at: Afternoon, event: Event) -> Violation | None:
    """Return how the machine, at work on a sale it has sent and a buy, refuses that after `event`.

    The plan is one that stops increasing when an order of it fails.
    """
    context = at.context()
    plan = OrderPlan(
        account=ACCOUNT,
        session=DAY,
        deadline=NOW,
        orders=(_planned(_SALE), _planned(_BUY)),
        on_failure=OnFailure.STOP_INCREASING,
    )
    state = ExecutionState(plan=plan)
    state.apply(OrderIntended(order=_SALE, expire_time=NOW), NOW)
    rules = ReleaseRules(
        state=TradingState.ACTIVE,
        session=Session(day=DAY, open_at=OPEN, close_at=CLOSE),
        instruments=context.instruments,
        limits=context.limits,
        history=context.history,
    )
    step = Machine(state, rules, ExecutionSettings()).handle(event)
    return next((one.violation for one in step.facts if isinstance(one, OrderRefused)), None)


def _planned(order: NewOrderSingle) -> PlannedOrder:
    return PlannedOrder(
        cl_ord_id=order.cl_ord_id,
        symbol=order.symbol,
        side=order.side,
        quantity=order.order_qty,
        limit_price=order.price,
        reference_price=PRICE,
        claims=((BOOK, order.order_qty),),
    )


AT_WORK: Final[tuple[tuple[str, RiskCode, Event], ...]] = (
    (
        "plan_failure",
        RiskCode.PLAN_FAILURE,
        SubmitAnswered(
            at=NOW,
            cl_ord_id=_SALE.cl_ord_id,
            outcome=Rejected(code="not_tradable", text="it is not tradable"),
        ),
    ),
    ("deadline", RiskCode.DEADLINE, TimerFired(at=NOW, timer=Timer.DEADLINE)),
    ("trading_state.at_work", RiskCode.TRADING_STATE, Halted(at=NOW, reason="by hand")),
)
"""What may happen to a plan at work, after which nothing more of it may be bought."""
