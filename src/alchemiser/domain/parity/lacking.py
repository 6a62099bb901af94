"""What an order of the plan did not get, and why: refused, given up, partial or taken back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.execution import facts
from alchemiser.domain.orders.messages import ExecType
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.parity.components import Component
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.numbers import ZERO


class Cause(StrEnum):
    """Why shares of an order of the plan did not fill."""

    LIMIT = "limit"
    """A limit cut them off at a release."""
    GATE = "gate"
    """A gate of ours refused them."""
    VENUE = "venue"
    """The venue refused them."""
    TAKEN_BACK = "taken_back"
    """They filled, and the broker took that back."""
    GIVEN_UP = "given_up"
    """Nothing of the order filled until its algorithm or the session gave it up."""
    PARTIAL = "partial"
    """Another part of the order filled; this rest did not until it was given up."""

    def component(self) -> Component:
        """Return the component that its dollars are a part of."""
        return _COMPONENT.get(self, Component.REFUSALS)


_COMPONENT = {
    Cause.TAKEN_BACK: Component.UNFILLED,
    Cause.GIVEN_UP: Component.UNFILLED,
    Cause.PARTIAL: Component.PARTIALS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Say how many shares an order lacks for one cause.

    Attributes:
        cause: Why.
        quantity: Shares, above zero.
        text: The reason on record, or "" when none is.
    """

    cause: Cause
    quantity: Decimal
    text: str


@dataclass(slots=True)
class _Story:
    """Keep what the facts say of one order.

    Attributes:
        reduced: Shares that limits cut off.
        limits: Which ones.
        told: Shares of all fills, those that were taken back later included.
        cause: What ended the order, or None as long as it is worked.
        text: Why.
    """

    reduced: Decimal = ZERO
    limits: str = ""
    told: Decimal = ZERO
    cause: Cause | None = None
    text: str = ""

    def end(self, cause: Cause, text: str) -> None:
        """Take note of an end; after a refusal of the venue nothing else is one."""
        if self.cause is not Cause.VENUE:
            self.cause, self.text = cause, text

    def tell(self, fact: facts.Fact) -> None:
        """Take note of one fact."""
        match fact:
            case facts.OrderReduced():
                self.reduced += fact.planned - fact.released
                self.limits = fact.code.value
            case facts.OrderRefused(violation=why):
                late = why.code is RiskCode.DEADLINE
                self.end(Cause.GIVEN_UP if late else Cause.GATE, why.sentence())
            case facts.OrderRejected():
                cause = Cause.VENUE if fact.by_venue() else Cause.GIVEN_UP
                self.end(cause, f"{fact.code}: {fact.text}")
            case facts.DoneForDay():
                self.end(Cause.GIVEN_UP, fact.reason)
            case facts.OrderIntended():
                self.cause, self.text = None, ""
            case facts.ExecutionReported(report=report):
                self._report(report.exec_type, report.last_qty, report.text)
            case _:
                pass

    def _report(self, kind: ExecType, quantity: Decimal, text: str) -> None:
        if kind is ExecType.TRADE:
            self.told += quantity
        elif kind is ExecType.REJECTED:
            self.end(Cause.VENUE, text)


def lacking(order: PlannedOrder, filled: Decimal, told: Iterable[facts.Fact]) -> tuple[Lack, ...]:
    """Return why `order` has not got all of its shares; refusals first, and what is left last.

    What limits cut off comes first, then what was filled and taken back; everything else ended
    for one reason, which is that of the end.

    Args:
        order: Of a plan.
        filled: Shares that stand, at or above zero.
        told: The facts about it and what was sent for it, oldest first.
    """
    story = _Story()
    for fact in told:
        story.tell(fact)
    return tuple(_lacks(story, order.quantity - filled, filled))


def _lacks(story: _Story, left: Decimal, filled: Decimal) -> Iterator[Lack]:
    reduced = min(max(left, ZERO), story.reduced)
    taken = min(max(left - reduced, ZERO), max(story.told - filled, ZERO))
    rest = left - reduced - taken
    if reduced:
        yield Lack(cause=Cause.LIMIT, quantity=reduced, text=story.limits)
    refused = story.cause in {Cause.GATE, Cause.VENUE}
    if rest > 0 and story.cause is not None and refused:
        yield Lack(cause=story.cause, quantity=rest, text=story.text)
    if taken:
        yield Lack(cause=Cause.TAKEN_BACK, quantity=taken, text="")
    if rest > 0 and not refused:
        cause = Cause.PARTIAL if filled else Cause.GIVEN_UP
        yield Lack(cause=cause, quantity=rest, text=story.text)
