"""Where the orders of a plan stand, folded from facts."""

import pytest

from alchemiser.domain.execution.facts import (
    ABSENT,
    ExecutionReported,
    OrderRefused,
    OrderRejected,
)
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.testing.builders import NOW
from tests.unit.domain.execution.bench import (
    BUY_GLD,
    BUY_TLT,
    PLANNED,
    SELL_GLD,
    SELL_SPY,
    a_plan,
    fill,
    intended,
    new,
)

PLAN = a_plan([PLANNED[SELL_SPY], PLANNED[BUY_TLT]])


def test_orders_wait_in_the_plans_order_until_they_are_intended() -> None:
    state = ExecutionState(plan=PLAN)

    state.apply(intended(SELL_SPY), NOW)

    assert [parent.planned for parent in state.unfinished()] == [PLANNED[BUY_TLT]]
    assert [child.planned for child in state.in_flight()] == [PLANNED[SELL_SPY]]
    assert state.in_flight(Side.BUY) == ()


def test_refusal_of_an_order_that_is_not_planned_changes_nothing() -> None:
    """The gate before the plan refuses orders that never come into it."""
    state = ExecutionState(plan=PLAN)
    violation = Violation(code=RiskCode.MAX_POSITION, observed="0.31", limit="0.25")

    state.apply(OrderRefused(order=BUY_GLD, violation=violation), NOW)

    assert [parent.phase() for parent in state.parents.values()] == [Phase.PLANNED, Phase.PLANNED]


def test_report_on_an_order_that_was_never_intended_is_refused() -> None:
    state = ExecutionState(plan=PLAN)

    with pytest.raises(InvalidTransitionError, match="never intended"):
        state.apply(ExecutionReported(report=new(SELL_SPY)), NOW)


def test_impossible_report_leaves_the_state_as_it_was() -> None:
    state = ExecutionState(plan=PLAN)
    state.apply(intended(SELL_SPY), NOW)
    before = state.children[SELL_SPY.cl_ord_id].order

    with pytest.raises(InvalidTransitionError):
        state.apply(ExecutionReported(report=fill(SELL_SPY, "11")), NOW)

    assert state.children[SELL_SPY.cl_ord_id].order == before
    assert state.children[SELL_SPY.cl_ord_id].phase is Phase.SENT


def test_only_what_the_venue_refused_counts_as_rejected() -> None:
    """RC-09: not what the owner's brake held back, nor what never arrived."""
    state = ExecutionState(plan=a_plan([PLANNED[order] for order in (SELL_GLD, SELL_SPY, BUY_TLT)]))
    halted = Violation(code=RiskCode.TRADING_STATE, observed="halted", limit="active")
    for order in (SELL_GLD, SELL_SPY, BUY_TLT):
        state.apply(intended(order), NOW)

    state.apply(OrderRefused(order=SELL_GLD, violation=halted), NOW)
    state.apply(OrderRejected(cl_ord_id=SELL_SPY.cl_ord_id, code=ABSENT, text="no order"), NOW)
    assert state.rejected == 0

    state.apply(OrderRejected(cl_ord_id=BUY_TLT.cl_ord_id, code="not_tradable", text="no"), NOW)
    assert state.rejected == 1
