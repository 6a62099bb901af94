"""The machine with orders in the closing auction: halts, silence, crashes and the last word."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from alchemiser.domain.execution.facts import (
    CancelIntended,
    DoneForDay,
    OrderIntended,
    OrderReduced,
    OrderRefused,
    OrderRejected,
)
from alchemiser.domain.execution.messages import Cancel, Query, Submit, TakeInputs, Timer
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.closing import ORDERS_END_BEFORE_CLOSE, AuctionTimes
from alchemiser.domain.orders.messages import CancelOutcome, ExecType, TimeInForce
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.testing.builders import NOW, SESSION, a_report, an_account
from tests.unit.domain.execution.bench import (
    AFTER,
    BUY_TLT,
    Bench,
    a_bench,
    canceled,
    fill,
    new,
)

ORDER = replace(BUY_TLT, time_in_force=TimeInForce.AT_THE_CLOSE)
ENTERED_UNTIL, TOLD_UNTIL = (
    AuctionTimes().entered_until(SESSION),
    AuctionTimes().told_until(SESSION),
)
QUERY, CANCEL = Query(cl_ord_id=ORDER.cl_ord_id), Cancel(cl_ord_id=ORDER.cl_ord_id)


def begun() -> Bench:
    """Return a machine that has asked for the inputs of a buy of sixty shares on close."""
    bench = a_bench(BUY_TLT, deadline=TOLD_UNTIL, algorithm=Algorithm.LIMIT_ON_CLOSE)
    bench.begin()
    return bench


def sent() -> Bench:
    bench = begun()
    bench.inputs(AFTER)
    return bench


def waiting() -> Bench:
    """Return a machine whose order waits for the auction."""
    bench = sent()
    bench.accept(ORDER)
    return bench


def at(bench: Bench, moment: datetime) -> Bench:
    return bench.wait((moment - bench.now).total_seconds())


def test_order_is_sent_for_the_auction_and_may_work_until_it_has_been_told() -> None:
    """OS-10: at the plan's limit."""
    step = begun().inputs(AFTER)

    (intent,) = step.facts
    assert isinstance(intent, OrderIntended)
    assert intent.order == ORDER
    assert intent.expire_time == TOLD_UNTIL
    assert isinstance(step.effects[0], Submit)


def test_waiting_order_is_not_asked_about_before_the_close() -> None:
    """OS-11: nothing happens to it; from the close on it is asked about as any other."""
    bench = waiting()

    asked = [effect for _ in range(30) for effect in bench.poll().effects]
    at(bench, SESSION.close_at)

    assert QUERY not in asked
    assert QUERY in bench.fire(Timer.POLL).effects


def test_cycle_ends_with_the_fill_after_the_close() -> None:
    """OS-11, EX-07."""
    bench = at(waiting(), SESSION.close_at)
    assert not bench.machine.is_done()

    bench.report(ORDER, new(ORDER), fill(ORDER))

    assert bench.machine.is_done()
    assert bench.machine.unresolved() == ()
    assert bench.phases(BUY_TLT) == [Phase.DONE]


def test_cycle_ends_with_the_expiry_at_the_close_and_says_why() -> None:
    """OS-12."""
    bench = at(waiting(), SESSION.close_at)
    expired = a_report(ORDER, ExecType.EXPIRED, exec_id="TLT-expired")

    step = bench.report(ORDER, new(ORDER), expired)

    assert bench.machine.is_done()
    (done,) = (fact for fact in step.facts if isinstance(fact, DoneForDay))
    assert done.leaves_qty == 60
    assert done.reason == "the closing auction did not fill all of it within its price bound"


def test_halt_cancels_the_waiting_order() -> None:
    """RC-10, OS-23: while the venue takes cancels, it is over with its report."""
    bench = waiting()

    assert CANCEL in bench.halt().effects
    bench.cancel_answer(ORDER, CancelOutcome.ACCEPTED)
    bench.report(ORDER, new(ORDER), canceled(ORDER))

    assert bench.machine.is_done()


def test_halt_after_the_cutoff_follows_the_order_to_its_end() -> None:
    """RC-10, OS-23: the venue refuses the cancel, once; the auction decides."""
    bench = at(waiting(), ENTERED_UNTIL).wait(120)

    assert CANCEL in bench.halt().effects
    assert QUERY in bench.cancel_answer(ORDER, CancelOutcome.TOO_LATE).effects
    bench.report(ORDER, new(ORDER))
    polled = [effect for _ in range(30) for effect in bench.poll().effects]
    assert CANCEL not in polled
    assert not bench.machine.is_done()
    at(bench, SESSION.close_at)
    bench.report(ORDER, new(ORDER), fill(ORDER))

    assert bench.machine.is_done()
    assert bench.phases(BUY_TLT) == [Phase.DONE]


