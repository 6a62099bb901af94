"""What is refused, asked about or left alone when no more may be sent."""

from dataclasses import replace
from decimal import Decimal

from alchemiser.domain.execution.facts import (
    DoneForDay,
    ExecutionReported,
    OrderRefused,
    OutcomeUnknown,
)
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.stopping import stopped, unsent
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.testing.builders import NOW
from tests.unit.domain.execution.bench import (
    BUY_GLD,
    BUY_TLT,
    PLANNED,
    SELL_SPY,
    a_plan,
    canceled,
    fill,
    new,
)
from tests.unit.domain.execution.bench import intended as an_intent

WHY = Violation(code=RiskCode.TRADING_STATE, observed="halted", limit="active")
NAME = BUY_TLT.cl_ord_id


def intended(times: int) -> ExecutionState:
    """Return the state of a plan whose only order was intended so many times."""
    state = ExecutionState(plan=a_plan([PLANNED[BUY_TLT]]))
    for _ in range(times):
        state.apply(an_intent(BUY_TLT), NOW)
    return state


def test_order_that_was_never_intended_is_not_held_back() -> None:
    """OS-08: of what waits, `stopped` tells."""
    assert list(unsent(intended(0), [NAME], WHY)) == []


def test_order_that_was_never_intended_hides_none_that_was() -> None:
    """OS-08."""
    (fact,) = unsent(intended(1), [SELL_SPY.cl_ord_id, NAME], WHY)

    assert isinstance(fact, OrderRefused)


def test_rest_of_an_order_that_is_partly_filled_is_done_for_the_day() -> None:
    """FAULTS invariant 18: what was never sent is refused, what was is not to be sent on."""
    state = ExecutionState(plan=a_plan([PLANNED[BUY_TLT], PLANNED[BUY_GLD], PLANNED[SELL_SPY]]))
    state.apply(an_intent(BUY_TLT), NOW)
    for report in (new(BUY_TLT), fill(BUY_TLT, "20"), canceled(BUY_TLT, "20")):
        state.apply(ExecutionReported(report=report), NOW)

    assert list(stopped(state, WHY, {Side.BUY})) == [
        DoneForDay(
            cl_ord_id=NAME,
            leaves_qty=Decimal(40),
            reason="TLT: trading_state is halted, the limit active",
        ),
        OrderRefused(order=BUY_GLD, violation=replace(WHY, symbol=BUY_GLD.symbol)),
    ]


def test_first_send_that_was_held_back_is_refused_under_its_symbol() -> None:
    """OS-08: nothing has left, so that its outcome is known."""
    (fact,) = unsent(intended(1), [NAME], WHY)

    assert isinstance(fact, OrderRefused)
    assert fact.order == BUY_TLT
    assert fact.violation.symbol == BUY_TLT.symbol


def test_later_send_that_was_held_back_leaves_the_first_unknown() -> None:
    """OS-08: an earlier send of the same id may still arrive."""
    (fact,) = unsent(intended(2), [NAME], WHY)

    assert isinstance(fact, OutcomeUnknown)
    assert fact.cl_ord_id == NAME
    assert BUY_TLT.symbol in fact.text
