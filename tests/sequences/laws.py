"""What holds at every step of a story and at its end."""

from collections import Counter

from alchemiser.domain.books.ledger import Books, post, total_cash, total_positions
from alchemiser.domain.execution.desk import Desk
from alchemiser.domain.execution.facts import (
    ExecutionReported,
    Fact,
    FillAllocated,
    OrderIntended,
    OutcomeUnknown,
)
from alchemiser.domain.execution.following import Follower
from alchemiser.domain.execution.messages import ReportsArrived
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.messages import ExecType, ExecutionReport, OrdStatus
from alchemiser.domain.orders.order import NOTHING, Traded, traded
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, apportion
from alchemiser.testing.builders import NOW, SESSION
from tests.sequences.stories import SPY, Story

Hits = Counter[tuple[OrdStatus, ExecType]]
"""How often each report was heard in each state."""


def hold_to_the_laws(story: Story, hits: Hits) -> None:
    """Live through `story`; OS-13, FAULTS invariants 2, 3, 9, 10 and 12.

    Raises:
        AssertionError: When an order, a book or the cash is not what the story comes to.
    """
    desk = Desk(ExecutionState(plan=story.plan), ExecutionSettings(), SESSION)
    follower, folded, books = Follower(desk), ExecutionState(plan=story.plan), Books()
    (parent,) = desk.state.parents.values()
    for happening in story.happenings:
        if happening.sent is not None:
            desk.record(OrderIntended(order=happening.sent, expire_time=NOW), NOW)
        if happening.heard is not None:
            _hear(desk, follower, happening.heard)
        for fact in desk.taken().facts:
            _fold(folded, books, fact, hits)
        assert ZERO <= parent.leaves <= parent.quantity, "no share is asked for twice"
    assert not any(desk.early.values()), "every fill has found its room"
    assert folded.parents == desk.state.parents, "the facts tell all"
    whole = sum((traded(fill) for fill in story.fills), NOTHING)
    assert parent.done() == whole, "what stands is what the venue lets stand"
    _check_books(story, books, whole)


def _hear(desk: Desk, follower: Follower, report: ExecutionReport) -> None:
    child = desk.state.children[report.cl_ord_id]
    before = child.order
    news = ReportsArrived(cl_ord_id=report.cl_ord_id, reports=(report,), at=NOW)
    follower.reported(news)
    after = child.order
    assert not before.status.is_terminal() or after.status is before.status, "an end stays"
    fell = after.cum_qty < before.cum_qty
    assert not fell or report.exec_ref_id, "only a bust or a correction makes it fall"
    assert child.phase is not Phase.DONE or after.status.is_terminal()
    follower.reported(news)
    assert child.order is after, "the same again is no news"


def _fold(state: ExecutionState, books: Books, fact: Fact, hits: Hits) -> None:
    if isinstance(fact, ExecutionReported):
        hits[state.children[fact.report.cl_ord_id].order.status, fact.report.exec_type] += 1
    elif isinstance(fact, FillAllocated):
        post(books, fact.postings)
    elif isinstance(fact, OutcomeUnknown):
        assert "has no room" in fact.text, "nothing else is disputed"
    state.apply(fact, NOW)


def _check_books(story: Story, books: Books, whole: Traded) -> None:
    """Compare the books with the truth: together to the cent and the ninth decimal, and each."""
    (planned,) = story.plan.orders
    sign = planned.side.sign()
    assert total_positions(books) == ({SPY: sign * whole.quantity} if whole.quantity else {})
    assert total_cash(books) == -sign * whole.cash - whole.commission
    if not whole.quantity:
        assert not any(book.cash or book.positions for book in books.values())
        return
    shares = apportion(whole.quantity, planned.claims, SHARE)
    held = [(book, part) for (book, _), part in zip(planned.claims, shares, strict=True)]
    dollars = apportion(whole.cash, held, CENT)
    fees = apportion(whole.commission, held, CENT)
    for (book, part), paid, fee in zip(held, dollars, fees, strict=True):
        found = books.get(book)
        assert (found.positions.get(SPY, ZERO) if found else ZERO) == sign * part
        assert (found.cash if found else ZERO) == -sign * paid - fee
