"""Where the orders of one plan stand: folded from facts alone.

Each order of the plan is a parent; what is sent to the venue for it, one after another, are its
children. A child is sent only when the one before it is terminal, so that no share is asked for
twice.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from alchemiser.domain.execution.agenda import Agenda
from alchemiser.domain.execution.by_side import BySide
from alchemiser.domain.execution.facts import (
    CancelIntended,
    DoneForDay,
    ExecutionReported,
    Fact,
    FillAllocated,
    OrderIntended,
    OrderReduced,
    OrderRefused,
    OrderRejected,
    OutcomeUnknown,
)
from alchemiser.domain.execution.work import IN_FLIGHT, Child, Parent, Phase
from alchemiser.domain.orders.messages import ExecutionReport, NewOrderSingle, OrdStatus, Side
from alchemiser.domain.orders.order import Order, apply
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import ClOrdId

ChildFact = OrderRejected | OutcomeUnknown | CancelIntended
RareFact = OrderRefused | OrderReduced | DoneForDay | ChildFact
_SENT: Final = Phase.SENT
_WORKING: Final = Phase.WORKING
_CANCELING: Final = Phase.CANCELING
_DONE: Final = Phase.DONE
_REJECTED: Final = OrdStatus.REJECTED
_parent: Final = maker(Parent)
_child: Final = maker(Child)
_order: Final = maker(Order)


@dataclass(slots=True)
class ExecutionState:
    """Hold the work on every order of one plan, and how many of them the venue has refused."""

    plan: OrderPlan
    parents: dict[ClOrdId, Parent] = field(init=False)
    children: dict[ClOrdId, Child] = field(init=False, default_factory=dict)
    rejected: int = field(init=False, default=0)
    _rejected_late: int = field(init=False, repr=False, default=0)
    _live: BySide[Child] = field(init=False, repr=False, default_factory=BySide)
    _unfinished: BySide[Parent] = field(init=False, repr=False, default_factory=BySide)
    _expiring: Agenda[Child] = field(init=False, repr=False, compare=False, default_factory=Agenda)

    def __post_init__(self) -> None:
        self.parents = {
            order.cl_ord_id: _parent(place=place, planned=order, quantity=order.quantity)
            for place, order in enumerate(self.plan.orders)
        }
        for parent in self.parents.values():
            if not parent.is_over():
                self._unfinished.keep(parent.planned.side, parent.place, parent)

    def apply(self, fact: Fact, at: datetime) -> None:
        """Change the state by one fact that became known at `at`.

        Raises:
            InvalidTransitionError: When a report contradicts what is known of its order.
        """
        # The three facts of a filled order come first.
        if isinstance(fact, ExecutionReported):
            parent: Parent | None = self._report(fact.report)
        elif isinstance(fact, OrderIntended):
            parent = self._intend(fact, at)
        elif isinstance(fact, FillAllocated):
            return
        else:
            parent = self._changed(fact)
        if parent is not None:
            self._file(parent)

    def _changed(self, fact: RareFact) -> Parent | None:
        """Return the parent that `fact` has changed, or None for an order of none of them."""
        match fact:
            case OrderRefused(order=request, violation=violation):
                return self._end(request, violation.sentence())
            case OrderReduced(cl_ord_id=name, planned=planned, released=released):
                parent = self.parents[name]
                parent.quantity -= planned - released
                return parent
            case DoneForDay(cl_ord_id=name, reason=reason):
                parent = self.parents[name]
                parent.ended = reason
                return parent
            case _:
                child = self._child(fact.cl_ord_id)
                self._apply_to_child(fact, child)
                return self.parent_of(child)

    def _file(self, parent: Parent) -> None:
        """Keep `parent` where it belongs after a change: its live child, and what is unfinished."""
        before = parent.live
        parent.reckon()
        side, place = parent.planned.side, parent.place
        if parent.live is not before:
            self._live.keep(side, place, parent.live)
        self._unfinished.keep(side, place, None if parent.is_over() else parent)

    def parent_of(self, child: Child) -> Parent:
        """Return what `child` was sent for."""
        return self.parents[child.planned.cl_ord_id]

    def _child(self, name: ClOrdId) -> Child:
        child = self.children.get(name)
        if child is None:
            msg = f"a record tells of {name}, which was never intended."
            raise InvalidTransitionError(msg)
        return child

    def _apply_to_child(self, fact: ChildFact, child: Child) -> None:
        match fact:
            case OrderRejected(code=code, text=text):
                self.rejected += fact.by_venue()
                self._end(child.order.request, f"{code}: {text}")
            case OutcomeUnknown():
                child.unknown = True
            case CancelIntended():
                child.phase = Phase.CANCELING

    def _intend(self, fact: OrderIntended, at: datetime) -> Parent:
        request = fact.order
        planned = self.plan.slots[request.symbol, request.side]
        parent, child = self.parents[planned.cl_ord_id], self.children.get(request.cl_ord_id)
        if child is None:
            child = _child(
                name=request.cl_ord_id,
                planned=planned,
                order=_order(request=request),
                expire_time=fact.expire_time,
                sent_at=at,
            )
            parent.children.append(child)
            self.children[child.name] = child
        child.phase, child.unknown = _SENT, False
        child.sends, child.sent_at = child.sends + 1, at
        self._expiring.note(child.expire_time, child)
        return parent

    def _report(self, report: ExecutionReport) -> Parent | None:
        """Take a report; return the parent when it may have to be kept elsewhere from now on."""
        child = self._child(report.cl_ord_id)
        before, was_in_flight = child.order.status, child.phase in IN_FLIGHT
        order = child.order = apply(child.order, report)
        child.unknown = False
        if order.status is _REJECTED is not before:
            self._rejected_late += 1
        if order.is_done():
            child.phase = _DONE
        elif child.phase is not _CANCELING:
            # Not only what was sent: the venue's word revives even what was taken for dead.
            if child.phase not in IN_FLIGHT:
                self._expiring.note(child.expire_time, child)
            child.phase = _WORKING
        # While an order is open, what it has filled and may still fill is all that was asked for.
        stays = was_in_flight and not order.status.is_terminal()
        return None if stays else self.parent_of(child)

    def _end(self, request: NewOrderSingle, reason: str) -> Parent | None:
        """End the parent of an order that will not be sent, or that the venue does not have."""
        child = self.children.get(request.cl_ord_id)
        if child is not None:
            child.phase, child.reason = Phase.REFUSED, reason
        planned = self.plan.slots.get((request.symbol, request.side))
        if planned is None:
            return None
        parent = self.parents[planned.cl_ord_id]
        parent.ended = reason
        return parent

    def refused(self) -> int:
        """Return how many children the venue has refused, at once or after it had taken them."""
        return self.rejected + self._rejected_late

    def lacks(self, order: NewOrderSingle) -> bool:
        """Say whether `order` is for none of the plan's orders."""
        return (order.symbol, order.side) not in self.plan.slots

    def in_flight(self, side: Side | None = None) -> tuple[Child, ...]:
        """Return the children that the venue may still act on, in the plan's order."""
        return self._live.on(side)

    def on_their_way(self) -> int:
        """Return how many children were sent and are not answered; an unknown outcome is over."""
        live = self._live.on(None)
        return sum(1 for child in live if child.phase is Phase.SENT and not child.unknown)

    def wants(self, side: Side) -> bool:
        """Say whether more may be sent on `side`."""
        return self._unfinished.has(side)

    def is_over(self, side: Side) -> bool:
        """Say whether nothing of `side` is in flight, and nothing more may be sent on it."""
        return not (self._unfinished.has(side) or self._live.has(side))

    def is_all_over(self) -> bool:
        """Say whether nothing is in flight, and nothing more may be sent."""
        return self._unfinished.is_empty() and self._live.is_empty()

    def has_in_flight(self) -> bool:
        """Say whether the venue may still act on anything."""
        return not self._live.is_empty()

    def next_expiry(self, now: datetime) -> datetime | None:
        """Return when after `now` the next child is to be cancelled, UTC, or None."""
        return self._expiring.next_after(now, _may_expire)

    def unfinished(self, side: Side | None = None) -> tuple[Parent, ...]:
        """Return the parents for which more may be sent, in the plan's order."""
        return self._unfinished.on(side)


def _may_expire(_: datetime, child: Child) -> bool:
    return child.phase is _WORKING or child.phase is _SENT
