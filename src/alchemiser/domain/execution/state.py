"""Where the orders of one plan stand: folded from facts alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from alchemiser.domain.execution.facts import (
    CancelIntended,
    ExecutionReported,
    Fact,
    OrderIntended,
    OrderRefused,
    OrderRejected,
    OutcomeUnknown,
)
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.order import Order, apply
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.identifiers import ClOrdId


class Phase(StrEnum):
    """How far one order of the plan has come."""

    PLANNED = "planned"
    SENT = "sent"
    WORKING = "working"
    CANCELING = "canceling"
    DONE = "done"
    REFUSED = "refused"


IN_FLIGHT = frozenset({Phase.SENT, Phase.WORKING, Phase.CANCELING})


@dataclass(slots=True)
class Work:
    """Follow one order of the plan.

    Attributes:
        planned: What the plan says.
        phase: How far it has come.
        order: Its life at the venue, or None before it was intended.
        sends: How often it was intended; the same id every time.
        sent_at: When it was last intended, UTC.
        unknown: Whether the last send has an unknown outcome; counts while it is merely sent.
        reason: Why it was refused, or "".
    """

    planned: PlannedOrder
    phase: Phase = Phase.PLANNED
    order: Order | None = None
    sends: int = 0
    sent_at: datetime | None = None
    unknown: bool = False
    reason: str = ""


@dataclass(slots=True)
class ExecutionState:
    """Hold the work on every order of one plan, and how many of them the venue has refused."""

    plan: OrderPlan
    works: dict[ClOrdId, Work] = field(init=False)
    rejected: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.works = {order.cl_ord_id: Work(planned=order) for order in self.plan.orders}

    def apply(self, fact: Fact, at: datetime) -> None:
        """Change the state by one fact that became known at `at`.

        Raises:
            InvalidTransitionError: When a report contradicts what is known of its order.
        """
        match fact:
            case OrderIntended(order=request):
                work = self.works[request.cl_ord_id]
                work.order = work.order or Order(request=request)
                work.phase, work.unknown = Phase.SENT, False
                work.sends, work.sent_at = work.sends + 1, at
            case OrderRefused(order=request, violation=violation):
                if request.cl_ord_id in self.works:
                    self._refuse(request.cl_ord_id, violation.sentence())
            case OrderRejected(cl_ord_id=name, code=code, text=text):
                self.rejected += fact.by_venue()
                self._refuse(name, f"{code}: {text}")
            case OutcomeUnknown(cl_ord_id=name):
                self.works[name].unknown = True
            case ExecutionReported(report=report):
                self._report(self.works[report.cl_ord_id], report_of=fact)
            case CancelIntended(cl_ord_id=name):
                self.works[name].phase = Phase.CANCELING
            case _:
                pass

    def _refuse(self, name: ClOrdId, reason: str) -> None:
        self.works[name].phase = Phase.REFUSED
        self.works[name].reason = reason

    def _report(self, work: Work, report_of: ExecutionReported) -> None:
        if work.order is None:
            msg = f"report on {work.planned.cl_ord_id}, which was never intended."
            raise InvalidTransitionError(msg)
        work.order = apply(work.order, report_of.report)
        work.unknown = False
        if work.order.is_done():
            work.phase = Phase.DONE
        elif work.phase is not Phase.CANCELING:
            # Not only what was sent: the venue's word revives even what was taken for dead.
            work.phase = Phase.WORKING

    def in_flight(self, side: Side | None = None) -> tuple[Work, ...]:
        """Return the work that the venue may still act on, in the plan's order."""
        return tuple(self._where(IN_FLIGHT, side))

    def waiting(self, side: Side | None = None) -> tuple[Work, ...]:
        """Return the work that was never sent, in the plan's order."""
        return tuple(self._where(frozenset({Phase.PLANNED}), side))

    def _where(self, phases: frozenset[Phase], side: Side | None) -> Iterable[Work]:
        for work in self.works.values():
            if work.phase in phases and side in (None, work.planned.side):
                yield work
