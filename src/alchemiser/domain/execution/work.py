"""What is sent for an order of the plan, and how far it has come."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.order import NOTHING, Order, Traded
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import ZERO


class Phase(StrEnum):
    """How far an order has come."""

    PLANNED = "planned"
    SENT = "sent"
    WORKING = "working"
    CANCELING = "canceling"
    DONE = "done"
    REFUSED = "refused"


_WORKING: Final = Phase.WORKING
IN_FLIGHT = frozenset({Phase.SENT, Phase.WORKING, Phase.CANCELING})


@dataclass(slots=True)
class Child:
    """Follow one order that was sent.

    Attributes:
        name: Its id.
        planned: The order of the plan that it was sent for.
        order: Its life at the venue.
        expire_time: When it is to be cancelled unless it is terminal, UTC.
        sent_at: When it was last intended, UTC.
        phase: How far it has come.
        sends: How often it was intended; the same id every time.
        unknown: Whether the last send has an unknown outcome; counts while it is merely sent.
        reason: Why it was refused, or "".
    """

    name: ClOrdId
    planned: PlannedOrder = field(repr=False, compare=False)
    order: Order
    expire_time: datetime
    sent_at: datetime
    phase: Phase = Phase.SENT
    sends: int = 0
    unknown: bool = False
    reason: str = ""

    @property
    def side(self) -> Side:
        """Which side it is on."""
        return self.planned.side

    @property
    def symbol(self) -> Symbol:
        """What it trades."""
        return self.planned.symbol

    def has_expired(self, at: datetime) -> bool:
        """Say whether it has worked for as long as it may."""
        return self.phase is _WORKING and self.expire_time <= at

    def used(self) -> Decimal:
        """Return the shares that it has filled or may still fill."""
        leaves = self.order.leaves_qty() if self.phase in IN_FLIGHT else ZERO
        return self.order.matched_qty + leaves


@dataclass(slots=True)
class Parent:
    """Follow one order of the plan.

    Attributes:
        place: Where it stands in the plan, 0-based.
        planned: What the plan says.
        quantity: Shares that it may come to; limits may lower it at a release.
        children: What was sent for it, oldest first.
        ended: Why nothing more is sent for it, or None.
        leaves: Shares that no child has filled or may still fill.
        live: The child that the venue may still act on, or None.
    """

    place: int
    planned: PlannedOrder
    quantity: Decimal
    children: list[Child] = field(default_factory=list)
    ended: str | None = None
    leaves: Decimal = field(init=False, repr=False, compare=False)
    live: Child | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        self.leaves = self.quantity

    @property
    def name(self) -> ClOrdId:
        """The id in the plan, which its first child has, too."""
        return self.planned.cl_ord_id

    def done(self) -> Traded:
        """Return what was filled for it."""
        if len(self.children) == 1:
            return self.children[0].order.done
        return sum((child.order.done for child in self.children), NOTHING)

    def last_attempt(self) -> int:
        """Return the number of its slot that was used last, its first one if none was."""
        return self.planned.attempt + max(len(self.children) - 1, 0)

    def reckon(self) -> None:
        """Find out what is left and what is in flight, after a change of it or of a child."""
        self.leaves, self.live = self.quantity, None
        for child in self.children:
            self.leaves -= child.used()
            if self.live is None and child.phase in IN_FLIGHT:
                self.live = child

    def is_over(self) -> bool:
        """Say whether nothing more is sent for it, though its last child may be in flight."""
        return self.ended is not None or not self.leaves

    def phase(self) -> Phase:
        """Return how far it has come: as far as its last child."""
        if self.children:
            return self.children[-1].phase
        return Phase.PLANNED if self.ended is None else Phase.REFUSED
