"""What must hold at every step of a day and at its end, on the venue's truth."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from alchemiser.domain.books.ledger import Books, total_cash, total_positions
from alchemiser.domain.execution.facts import CancelIntended, Fact, OrderIntended
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import Cancel, Effect, Submit
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import IN_FLIGHT, Phase
from alchemiser.domain.orders.messages import OrdStatus, Side
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.domain.values.numbers import ZERO
from tests.unit.domain.execution.scripted_venue import ScriptedVenue

ROUNDING = Decimal("0.05")
"""Each of up to five partial fills of a buy is rounded to the cent by itself, dollars."""


@dataclass(slots=True)
class Watch:
    """Compare what the machine says with what the venue has, and with what it said before."""

    plan: OrderPlan
    venue: ScriptedVenue
    sends_max: int
    filled: dict[ClOrdId, Decimal] = field(default_factory=dict)
    over: dict[ClOrdId, Phase] = field(default_factory=dict)

    def sells_are_over(self) -> bool:
        """Say whether no sell of the plan works at the venue or is still coming to it."""
        sells = {order.cl_ord_id for order in self.plan.orders if order.side is Side.SELL}
        known = sells & self.venue.orders.keys()
        return not sells & self.venue.coming.keys() and all(
            self.venue.orders[name].ended for name in known
        )

    def leaving(self, effect: Effect, facts: Iterable[Fact], *, stopped: bool) -> None:
        """Invariants 4, 6, 7, 16: the record that explains an effect is durable before it."""
        if isinstance(effect, Submit):
            intents = [fact.order for fact in facts if isinstance(fact, OrderIntended)]
            sends = intents.count(effect.approved.order)
            assert 1 <= sends <= self.sends_max, "intended, and no more often than allowed"
            assert not stopped, "a stop is a stop"
        elif isinstance(effect, Cancel):
            names = {fact.cl_ord_id for fact in facts if isinstance(fact, CancelIntended)}
            assert effect.cl_ord_id in names, "the cancel was intended"

    def step(self, state: ExecutionState, *, stopped: bool) -> None:
        """Invariants 1, 2, 3, 14, 17, 19."""
        for name, child in state.children.items():
            cum_qty, truth = child.order.cum_qty, self.venue.orders.get(name)
            assert self.filled.get(name, ZERO) <= cum_qty, "a fill is never unlearnt"
            assert cum_qty <= (ZERO if truth is None else truth.cum_qty), "no fill is invented"
            assert self.over.get(name, child.phase) is child.phase, "what is over stays over"
            assert child.phase is not Phase.WORKING or not stopped, "a stop cancels at once"
            self.filled[name] = cum_qty
            if child.phase in (Phase.DONE, Phase.REFUSED):
                self.over[name] = child.phase
        for parent in state.parents.values():
            in_flight = [child for child in parent.children if child.phase in IN_FLIGHT]
            assert len(in_flight) <= 1, "one child at a time"
            asked = sum((child.used() for child in parent.children), ZERO)
            assert asked <= parent.quantity <= parent.planned.quantity, (
                "no share is asked for twice"
            )
        assert self.venue.cash >= -ROUNDING, "no more is spent than there is"
        assert min(self.venue.positions.values(), default=ZERO) >= 0, "nothing is sold short"
        _keeps_count(state)

    def end(self, machine: Machine, books: Books, now: datetime) -> None:
        """Invariants 1, 5, 6, 7, 9, 10, 12, 35: at rest, with every order's end known."""
        assert machine.unresolved() == (), "every outcome is known"
        self.venue.advance(now + timedelta(days=1))
        for parent in machine.state.parents.values():
            assert parent.is_over(), "nothing is left to be sent"
            assert parent.ended is None or parent.ended, "what ended early has its reason"
            assert parent.done().quantity <= parent.planned.quantity, "never more than planned"
        for name, child in machine.state.children.items():
            truth = self.venue.orders.get(name)
            assert self.venue.submits[name] <= child.sends <= self.sends_max
            if child.phase is Phase.REFUSED:
                assert truth is None, f"{child.reason}, but the venue has it"
                assert child.reason, "a refusal has its reason"
            else:
                assert child.phase is Phase.DONE, "every order is over"
                assert truth is not None, "the venue has what is done"
                assert truth.request == child.order.request, "the venue has what was meant"
                assert truth.cum_qty == child.order.cum_qty, "every fill is known"
        assert self.venue.orders.keys() <= machine.state.children.keys(), "no order is unknown"
        assert total_positions(books) == dict(sorted(self.venue.positions.items()))
        assert total_cash(books) == self.venue.cash, "the books agree to the cent"


def _keeps_count(state: ExecutionState) -> None:
    """What the state keeps from fact to fact is what going through all of it would find."""
    children = state.children.values()
    late = sum(child.order.status is OrdStatus.REJECTED for child in children)
    assert state.refused() == state.rejected + late
    for side in Side:
        parents = [one for one in state.parents.values() if one.planned.side is side]
        live = [one for parent in parents for one in parent.children if one.phase in IN_FLIGHT]
        assert state.in_flight(side) == tuple(live)
        assert state.unfinished(side) == tuple(one for one in parents if not one.is_over())
    for parent in state.parents.values():
        used = sum((child.used() for child in parent.children), ZERO)
        assert parent.leaves == parent.quantity - used
    expiring = {child.expire_time for child in children if child.phase in IN_FLIGHT}
    assert state.is_all_over() is (not state.in_flight() and not state.unfinished())
    assert state.next_expiry(datetime.min.replace(tzinfo=UTC)) in {None, *expiring}
