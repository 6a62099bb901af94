"""The moment an order may leave: fitted into what is left of the limits, then gated."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from alchemiser.domain.execution.facts import Fact, OrderReduced, OrderRefused, OutcomeUnknown
from alchemiser.domain.execution.messages import InputsArrived
from alchemiser.domain.execution.state import IN_FLIGHT, ExecutionState, Work
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle, OrdStatus
from alchemiser.domain.risk.allowances import room_for
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.history import RiskHistory, SentOrder
from alchemiser.domain.risk.limits import RiskLimits, TradingState, Violation
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRules:
    """Hold what does not change while a plan is worked.

    Attributes:
        state: How much the engine may do.
        session: The session.
        instruments: Reference data of every symbol concerned.
        limits: What may not be exceeded.
        history: Earlier sessions, or None when unknown.
        any_hour: Whether orders may go out outside regular hours.
        refusals_max: Orders that the broker may refuse before nothing more is sent, or None.
    """

    state: TradingState
    session: Session
    instruments: Mapping[Symbol, Instrument]
    limits: RiskLimits
    history: RiskHistory | None = None
    any_hour: bool = False
    refusals_max: int | None = None


def release(
    ready: Iterable[Work], state: ExecutionState, inputs: InputsArrived, rules: ReleaseRules
) -> Iterator[tuple[tuple[Fact, ...], ApprovedOrder | None]]:
    """Yield for each order what is to be recorded and the approval, or None when refused.

    An order that was sent before is never shrunk, and a refusal to send it again does not end it.
    """
    ready = tuple(ready)
    context = _context(ready, state, inputs, rules)
    # What is cut to exactly a limit would exceed it as soon as the buys of the batch cost anything.
    cost = context.cost_of(_request(work) for work in ready)
    for work in ready:
        request = _request(work)
        order, reduced, gate = _fit(request, context, cost, resent=work.sends > 0)
        verdict = approve(order, gate)
        if isinstance(verdict, ApprovedOrder):
            context = context.with_order(order)
            yield reduced, verdict
        else:
            yield (_refused(work, request, verdict),), None


def _request(work: Work) -> NewOrderSingle:
    return work.order.request if work.order else work.planned.request()


def _refused(work: Work, request: NewOrderSingle, violation: Violation) -> Fact:
    if not work.sends:
        return OrderRefused(order=request, violation=violation)
    # The venue may have an earlier send: only its word about the id, or its silence, ends it.
    text = f"it is not sent again: {violation.sentence()}"
    return OutcomeUnknown(cl_ord_id=request.cl_ord_id, text=text)


def _fit(
    request: NewOrderSingle, context: RiskContext, cost: Decimal, *, resent: bool
) -> tuple[NewOrderSingle, tuple[Fact, ...], RiskContext]:
    """Return the order cut to what fits, the record of it, and the account it is gated on."""
    after = context.less_equity(cost)
    quantity, code = room_for(request, after)
    if resent or code is None:
        return request, (), context
    if not quantity:
        # Nothing fits: the gate says why.
        return request, (), after
    reduced = OrderReduced(
        cl_ord_id=request.cl_ord_id, planned=request.order_qty, released=quantity, code=code
    )
    return replace(request, order_qty=quantity), (reduced,), context


def _context(
    ready: Iterable[Work], state: ExecutionState, inputs: InputsArrived, rules: ReleaseRules
) -> RiskContext:
    sending = {work.planned.cl_ord_id for work in ready}
    sent: dict[ClOrdId, SentOrder] = {}
    acknowledged: set[ClOrdId] = set()
    open_orders = []
    for name, work in state.works.items():
        if work.order is None or name in sending:
            continue
        if work.order.status is not OrdStatus.PENDING_NEW:
            acknowledged.add(name)
        leaves = work.order.leaves_qty() if work.phase in IN_FLIGHT else ZERO
        if leaves:
            open_orders.append(replace(work.order.request, order_qty=leaves))
        worth = (work.order.cum_qty + leaves) * work.order.request.price
        at = work.sent_at or inputs.at
        sent[name] = SentOrder(
            order=work.order.request, at=at, worth=worth, filled=work.order.done.notional
        )
    return RiskContext(
        now=inputs.at,
        state=rules.state,
        session=rules.session,
        account=inputs.account,
        cash=inputs.cash,
        quotes={quote.symbol: quote for quote in inputs.quotes},
        instruments=rules.instruments,
        limits=rules.limits,
        history=rules.history,
        any_hour=rules.any_hour,
        open_orders=tuple(open_orders),
        sent=sent,
        reserved=frozenset(acknowledged),
    )
