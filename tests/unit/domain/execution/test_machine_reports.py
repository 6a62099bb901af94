"""What the venue tells about orders: fills, repeats, disorder and things that cannot be."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.books.ledger import Books, PostingKind, post, total_cash, total_positions
from alchemiser.domain.execution.facts import (
    ExecutionReported,
    FillAllocated,
    OutcomeUnknown,
)
from alchemiser.domain.execution.messages import Query, Timer
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.messages import ExecType, OrdStatus
from alchemiser.domain.values.identifiers import ExecId
from alchemiser.testing.builders import a_bust, a_report, an_order
from tests.unit.domain.execution.bench import (
    SELL_GLD,
    SELL_SPY,
    SPY,
    a_sent_bench,
    a_working_bench,
    canceled,
    fill,
    new,
)


def test_fills_are_allocated_one_by_one_to_the_books_that_claimed_them() -> None:
    """OS-13: 4 of 10 shares are nuclear's, 6 tecl's."""
    bench = a_sent_bench(SELL_SPY)
    bench.accept(SELL_SPY)

    first = bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY, "5"))
    second = bench.report(
        SELL_SPY, new(SELL_SPY), fill(SELL_SPY, "5"), fill(SELL_SPY, "5", before="5")
    )

    allocations = [step.facts[-1] for step in (first, second)]
    for allocation in allocations:
        assert isinstance(allocation, FillAllocated)
        shares = [
            (str(posting.book), posting.quantity, posting.cash)
            for posting in allocation.postings
            if posting.kind is PostingKind.FILL
        ]
        assert shares == [
            ("nuclear", Decimal(-2), Decimal(996)),
            ("tecl", Decimal(-3), Decimal(1494)),
        ]
    assert [len(first.facts), len(second.facts)] == [2, 2]
    assert bench.machine.is_done()


def test_duplicate_and_disordered_reports_count_once_and_add_up() -> None:
    """OS-13, B01, B02."""
    bench = a_sent_bench(SELL_SPY)
    one, two, three = fill(SELL_SPY, "3"), fill(SELL_SPY, "2", "3"), fill(SELL_SPY, "5", "5")

    steps = [
        bench.report(SELL_SPY, three, three, one),
        bench.accept(SELL_SPY),
        bench.report(SELL_SPY, one, new(SELL_SPY), two, one),
    ]

    order = bench.child(SELL_SPY).order
    assert order is not None
    assert order.status is OrdStatus.FILLED
    assert (order.cum_qty, order.done.notional) == (Decimal(10), Decimal(4980))
    facts = [fact for step in steps for fact in step.facts]
    books: Books = {}
    for fact in facts:
        if isinstance(fact, FillAllocated):
            post(books, fact.postings)
    assert total_cash(books) == Decimal("4979.91")
    assert total_positions(books) == {SPY: -10}
    assert sum(isinstance(fact, ExecutionReported) for fact in facts) == 4


def test_canceled_order_is_waited_for_while_fills_are_missing() -> None:
    """OS-13: the venue says five shares were filled, two of them have not been told."""
    bench = a_sent_bench(SELL_SPY)
    bench.accept(SELL_SPY)

    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY, "3"), canceled(SELL_SPY, "5"))

    assert not bench.machine.is_done()
    assert Query(cl_ord_id=SELL_SPY.cl_ord_id) in bench.poll().effects
    bench.report(SELL_SPY, fill(SELL_SPY, "2", before="3"))
    assert bench.machine.is_done()


IMPOSSIBLE = {
    "of another order": new(an_order("SPY", "10", "498", attempt=2)),
    "of an order of the plan": new(SELL_GLD),
    "of another quantity": replace(new(SELL_SPY), order_qty=Decimal(11), exec_id=ExecId("theirs")),
    "an overfill": fill(SELL_SPY, "11"),
    "a rejection after a fill": replace(
        a_report(SELL_SPY, ExecType.REJECTED), exec_id=ExecId("late")
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_impossible_report_makes_the_order_unknown_and_is_not_counted(case: str) -> None:
    """Never a crash, never a guess."""
    bench = a_sent_bench(SELL_GLD, SELL_SPY)
    bench.accept(SELL_SPY)
    bench.report(SELL_SPY, fill(SELL_SPY, "1"))
    before = bench.child(SELL_SPY).order

    first = bench.report(SELL_SPY, IMPOSSIBLE[case], fill(SELL_SPY, "9", before="1"))
    again = bench.report(SELL_SPY, IMPOSSIBLE[case])

    assert [type(fact) for fact in first.facts] == [OutcomeUnknown]
    assert again.facts == (), "it is recorded once"
    assert bench.child(SELL_SPY).order == before
    assert bench.phases(SELL_GLD, SELL_SPY) == [Phase.SENT, Phase.WORKING]
    assert SELL_SPY.cl_ord_id in bench.machine.unresolved()
    assert bench.restarted().phases(SELL_SPY) == [Phase.WORKING], "the facts fold again"


def test_answer_about_another_quantity_is_disputed_and_never_sent_again() -> None:
    """The id is taken by an order that is not ours."""
    bench = a_sent_bench(SELL_SPY)
    bench.report(SELL_SPY, IMPOSSIBLE["of another quantity"])

    effects = [effect for _ in range(9) for effect in bench.wait(60).deny(SELL_SPY).effects]

    assert effects == []
    assert bench.phases(SELL_SPY) == [Phase.SENT]
    assert Query(cl_ord_id=SELL_SPY.cl_ord_id) in bench.fire(Timer.POLL).effects


def test_order_that_lost_a_fill_to_a_bust_ends_when_it_is_asked_for() -> None:
    """OS-11, OS-13: the answer knows the fill no longer, the rest of them, and that it is over."""
    bench = a_working_bench(SELL_SPY)
    bench.report(SELL_SPY, replace(fill(SELL_SPY, "6"), exec_id=ExecId("gone")))
    end = replace(a_report(SELL_SPY, ExecType.CANCELED), cum_qty=Decimal(4))

    bench.report(SELL_SPY, a_bust(SELL_SPY, "gone"))
    step = bench.report(SELL_SPY, fill(SELL_SPY, "4", before="6"), end)

    assert not any(isinstance(fact, OutcomeUnknown) for fact in step.facts)
    assert bench.child(SELL_SPY).order.cum_qty == 4
    assert bench.machine.is_done()
    assert bench.machine.unresolved() == ()


def test_shares_filled_again_before_the_word_that_they_were_taken_back() -> None:
    """OS-13, FAULTS B02 and B14: told in disorder, they wait for their room and count once."""
    bench = a_working_bench(SELL_SPY)
    whole = replace(fill(SELL_SPY), exec_id=ExecId("gone"))
    again = replace(fill(SELL_SPY, "4", before="6"), exec_id=ExecId("again"))
    first = replace(fill(SELL_SPY, "6"), exec_id=ExecId("first"))
    bench.report(SELL_SPY, whole)

    early = [bench.report(SELL_SPY, *reports) for reports in ((first,), (again,), (again,))]
    late = bench.report(SELL_SPY, a_bust(SELL_SPY, "gone"))

    assert [type(fact) for step in early for fact in step.facts] == [OutcomeUnknown]
    order = bench.child(SELL_SPY).order
    assert (order.status, order.cum_qty) == (OrdStatus.FILLED, Decimal(10))
    reported = [fact.report.exec_id for fact in late.facts if isinstance(fact, ExecutionReported)]
    assert reported == ["bust-of-gone", "first", "again"]
    assert bench.report(SELL_SPY, again, first).facts == ()


def test_impossible_report_after_the_last_fill_is_recorded() -> None:
    bench = a_sent_bench(SELL_SPY)
    bench.accept(SELL_SPY)

    step = bench.report(SELL_SPY, fill(SELL_SPY), fill(SELL_SPY, "1", before="10"))

    assert isinstance(step.facts[-1], OutcomeUnknown)
    assert bench.machine.is_done()


def test_report_on_a_working_order_that_tells_nothing_new_changes_nothing() -> None:
    bench = a_working_bench(SELL_SPY)

    assert bench.report(SELL_SPY, new(SELL_SPY)).facts == ()
    assert bench.report(SELL_SPY).facts == ()