@pytest.mark.parametrize(("late", "again"), [(False, True), (True, False)])
def test_lost_order_is_sent_again_as_long_as_it_reaches_the_auction(
    late: bool, again: bool
) -> None:
    """OS-08, OS-11: after that its absence is found out, and nothing more is sent."""
    bench = sent()
    bench.lose(ORDER)
    if late:
        at(bench, ENTERED_UNTIL).wait(1)
    last = [bench.deny(ORDER) for _ in range(3)][-1]

    assert any(isinstance(effect, TakeInputs) for effect in last.effects) is again
    if late:
        assert any(isinstance(fact, OrderRejected) for fact in last.facts)
        assert bench.machine.is_done()


def test_restart_goes_on_waiting() -> None:
    """OS-11: what the order was sent for is on record."""
    bench = waiting().wait(30).restarted()

    assert QUERY in bench.begin().effects
    bench.report(ORDER, new(ORDER))
    assert QUERY not in bench.poll().effects
    at(bench, SESSION.close_at)
    bench.report(ORDER, new(ORDER), fill(ORDER))
    assert bench.machine.is_done()


def test_restart_after_the_close_finds_the_fill() -> None:
    bench = at(waiting(), TOLD_UNTIL).wait(3600).restarted()

    bench.begin()
    bench.report(ORDER, new(ORDER), fill(ORDER))

    assert bench.machine.is_done()
    assert bench.machine.unresolved() == ()


def test_machine_gives_up_only_after_the_auction_should_have_been_told() -> None:
    bench = at(waiting(), TOLD_UNTIL)

    step = bench.fire(Timer.DEADLINE)

    assert any(isinstance(fact, CancelIntended) for fact in step.facts)
    assert not bench.machine.is_done()
    bench.wait(90).fire(Timer.GIVE_UP)
    assert bench.machine.is_done()
    assert bench.machine.unresolved() == (ORDER.cl_ord_id,)


@pytest.mark.parametrize(("cash", "released"), [("5550", "60"), ("2700", "29"), ("2728", "29")])
def test_limit_cuts_the_order_to_whole_shares(cash: str, released: str) -> None:
    """OS-14, SE-03: 2,700 dollars are 29.19 shares at 92.50, of which the auction takes 29."""
    step = begun().inputs(an_account(cash))

    (intent,) = (fact for fact in step.facts if isinstance(fact, OrderIntended))
    assert intent.order == replace(ORDER, order_qty=Decimal(released))
    cut = [fact.released for fact in step.facts if isinstance(fact, OrderReduced)]
    assert cut == ([] if released == "60" else [Decimal(released)])


def test_order_of_which_no_whole_share_fits_is_refused() -> None:
    """SE-03."""
    step = begun().inputs(an_account("92", equity="10000"))

    (refusal,) = step.facts
    assert isinstance(refusal, OrderRefused)
    assert refusal.violation.code is RiskCode.BUYING_POWER


def test_other_orders_of_the_plan_end_before_the_close() -> None:
    """OS-22: the later deadline is for the auction alone."""
    bench = a_bench(BUY_TLT, deadline=TOLD_UNTIL, algorithm=Algorithm.TWAP)
    bench.begin()

    step = bench.inputs(AFTER)

    (intent,) = (fact for fact in step.facts if isinstance(fact, OrderIntended))
    a_minute_before = SESSION.close_at - ORDERS_END_BEFORE_CLOSE
    assert intent.expire_time == NOW + (a_minute_before - NOW) / 6


@pytest.mark.parametrize("algorithm", Algorithm)
def test_nothing_is_sent_in_the_last_minute_though_the_plan_lasts_longer(
    algorithm: Algorithm,
) -> None:
    """OS-22."""
    bench = a_bench(BUY_TLT, deadline=TOLD_UNTIL, algorithm=algorithm)
    at(bench, SESSION.close_at - ORDERS_END_BEFORE_CLOSE)

    step = bench.begin()

    assert bench.machine.is_done()
    (done,) = (fact for fact in step.facts if isinstance(fact, DoneForDay))
    assert done.leaves_qty == 60
    assert not any(isinstance(effect, TakeInputs) for effect in step.effects)
