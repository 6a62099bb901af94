"""What is refused, asked about or left alone when no more may be sent."""

from alchemiser.domain.execution.facts import OrderRefused, OutcomeUnknown
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.stopping import unsent
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.testing.builders import NOW
from tests.unit.domain.execution.bench import BUY_TLT, PLANNED, a_plan
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
