"""Cancels and deadlines: how an order is ended, and what is waited for."""

from datetime import timedelta
from typing import Final

import pytest

from alchemiser.domain.execution.facts import (
    CancelIntended,
    OrderRefused,
)
from alchemiser.domain.execution.messages import (
    Cancel,
    Query,
    SetTimer,
    Step,
    TakeInputs,
    Timer,
)
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.messages import CancelOutcome, NewOrderSingle
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.testing.builders import NOW
from tests.unit.domain.execution.bench import (
    BUY_TLT,
    DEADLINE,
    SELL_GLD,
    SELL_SPY,
    TLT,
    a_sent_bench,
    a_working_bench,
    canceled,
    fill,
    new,
)

CANCEL: Final = Cancel(cl_ord_id=SELL_SPY.cl_ord_id)
QUERY: Final = Query(cl_ord_id=SELL_SPY.cl_ord_id)


def refusals(step: Step) -> list[tuple[NewOrderSingle, RiskCode]]:
    """Return which orders were refused and why."""
    return [
        (fact.order, fact.violation.code) for fact in step.facts if isinstance(fact, OrderRefused)
    ]


@pytest.mark.parametrize(("seconds", "cancels"), [(58.999, False), (59, True)])
def test_order_is_cancelled_when_it_has_worked_too_long(seconds: float, cancels: bool) -> None:
    """OS-22: a minute after it was sent, with the intent on record first."""
    bench = a_working_bench(SELL_SPY)

    step = bench.wait(seconds).poll()

    reason = "unfilled in time"
    intent = CancelIntended(cl_ord_id=SELL_SPY.cl_ord_id, reason=reason)
    assert (step.facts == (intent,)) is cancels
    assert (CANCEL in step.effects) is cancels
    assert (QUERY in step.effects) is not cancels


def test_order_is_cancelled_once_and_then_asked_about() -> None:
    bench = a_working_bench(SELL_SPY)
    bench.wait(60).poll()

    step = bench.cancel_answer(SELL_SPY, CancelOutcome.ACCEPTED)

    assert (step.facts, step.effects) == ((), (QUERY,))
    assert bench.poll().effects[:-1] == (QUERY,)


def test_cancelled_order_holds_its_quantity_until_the_venue_reports_its_end() -> None:
    """OS-23: the buy waits for the report, not for the cancel's answer."""
    bench = a_sent_bench(SELL_SPY, BUY_TLT)
    bench.accept(SELL_SPY)
    bench.wait(60).poll()
    bench.cancel_answer(SELL_SPY, CancelOutcome.ACCEPTED)
    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY, "3"))
    assert bench.phases(SELL_SPY, BUY_TLT) == [Phase.CANCELING, Phase.PLANNED]

    step = bench.report(SELL_SPY, canceled(SELL_SPY, "3"))

    assert step.effects == (TakeInputs(symbols=(TLT,)),)
    assert bench.phases(SELL_SPY) == [Phase.DONE]


def test_fill_that_crosses_the_cancel_counts() -> None:
    """A19, A20."""
    bench = a_working_bench(SELL_SPY)
    bench.wait(60).poll()
    bench.cancel_answer(SELL_SPY, CancelOutcome.TOO_LATE)

    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY))

    order = bench.child(SELL_SPY).order
    assert order is not None
    assert order.cum_qty == 10
    assert bench.machine.is_done()


@pytest.mark.parametrize("outcome", [CancelOutcome.UNKNOWN, CancelOutcome.UNKNOWN_ORDER])
def test_lost_cancel_is_sent_again(outcome: CancelOutcome) -> None:
    """A21: nobody knows whether it arrived, or the venue does not know its own order yet."""
    bench = a_working_bench(SELL_SPY)
    bench.wait(60).poll()

    for _ in range(3):
        assert bench.cancel_answer(SELL_SPY, outcome).effects == (QUERY,)
        assert bench.poll().effects[:-1] == (CANCEL,)

    bench.cancel_answer(SELL_SPY, CancelOutcome.ACCEPTED)
    assert bench.poll().effects[:-1] == (QUERY,)


def test_cancel_is_sent_again_after_a_restart() -> None:
    """A cancel is on record, whether it was sent nobody knows."""
    bench = a_working_bench(SELL_SPY)
    bench.wait(60).poll()
    again = bench.restarted()

    assert QUERY in again.begin().effects
    assert again.poll().effects[:-1] == (CANCEL,)


def test_deadline_refuses_what_waits_and_cancels_what_works() -> None:
    bench = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    bench.accept(SELL_SPY)
    bench.now = DEADLINE

    step = bench.fire(Timer.DEADLINE)

    assert refusals(step) == [(BUY_TLT, RiskCode.DEADLINE)]
    later = DEADLINE + timedelta(seconds=90)
    assert step.effects == (CANCEL, SetTimer(timer=Timer.GIVE_UP, at=later))
    assert bench.phases(SELL_GLD, SELL_SPY) == [Phase.SENT, Phase.CANCELING]


def test_machine_gives_up_and_names_what_it_does_not_know() -> None:
    """CC-03: a venue that says nothing more does not hold the day for ever."""
    bench = a_working_bench(SELL_SPY)
    bench.now = DEADLINE
    bench.fire(Timer.DEADLINE)
    assert not bench.machine.is_done()

    bench.wait(90).fire(Timer.GIVE_UP)

    assert bench.machine.is_done()
    assert bench.machine.unresolved() == (SELL_SPY.cl_ord_id,)


def test_restart_after_the_deadline_cancels_asks_and_waits_as_long_as_before() -> None:
    bench = a_working_bench(SELL_SPY)
    bench.now = DEADLINE + timedelta(hours=17)
    again = bench.restarted()

    step = again.begin()

    later = again.now + timedelta(seconds=90)
    assert {QUERY, CANCEL, SetTimer(timer=Timer.GIVE_UP, at=later)} < set(step.effects)


def test_timers_do_not_multiply_however_many_answers_come() -> None:
    """J12, invariant 37: a minute of silence costs one timer and one question a second."""
    bench = a_sent_bench(SELL_GLD, SELL_SPY)
    for order in (SELL_GLD, SELL_SPY):
        bench.lose(order)
    at, asked = NOW + timedelta(seconds=1), 0

    for _ in range(60):
        step = bench.wait(1).fire(Timer.POLL)
        timers = [effect for effect in step.effects if isinstance(effect, SetTimer)]
        at += timedelta(seconds=1)
        assert timers == [SetTimer(timer=Timer.POLL, at=at)]
        queries = [effect for effect in step.effects if isinstance(effect, Query)]
        asked += len(queries)
        for order in (SELL_GLD, SELL_SPY):
            assert bench.report(order).effects == ()

    assert asked == 120
