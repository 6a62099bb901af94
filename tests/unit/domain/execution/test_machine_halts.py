"""The owner's brake: nothing is sent after it, and what works or comes late is cancelled."""

from decimal import Decimal
from typing import Final

import pytest

from alchemiser.domain.execution.facts import (
    CancelIntended,
    DoneForDay,
    Fact,
    OrderIntended,
    OrderRefused,
    OrderRejected,
    OutcomeUnknown,
)
from alchemiser.domain.execution.messages import (
    Cancel,
    Query,
    Step,
    Submit,
    TakeInputs,
)
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.risk.limits import RiskCode
from tests.unit.domain.execution.bench import (
    BUY_TLT,
    SELL_GLD,
    SELL_SPY,
    Bench,
    a_bench,
    a_sent_bench,
    a_working_bench,
    canceled,
    fill,
    filled,
    new,
)

CANCEL: Final = Cancel(cl_ord_id=SELL_SPY.cl_ord_id)
QUERY: Final = Query(cl_ord_id=SELL_SPY.cl_ord_id)


def refusals(step: Step) -> list[tuple[NewOrderSingle, RiskCode]]:
    """Return which orders were refused and why."""
    return [
        (fact.order, fact.violation.code) for fact in step.facts if isinstance(fact, OrderRefused)
    ]


def intents(facts: list[Fact]) -> int:
    """Return how many sends are among `facts`."""
    return sum(isinstance(fact, OrderIntended) for fact in facts)


def situations() -> dict[str, Bench]:
    """Return machines at every kind of point between the beginning and the end."""
    begun = a_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    begun.begin()
    sent = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    accepted = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    accepted.accept(SELL_SPY)
    partly = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    partly.accept(SELL_SPY)
    partly.report(SELL_SPY, fill(SELL_SPY, "3"))
    lost = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    lost.lose(SELL_SPY)
    resending = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    resending.lose(SELL_SPY)
    for _ in range(3):
        resending.deny(SELL_SPY)
    resent = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    resent.lose(SELL_SPY)
    for _ in range(3):
        resent.deny(SELL_SPY)
    resent.inputs()
    canceling = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    canceling.accept(SELL_SPY)
    canceling.wait(60).poll()
    buying = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    for order in (SELL_GLD, SELL_SPY):
        filled(buying, order)
    return {
        "begun": begun,
        "sent": sent,
        "accepted": accepted,
        "partly filled": partly,
        "lost": lost,
        "to be sent again": resending,
        "sent again": resent,
        "canceling": canceling,
        "inputs of the buys": buying,
    }


@pytest.mark.parametrize("where", situations())
@pytest.mark.parametrize("restarted", [False, True])
def test_halt_sends_nothing_more_and_cancels_what_works(where: str, restarted: bool) -> None:
    """Invariants 18 and 19, at every kind of point, also after a restart."""
    bench = situations()[where]
    if restarted:
        bench = bench.restarted()
        bench.begin()
    before = len(bench.journal)
    working = bench.phases(SELL_SPY) == [Phase.WORKING]

    step = bench.halt()

    assert bench.machine.state.unfinished() == ()
    assert (CANCEL in step.effects) is working
    steps = [bench.inputs(), bench.lose(SELL_SPY), bench.accept(SELL_SPY)]
    steps += [bench.wait(60).poll(), bench.deny(SELL_SPY), bench.deny(SELL_SPY)]
    steps += [bench.report(SELL_SPY, new(SELL_SPY), canceled(SELL_SPY)), bench.deny(SELL_GLD)]
    effects = [effect for one in (step, *steps) for effect in one.effects]
    assert not any(isinstance(effect, Submit | TakeInputs) for effect in effects)
    assert intents([fact for _, fact in bench.journal[before:]]) == 0


@pytest.mark.parametrize("late", ["its answer", "a report"])
def test_order_accepted_after_the_halt_is_cancelled_at_once(late: str) -> None:
    """Invariant 19."""
    bench = a_sent_bench(SELL_SPY)
    bench.halt()

    if late == "its answer":
        step = bench.accept(SELL_SPY)
    else:
        bench.lose(SELL_SPY)
        step = bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY, "3"))

    assert isinstance(step.facts[-1], CancelIntended)
    assert step.effects == (CANCEL,)


def test_order_accepted_after_the_halt_is_cancelled_though_its_reports_are_impossible() -> None:
    bench = a_sent_bench(SELL_SPY)
    bench.halt()

    step = bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY, "11"))

    assert isinstance(step.facts[1], OutcomeUnknown)
    assert isinstance(step.facts[2], CancelIntended)
    assert step.effects == (CANCEL,)


def test_halt_refuses_an_order_that_the_shell_kept_back() -> None:
    """It was intended, and it is certain that it was never sent."""
    bench = a_sent_bench(SELL_SPY, BUY_TLT)

    step = bench.halt(SELL_SPY.cl_ord_id)

    assert refusals(step) == [
        (SELL_SPY, RiskCode.TRADING_STATE),
        (BUY_TLT, RiskCode.TRADING_STATE),
    ]
    assert bench.machine.is_done()


def test_halt_does_not_end_an_order_whose_second_send_was_kept_back() -> None:
    """Invariant 5: the first send may have arrived."""
    bench = situations()["sent again"]

    step = bench.halt(SELL_SPY.cl_ord_id)

    assert refusals(step) == [(BUY_TLT, RiskCode.TRADING_STATE)]
    assert not bench.machine.is_done()
    assert QUERY in bench.poll().effects
    assert CANCEL in bench.report(SELL_SPY, new(SELL_SPY)).effects


@pytest.mark.parametrize(("seconds", "ends"), [(59.999, False), (60, True)])
def test_halted_machine_waits_until_a_lost_order_can_no_longer_arrive(
    seconds: float, ends: bool
) -> None:
    """A14, invariant 5."""
    bench = situations()["lost"]
    bench.halt(SELL_GLD.cl_ord_id)
    for _ in range(9):
        bench.deny(SELL_SPY)
    assert not bench.machine.is_done()

    step = bench.wait(seconds).deny(SELL_SPY)

    absent = OrderRejected(
        cl_ord_id=SELL_SPY.cl_ord_id,
        code="absent",
        text="the venue has no such order, and it will not be sent again",
    )
    assert (step.facts == (absent,)) is ends
    assert bench.machine.is_done() is ends


def test_second_halt_changes_nothing() -> None:
    bench = a_working_bench(SELL_SPY)
    bench.halt()

    step = bench.halt()

    assert (step.facts, step.effects) == ((), ())


def test_what_a_cancelled_order_leaves_is_not_sent_after_a_halt() -> None:
    """FAULTS invariants 18 and 19: the rest of a step of a walk, in flight when trading stopped."""
    bench = a_bench(SELL_SPY, algorithm=Algorithm.WALK_THE_BOOK)
    bench.begin()
    bench.inputs()
    (child,) = bench.machine.state.children.values()
    step = child.order.request
    bench.accept(step)
    bench.halt()

    ended = bench.report(step, new(step), fill(step, "3"), canceled(step, "3"))

    assert ended.facts[-1] == DoneForDay(
        cl_ord_id=SELL_SPY.cl_ord_id,
        leaves_qty=Decimal(7),
        reason="SPY: trading_state is halted (owner's wish), the limit active",
    )
    assert ended.effects == ()
    assert bench.machine.is_done()
