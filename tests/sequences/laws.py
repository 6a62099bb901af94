"""What holds at every step of a story and at its end."""

from collections import Counter

from alchemiser.domain.books.ledger import Books, post, total_cash, total_positions
from alchemiser.domain.execution.facts import ExecutionReported, FillAllocated, OrderIntended
from alchemiser.domain.execution.reports import told
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Child, Phase
from alchemiser.domain.orders.messages import ExecType, ExecutionReport, OrdStatus
from alchemiser.domain.orders.order import NOTHING, Traded, traded
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, apportion
from alchemiser.testing.builders import NOW
from tests.sequences.stories import SPY, Story

Hits = Counter[tuple[OrdStatus, ExecType]]
"""How often each report was heard in each state."""


def hold_to_the_laws(story: Story, hits: Hits) -> None:
    """Live through `story`; OS-13, FAULTS invariants 2, 3, 9, 10 and 12.

    Raises:
        AssertionError: When an order, a book or the cash is not what the story comes to.
    """
    state, books = ExecutionState(plan=story.plan), Books()
    (parent,) = state.parents.values()
    for happening in story.happenings:
        if happening.sent is not None:
            state.apply(OrderIntended(order=happening.sent, expire_time=NOW), NOW)
        if happening.heard is not None:
            child = state.children[happening.heard.cl_ord_id]
            _hear(state, books, child, happening.heard, hits)
        assert ZERO <= parent.leaves <= parent.quantity, "no share is asked for twice"
    whole = sum((traded(fill) for fill in story.fills), NOTHING)
    assert parent.done() == whole, "what stands is what the venue lets stand"
    _check_books(story, books, whole)


def _hear(
    state: ExecutionState, books: Books, child: Child, report: ExecutionReport, hits: Hits
) -> None:
    before = child.order
    hits[before.status, report.exec_type] += report.exec_id not in before.exec_ids
    for fact in told(child, state.parent_of(child), report):
        state.apply(fact, NOW)
        if isinstance(fact, FillAllocated):
            post(books, fact.postings)
        else:
            assert isinstance(fact, ExecutionReported)
    after = child.order
    assert not before.status.is_terminal() or after.status is before.status, "an end stays"
    fell = after.cum_qty < before.cum_qty
    assert not fell or report.exec_ref_id, "only a bust or a correction makes it fall"
    assert child.phase is not Phase.DONE or after.status.is_terminal()
    assert list(told(child, state.parent_of(child), report)) == [], "the same again is no news"


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
