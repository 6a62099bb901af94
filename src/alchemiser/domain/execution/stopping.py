"""What becomes of a plan's orders when no more of them may be sent."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from alchemiser.domain.execution.facts import (
    CancelIntended,
    DoneForDay,
    OrderRefused,
    OutcomeUnknown,
)
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.values.identifiers import ClOrdId

BOTH_SIDES = frozenset(Side)


def stopped(
    state: ExecutionState, why: Violation, sides: Collection[Side] = BOTH_SIDES
) -> Iterator[OrderRefused | DoneForDay | CancelIntended]:
    """Yield what ends the orders on some sides: no more is sent, and what works is cancelled."""
    for parent in state.unfinished():
        if parent.planned.side not in sides:
            continue
        violation = replace(why, symbol=parent.planned.symbol)
        if parent.children:
            leaves, reason = parent.leaves, violation.sentence()
            yield DoneForDay(cl_ord_id=parent.name, leaves_qty=leaves, reason=reason)
        else:
            yield OrderRefused(order=parent.planned.request(), violation=violation)
    for child in state.in_flight():
        if child.phase is Phase.WORKING and child.side in sides:
            yield CancelIntended(cl_ord_id=child.name, reason=str(why.code))


def unsent(
    state: ExecutionState, names: Iterable[ClOrdId], why: Violation
) -> Iterator[OrderRefused | OutcomeUnknown]:
    """Yield what became of orders that were intended and then held back."""
    for name in names:
        child = state.children.get(name)
        if child is None:
            continue
        refused = replace(why, symbol=child.symbol)
        if child.sends > 1:
            # An earlier send of the same id may still arrive: go on asking.
            yield OutcomeUnknown(cl_ord_id=name, text=refused.sentence())
        else:
            yield OrderRefused(order=child.order.request, violation=refused)
