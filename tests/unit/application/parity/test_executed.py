"""Facts of what was sent for an order, under whatever name, are facts of the order."""

from decimal import Decimal

from alchemiser.application.parity.executed import execution_of
from alchemiser.domain.books.history import Entry
from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.execution import facts
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.records import CycleStarted
from alchemiser.domain.orders.messages import ExecType, NewOrderSingle
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.parity.lacking import Cause
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.values.identifiers import BookId, CycleId, Symbol
from alchemiser.testing.builders import (
    ACCOUNT,
    DAY,
    NOW,
    a_fill,
    a_planned_order,
    a_report,
    an_order,
)

REQUEST = an_order("SPY", "10")
PLANNED = a_planned_order(REQUEST, reference="500", klm="10")
OTHER = a_planned_order(an_order("AGG", "5"), reference="100", klm="5")
SECOND = an_order("SPY", "7", attempt=2)


def cycle(*told: facts.Fact) -> CycleState:
    """Return a session whose order of ten shares has got three of them, and what followed."""
    started = CycleStarted(
        cycle_id=CycleId("c"),
        session=DAY,
        account=ACCOUNT,
        mode="simulated",
        code="",
        configuration="",
        plugins=(),
    )
    found = CycleState(started=started)
    found.plan = OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW, orders=(OTHER, PLANNED))
    first = facts.ExecutionReported(report=a_fill(REQUEST, "3"))
    for fact in (intended(REQUEST), first, *told):
        found.facts.append((NOW, fact))
        if isinstance(fact, facts.OrderIntended):
            found.adopt(fact.order)
    return found


def intended(order: NewOrderSingle) -> facts.OrderIntended:
    return facts.OrderIntended(order=order, expire_time=NOW)


def lacks(found: CycleState) -> list[tuple[Cause, Decimal]]:
    bought = Posting(
        book=BookId("klm"),
        kind=PostingKind.FILL,
        cash=Decimal(-1500),
        symbol=Symbol("SPY"),
        quantity=Decimal(3),
    )
    entries = [
        Entry(day=DAY, posting=bought, order=REQUEST.cl_ord_id),
        Entry(day=DAY, posting=bought, order=None),
    ]
    execution = execution_of(found, entries)
    assert (execution.own, execution.others) == (tuple(entries[:1]), tuple(entries[1:]))
    other, way = execution.ways
    assert [one.cause for one in other.lacks] == [Cause.GIVEN_UP]
    assert way.filled() == 3
    return [(one.cause, one.quantity) for one in way.lacks]


def test_second_child_that_a_gate_refuses_is_of_its_order() -> None:
    """BT-06: it was never intended, so that no record says what it was for."""
    why = Violation(code=RiskCode.CHURN, observed="2", limit="1")

    found = cycle(facts.OrderRefused(order=SECOND, violation=why))

    assert lacks(found) == [(Cause.GATE, Decimal(7))]


def test_second_child_that_the_venue_refuses_is_of_its_order() -> None:
    rejected = facts.OrderRejected(cl_ord_id=SECOND.cl_ord_id, code="42", text="no")

    assert lacks(cycle(intended(SECOND), rejected)) == [(Cause.VENUE, Decimal(7))]


def test_second_child_that_is_rejected_late_is_of_its_order() -> None:
    late = facts.ExecutionReported(report=a_report(SECOND, ExecType.REJECTED))

    assert lacks(cycle(intended(SECOND), late)) == [(Cause.VENUE, Decimal(7))]


def test_second_child_that_runs_out_of_time_leaves_a_partial_fill() -> None:
    done = facts.DoneForDay(cl_ord_id=REQUEST.cl_ord_id, leaves_qty=Decimal(7), reason="late")

    assert lacks(cycle(intended(SECOND), done)) == [(Cause.PARTIAL, Decimal(7))]


def test_session_without_a_plan_has_no_ways() -> None:
    nothing = cycle()
    nothing.plan = None

    assert execution_of(nothing, ()).ways == execution_of(None, ()).ways == ()
