"""What becomes of a plan's orders when no more of them may be sent."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from alchemiser.domain.execution.facts import CancelIntended, OrderRefused, OutcomeUnknown
from alchemiser.domain.execution.state import ExecutionState, Phase
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.values.identifiers import ClOrdId

BOTH_SIDES = frozenset(Side)


def stopped(
    state: ExecutionState, why: Violation, sides: Collection[Side] = BOTH_SIDES
) -> Iterator[OrderRefused | CancelIntended]:
    """Yield that what waits is refused, and that what works is cancelled, on some sides."""
    for work in state.waiting():
        if work.planned.side in sides:
            violation = replace(why, symbol=work.planned.symbol)
            yield OrderRefused(order=work.planned.request(), violation=violation)
    for work in state.in_flight():
        if work.phase is Phase.WORKING and work.planned.side in sides:
            yield CancelIntended(cl_ord_id=work.planned.cl_ord_id, reason=str(why.code))


def unsent(
    state: ExecutionState, names: Iterable[ClOrdId], why: Violation
) -> Iterator[OrderRefused | OutcomeUnknown]:
    """Yield what became of orders that were intended and then held back."""
    for name in names:
        work = state.works[name]
        refused = replace(why, symbol=work.planned.symbol)
        if work.sends > 1:
            # An earlier send of the same id may still arrive: go on asking.
            yield OutcomeUnknown(cl_ord_id=name, text=refused.sentence())
        elif work.order is not None:
            yield OrderRefused(order=work.order.request, violation=refused)
