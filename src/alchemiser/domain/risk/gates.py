"""The last gate: the only place where an order becomes an approved order."""

from typing import Final

from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.in_force import EVERYTHING, InForce
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.values.frozen import maker

_approved: Final = maker(ApprovedOrder)


def approve(
    order: NewOrderSingle, context: RiskContext, rules: InForce = EVERYTHING
) -> ApprovedOrder | Violation:
    """Return `order` approved, or the first violation in order of precedence.

    Args:
        order: What is to be sent.
        context: What it is judged by.
        rules: What can refuse it under the limits of `context`; all there is does so as well.
    """
    for check in rules.checks:
        violation = check(order, context)
        if violation is not None:
            return violation
    return _approved(order=order)
