"""The last gate of a plan: each order by itself, on the account as it will be when it is sent."""

from dataclasses import replace
from decimal import Decimal

from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.in_force import in_force
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.values.identifiers import ClOrdId, Symbol


def last_gate(
    plan: OrderPlan, context: RiskContext
) -> tuple[OrderPlan, tuple[tuple[NewOrderSingle, Violation], ...]]:
    """Gate sells on the account as it is, buys as it will be once the approved sells filled."""
    refused: dict[ClOrdId, tuple[NewOrderSingle, Violation]] = {}
    approved_sells: list[tuple[Symbol, Decimal, Decimal]] = []
    for side in (Side.SELL, Side.BUY):
        if side is Side.BUY:
            context = replace(context, open_orders=()).after_sells(approved_sells)
        rules = in_force(context.limits, side)
        for planned in plan.orders:
            if planned.side is not side:
                continue
            order = planned.request()
            verdict = approve(order, context, rules)
            if isinstance(verdict, ApprovedOrder):
                context = context.with_order(order)
                if side is Side.SELL:
                    approved_sells.append((order.symbol, order.order_qty, order.price))
            else:
                refused[order.cl_ord_id] = (order, verdict)
    if not refused:
        return plan, ()
    kept = tuple(order for order in plan.orders if order.cl_ord_id not in refused)
    return replace(plan, orders=kept), tuple(refused.values())
