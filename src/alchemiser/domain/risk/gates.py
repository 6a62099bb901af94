"""The last gate: the only place where an order becomes an approved order."""

from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.risk.checks import ORDER_CHECKS
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import Violation


def approve(order: NewOrderSingle, context: RiskContext) -> ApprovedOrder | Violation:
    """Return `order` approved, or the first violation in order of precedence."""
    for check in ORDER_CHECKS:
        violation = check(order, context)
        if violation is not None:
            return violation
    return ApprovedOrder(order=order)
