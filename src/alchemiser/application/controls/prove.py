"""Prove the controls: each gate refuses what breaks one, under the owner's own limits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from alchemiser.application.controls.bench import (
    A_FEW,
    EQUITY,
    OF_CLASS,
    ONE_SHARE,
    Afternoon,
    an_order,
)
from alchemiser.application.controls.plans import AT_WORK, Assess, at_work, plan_attempts
from alchemiser.application.controls.violations import attempts
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.catalogue import CONTROLS
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, Violation
from alchemiser.domain.risk.portfolio import assess_portfolio
from alchemiser.domain.values.numbers import plain

Gate = Callable[[NewOrderSingle, RiskContext], ApprovedOrder | Violation]
APPROVED: Final = "approved"
NOT_SET: Final = "not set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Tell what became of an order that breaks one control.

    Attributes:
        id: The control's stable name, and the case where it has several.
        proved: Whether it was refused for exactly this.
        order: The order in words.
        code: What the refusal carried, or `approved`.
        observed: What was found, in the control's unit.
        limit: What would have passed.
    """

    id: str
    proved: bool
    order: str
    code: str
    observed: str
    limit: str


def prove(
    limits: RiskLimits, gate: Gate = approve, assess: Assess = assess_portfolio
) -> tuple[Proof, ...]:
    """Return one proof a case; nothing is sent anywhere.

    A limit that the owner has not set is proved with one made up for the purpose.

    Args:
        limits: The owner's.
        gate: What stands between an order and the broker.
        assess: What stands between the books' wishes and the plan.
    """
    afternoon = Afternoon(limits)
    return (
        *(_sound(afternoon, side, gate) for side in Side),
        *_orders(Afternoon(_all_set(limits)), gate, limits),
        *_plans(afternoon, assess),
    )


def _orders(afternoon: Afternoon, gate: Gate, limits: RiskLimits) -> Iterator[Proof]:
    unset = {code for code, name in _SETTABLE.items() if getattr(limits, name) is None}
    for one in attempts(afternoon):
        found = _proof(one.id, _told(one.order), gate(one.order, one.context), one.code)
        yield replace(found, limit=f"{found.limit}, {NOT_SET}") if one.code in unset else found


def _plans(afternoon: Afternoon, assess: Assess) -> Iterator[Proof]:
    for one in plan_attempts(afternoon):
        words = f"plan to buy {plain(one.intent.quantity())} {one.intent.symbol}"
        yield _proof(one.id, words, one.answer(assess), one.code)
    for name, code, event in AT_WORK:
        yield _proof(name, "plan at work", at_work(afternoon, event), code)


_SETTABLE: Final = {
    RiskCode.MAX_ORDER_QUANTITY: "max_order_quantity",
    RiskCode.MAX_ORDER_NOTIONAL: "max_order_notional",
    RiskCode.MAX_ORDER_EQUITY: "max_order_equity",
    RiskCode.MAX_ORDERS_PER_DAY: "max_orders_per_day",
    RiskCode.MAX_POSITION: "max_position",
    RiskCode.MAX_GROSS_EXPOSURE: "max_gross_exposure",
}
"""Limits that may be left unset, by their code."""


def _all_set(limits: RiskLimits) -> RiskLimits:
    """Return the limits with something in place of each that is not set."""
    usual = RiskLimits(max_order_quantity=ONE_SHARE, max_order_notional=EQUITY / 2)
    missing = {
        name: getattr(usual, name) for name in _SETTABLE.values() if getattr(limits, name) is None
    }
    return replace(limits, **missing)


def controls_without_proof(proofs: tuple[Proof, ...]) -> tuple[RiskCode, ...]:
    """Return the controls of the last gate that no order has tried."""
    tried = {proof.id.partition(".")[0] for proof in proofs}
    return tuple(one.code for one in CONTROLS if one.code not in tried)


def _sound(afternoon: Afternoon, side: Side, gate: Gate) -> Proof:
    """Prove that an order without fault passes: else refusals would prove nothing."""
    name = next(iter(OF_CLASS.values()))
    order = an_order(name, A_FEW, side=side)
    context = afternoon.holding(name, ONE_SHARE) if side is Side.SELL else afternoon.context()
    answer = gate(order, context)
    found = _proof(f"sound_{side}", _told(order), answer, None)
    return replace(found, proved=isinstance(answer, ApprovedOrder))


def _told(order: NewOrderSingle) -> str:
    return f"{order.side} {plain(order.order_qty)} {order.symbol} at {plain(order.price)}"


def _proof(
    name: str, words: str, answer: ApprovedOrder | Violation | None, code: RiskCode | None
) -> Proof:
    if not isinstance(answer, Violation):
        return Proof(id=name, proved=False, order=words, code=APPROVED, observed="", limit="")
    return Proof(
        id=name,
        proved=answer.code is code,
        order=words,
        code=answer.code,
        observed=answer.observed,
        limit=answer.limit,
    )
