"""What must hold at every step of a day and at its end, on the venue's truth."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from alchemiser.domain.books.ledger import Books, total_cash, total_positions
from alchemiser.domain.execution.facts import CancelIntended, Fact, OrderIntended
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import Cancel, Effect, Submit
from alchemiser.domain.execution.state import ExecutionState, Phase
from alchemiser.domain.orders.messages import Side
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
            sends = list(facts).count(OrderIntended(order=effect.approved.order))
            assert 1 <= sends <= self.sends_max, "intended, and no more often than allowed"
            assert not stopped, "a stop is a stop"
        elif isinstance(effect, Cancel):
            names = {fact.cl_ord_id for fact in facts if isinstance(fact, CancelIntended)}
            assert effect.cl_ord_id in names, "the cancel was intended"

    def step(self, state: ExecutionState, *, stopped: bool) -> None:
        """Invariants 1, 2, 3, 14, 17, 19."""
        for name, work in state.works.items():
            cum_qty = ZERO if work.order is None else work.order.cum_qty
            truth = self.venue.orders.get(name)
            assert self.filled.get(name, ZERO) <= cum_qty, "a fill is never unlearnt"
            assert cum_qty <= (ZERO if truth is None else truth.cum_qty), "no fill is invented"
            assert self.over.get(name, work.phase) is work.phase, "what is over stays over"
            assert work.phase is not Phase.WORKING or not stopped, "a stop cancels at once"
            self.filled[name] = cum_qty
            if work.phase in (Phase.DONE, Phase.REFUSED):
                self.over[name] = work.phase
        assert self.venue.cash >= -ROUNDING, "no more is spent than there is"
        assert min(self.venue.positions.values(), default=ZERO) >= 0, "nothing is sold short"

    def end(self, machine: Machine, books: Books, now: datetime) -> None:
        """Invariants 1, 5, 6, 7, 9, 10, 12, 35: at rest, with every order's end known."""
        assert machine.unresolved() == (), "every outcome is known"
        self.venue.advance(now + timedelta(days=1))
        for name, work in machine.state.works.items():
            truth = self.venue.orders.get(name)
            assert self.venue.submits[name] <= work.sends <= self.sends_max
            if work.phase is Phase.REFUSED:
                assert truth is None, f"{work.reason}, but the venue has it"
                assert work.reason, "a refusal has its reason"
            else:
                assert work.phase is Phase.DONE, "every order is over"
                assert truth is not None, "the venue has what is done"
                assert work.order is not None, "it was intended"
                assert truth.request == work.order.request, "the venue has what was meant"
                assert truth.request.order_qty <= work.planned.quantity, "never more than planned"
                assert truth.cum_qty == work.order.cum_qty, "every fill is known"
        assert self.venue.orders.keys() <= machine.state.works.keys(), "no order is unknown"
        assert total_positions(books) == dict(sorted(self.venue.positions.items()))
        assert total_cash(books) == self.venue.cash, "the books agree to the cent"
