"""The moment an order may leave: fitted into what is left of the limits, then gated."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.domain.execution.facts import Fact, OrderReduced
from alchemiser.domain.execution.messages import InputsArrived
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import IN_FLIGHT, Child, Parent
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.closing import whole_shares
from alchemiser.domain.orders.messages import NewOrderSingle, OrdStatus, Side
from alchemiser.domain.risk.allowances import room_for
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.history import RiskHistory, SentOrder
from alchemiser.domain.risk.in_force import InForce, in_force
from alchemiser.domain.risk.limits import RiskLimits, TradingState, Violation
from alchemiser.domain.values.frozen import maker, quickly
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.session import Session

_sent: Final = maker(SentOrder)


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
        in_force: What can refuse or cut an order of each side under `limits`.
    """

    state: TradingState
    session: Session
    instruments: Mapping[Symbol, Instrument]
    limits: RiskLimits
    history: RiskHistory | None = None
    any_hour: bool = False
    refusals_max: int | None = None
    in_force: Mapping[Side, InForce] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rules = {side: in_force(self.limits, side) for side in Side}
        object.__setattr__(self, "in_force", rules)


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask for the release of one order.

    Attributes:
        request: What is to be sent.
        parent: What it is sent for.
        expire_time: When it is to be cancelled unless it is terminal, UTC.
        child: What was sent under its id before, or None.
    """

    request: NewOrderSingle
    parent: Parent
    expire_time: datetime
    child: Child | None = None


def release(
    asks: Iterable[Ask], state: ExecutionState, inputs: InputsArrived, rules: ReleaseRules
) -> Iterator[tuple[tuple[Fact, ...], ApprovedOrder | Violation]]:
    """Yield for each order what is to be recorded, and the approval or the refusal.

    A limit is held against everything that is left to be sent for an order of the plan, so that
    its first part does not use up what all its parts need. What was sent before is never shrunk.
    """
    asks = tuple(asks)
    context = _context(asks, state, inputs, rules)
    # What is cut to exactly a limit would exceed it as soon as the buys of the batch cost anything.
    cost = context.cost_of(ask.request for ask in asks)
    for ask in asks:
        checks = rules.in_force[_judged_as(ask.request, context)]
        order, reduced, gate = _fit(ask, context, cost, checks)
        verdict = approve(order, gate, checks)
        if isinstance(verdict, ApprovedOrder):
            context = context.with_order(order)
            yield reduced, verdict
        else:
            yield (), verdict


def _judged_as(order: NewOrderSingle, context: RiskContext) -> Side:
    """Return the side by whose rules an order is judged.

    Whoever only wants out makes a position smaller when buying a short one back: limits on what
    is held and bought must not keep it.
    """
    is_way_out = context.state is TradingState.REDUCING and context.covers(order)
    return Side.SELL if is_way_out else order.side


def _fit(
    ask: Ask, context: RiskContext, cost: Decimal, rules: InForce
) -> tuple[NewOrderSingle, tuple[Fact, ...], RiskContext]:
    """Return the order cut to what fits, the record of it, and the account it is gated on."""
    if ask.child is not None:
        return ask.request, (), context
    after, leaves = context.less_equity(cost), ask.parent.leaves
    whole = ask.request
    if leaves != whole.order_qty:
        whole = replace(whole, order_qty=leaves)
    room, code = room_for(whole, after, rules)
    if code is None:
        return ask.request, (), context
    if ask.request.is_on_close():
        room = whole_shares(room)
    if not room:
        # Nothing fits: the gate says why.
        return ask.request, (), after
    reduced = OrderReduced(cl_ord_id=ask.parent.name, planned=leaves, released=room, code=code)
    return replace(ask.request, order_qty=min(ask.request.order_qty, room)), (reduced,), context


def _context(
    asks: Iterable[Ask], state: ExecutionState, inputs: InputsArrived, rules: ReleaseRules
) -> RiskContext:
    sending = {ask.request.cl_ord_id for ask in asks}
    sent: dict[ClOrdId, SentOrder] = {}
    acknowledged: set[ClOrdId] = set()
    open_orders = []
    for name, child in state.children.items():
        order = child.order
        if name in sending:
            continue
        if order.status is not OrdStatus.PENDING_NEW:
            acknowledged.add(name)
        leaves = order.leaves_qty() if child.phase in IN_FLIGHT else ZERO
        if leaves:
            open_orders.append(replace(order.request, order_qty=leaves))
        worth = (order.cum_qty + leaves) * order.request.price
        sent[name] = _sent(
            order=order.request, at=child.sent_at, worth=worth, filled=order.done.notional
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
