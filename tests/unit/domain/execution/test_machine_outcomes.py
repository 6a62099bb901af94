"""Sends that were refused, and sends whose outcome nobody knows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.execution.facts import (
    ExecutionReported,
    OrderRejected,
    OutcomeUnknown,
)
from alchemiser.domain.execution.messages import Query, Submit, TakeInputs
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.testing.builders import an_account
from tests.unit.domain.execution.bench import (
    AFTER,
    BUY_GLD,
    BUY_TLT,
    SELL_GLD,
    SELL_SPY,
    SPY,
    TLT,
    Bench,
    a_sent_bench,
    fill,
    intended,
    new,
    quotes,
)


def lost_and_denied(bench: Bench, order: NewOrderSingle) -> None:
    """Lose a send and let the venue deny it until the machine reads inputs to send it again."""
    bench.lose(order)
    steps = [bench.deny(order) for _ in range(bench.settings.absences_min)]
    (asked,) = steps[-1].effects
    assert isinstance(asked, TakeInputs)
    assert order.symbol in asked.symbols


def test_rejected_order_ends_without_another_try() -> None:
    """OS-12."""
    bench = a_sent_bench(SELL_SPY)

    step = bench.reject(SELL_SPY)

    assert step.facts == (
        OrderRejected(cl_ord_id=SELL_SPY.cl_ord_id, code="no_money", text="buying power is 7"),
    )
    assert step.effects == ()
    assert bench.child(SELL_SPY).reason == "no_money: buying power is 7"
    assert bench.machine.is_done()


def test_unknown_outcome_is_recorded_and_asked_by_id() -> None:
    """OS-11."""
    bench = a_sent_bench(SELL_SPY)

    step = bench.lose(SELL_SPY)

    assert step.facts == (OutcomeUnknown(cl_ord_id=SELL_SPY.cl_ord_id, text="timed out"),)
    assert step.effects == (Query(cl_ord_id=SELL_SPY.cl_ord_id),)
    assert bench.machine.unresolved() == (SELL_SPY.cl_ord_id,)


def test_order_that_nobody_answered_yet_is_not_asked_about() -> None:
    bench = a_sent_bench(SELL_SPY)

    assert not [one for one in bench.poll().effects if isinstance(one, Query)]


def test_unknown_order_is_found_and_never_sent_again() -> None:
    """A02: accepted, but the answer was lost."""
    bench = a_sent_bench(SELL_SPY)
    bench.lose(SELL_SPY)
    bench.deny(SELL_SPY)
    bench.deny(SELL_SPY)

    step = bench.report(SELL_SPY, new(SELL_SPY))

    assert step.facts == (ExecutionReported(report=new(SELL_SPY)),)
    assert bench.phases(SELL_SPY) == [Phase.WORKING]
    for _ in range(5):
        assert bench.deny(SELL_SPY).effects == (), "a known order is not lost when it is denied"


def test_order_is_sent_again_under_its_id_after_as_many_denials_as_set() -> None:
    """OS-08, A01: two are not enough, the third is."""
    bench = a_sent_bench(SELL_SPY)
    bench.lose(SELL_SPY)

    assert bench.deny(SELL_SPY).effects == ()
    assert bench.deny(SELL_SPY).effects == ()
    assert bench.deny(SELL_SPY).effects == (TakeInputs(symbols=(SPY,)),)
    step = bench.inputs()

    assert step.facts == (intended(SELL_SPY, again=True),)
    assert step.effects[0] == Submit(approved=ApprovedOrder(order=SELL_SPY))
    assert bench.child(SELL_SPY).sends == 2


def test_denials_count_in_a_row_only() -> None:
    """A13: an empty answer is not a denial."""
    bench = a_sent_bench(SELL_SPY)
    bench.lose(SELL_SPY)
    bench.deny(SELL_SPY)
    bench.deny(SELL_SPY)
    bench.report(SELL_SPY)

    assert bench.deny(SELL_SPY).effects == ()


def test_order_sent_again_has_the_quantity_it_was_first_sent_with() -> None:
    """OS-08: money has come in since, but the id stands for the first quantity."""
    bench = a_sent_bench(BUY_TLT, account=an_account("925"))
    lost_and_denied(bench, BUY_TLT)

    step = bench.inputs(AFTER)

    assert step.facts == (intended(replace(BUY_TLT, order_qty=Decimal(10)), again=True),)


def test_order_is_not_shrunk_when_it_is_sent_again() -> None:
    """OS-08: there is money for ten of the sixty shares, but the id stands for sixty."""
    bench = a_sent_bench(BUY_TLT, account=AFTER)
    lost_and_denied(bench, BUY_TLT)

    step = bench.inputs(an_account("925"))

    assert [type(fact) for fact in step.facts] == [OutcomeUnknown]
    assert bench.child(BUY_TLT).sends == 1


def test_order_sent_again_leaves_the_other_open_orders_their_money() -> None:
    """SE-03: 6,780 dollars are gold's and 5,550 are needed: a cent less is too little."""
    bench = a_sent_bench(BUY_GLD, BUY_TLT, account=an_account("12330"))
    bench.accept(BUY_GLD)
    lost_and_denied(bench, BUY_TLT)

    short, enough = bench.restarted(), bench
    short.begin()
    for _ in range(3):
        short.deny(BUY_TLT)

    assert [type(fact) for fact in short.inputs(an_account("12329.99")).facts] == [OutcomeUnknown]
    assert enough.inputs(an_account("12330")).facts == (intended(BUY_TLT, again=True),)


def test_orders_lost_together_are_sent_again_on_one_reading_of_the_inputs() -> None:
    """Else the first one's fill, not told yet, counts twice against the limits of the second."""
    bench = a_sent_bench(SELL_GLD, SELL_SPY).restarted()
    bench.begin()
    for _ in range(3):
        bench.deny(SELL_GLD)
        bench.deny(SELL_SPY)

    step = bench.inputs()

    assert step.facts == (intended(SELL_GLD, again=True), intended(SELL_SPY, again=True))


def test_order_lost_long_before_a_restart_is_sent_again_rather_than_buried() -> None:
    bench = a_sent_bench(SELL_SPY).wait(300).restarted()
    bench.begin()

    steps = [bench.deny(SELL_SPY) for _ in range(3)]

    assert [step.effects for step in steps] == [(), (), (TakeInputs(symbols=(SPY,)),)]


def test_order_is_sent_no_more_often_than_set() -> None:
    """OS-22, invariant 6."""
    bench = a_sent_bench(SELL_SPY, settings=ExecutionSettings(sends_max=3))
    for sends in (2, 3):
        lost_and_denied(bench, SELL_SPY)
        bench.inputs()
        assert bench.child(SELL_SPY).sends == sends
    bench.lose(SELL_SPY)

    effects = [effect for _ in range(9) for effect in bench.deny(SELL_SPY).effects]

    assert effects == []
    assert bench.phases(SELL_SPY) == [Phase.SENT]


def test_rejection_of_a_repeated_send_proves_nothing() -> None:
    """A09: the first send is on its way and reserves the money that the second lacks."""
    bench = a_sent_bench(SELL_SPY)
    lost_and_denied(bench, SELL_SPY)
    bench.inputs()

    step = bench.reject(SELL_SPY)

    assert step.facts == (OutcomeUnknown(cl_ord_id=SELL_SPY.cl_ord_id, text="buying power is 7"),)
    assert step.effects == (Query(cl_ord_id=SELL_SPY.cl_ord_id),)
    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY))
    assert bench.phases(SELL_SPY) == [Phase.DONE]


def test_rejection_after_a_restart_proves_nothing_about_a_send_before_it() -> None:
    bench = a_sent_bench(SELL_SPY).restarted()
    bench.begin()
    for _ in range(3):
        bench.deny(SELL_SPY)
    bench.inputs()

    bench.reject(SELL_SPY)

    assert bench.phases(SELL_SPY) == [Phase.SENT]


def test_order_refused_a_second_send_is_still_asked_about() -> None:
    """Invariant 5: the first send may arrive late, whatever the gate thinks of the second."""
    bench = a_sent_bench(SELL_SPY, BUY_TLT)
    lost_and_denied(bench, SELL_SPY)

    step = bench.inputs(None)

    assert [type(fact) for fact in step.facts] == [OutcomeUnknown]
    assert not any(isinstance(effect, Submit | TakeInputs) for effect in step.effects)
    assert Query(cl_ord_id=SELL_SPY.cl_ord_id) in bench.poll().effects
    bench.report(SELL_SPY, new(SELL_SPY))
    assert bench.phases(SELL_SPY) == [Phase.WORKING]


def test_order_refused_a_second_send_is_tried_again_as_often_as_set() -> None:
    """The refusal may pass: money that another order had reserved comes free when it is filled."""
    bench = a_sent_bench(SELL_SPY, settings=ExecutionSettings(sends_max=3))
    lost_and_denied(bench, SELL_SPY)
    for _ in range(2):
        bench.inputs(None)
        effects = [bench.deny(SELL_SPY).effects for _ in range(3)]
        assert effects == [(), (), (TakeInputs(symbols=(SPY,)),)]
    bench.inputs(None)

    assert {bench.deny(SELL_SPY).effects for _ in range(9)} == {()}

    bench.wait(60).deny(SELL_SPY)
    assert bench.phases(SELL_SPY) == [Phase.REFUSED]


@pytest.mark.parametrize(("seconds", "phase"), [(59.999, Phase.SENT), (60, Phase.REFUSED)])
def test_absence_is_proof_only_once_the_venue_can_no_longer_accept(
    seconds: float, phase: Phase
) -> None:
    """A14, invariant 5: accepted up to a minute late."""
    bench = a_sent_bench(SELL_SPY, settings=ExecutionSettings(sends_max=1))
    bench.lose(SELL_SPY)
    for _ in range(4):
        bench.deny(SELL_SPY)

    bench.wait(seconds).deny(SELL_SPY)

    assert bench.phases(SELL_SPY) == [phase]


def test_acceptance_is_waited_for_from_the_last_send_on() -> None:
    bench = a_sent_bench(SELL_SPY, settings=ExecutionSettings(sends_max=2))
    lost_and_denied(bench, SELL_SPY)
    bench.wait(50).inputs(told=quotes(bench.now))
    bench.lose(SELL_SPY)
    for _ in range(3):
        bench.wait(19).deny(SELL_SPY)

    assert bench.phases(SELL_SPY) == [Phase.SENT]
    bench.wait(3).deny(SELL_SPY)
    assert bench.phases(SELL_SPY) == [Phase.REFUSED]


def test_absence_for_a_minute_alone_is_no_proof() -> None:
    """Two denials of three."""
    bench = a_sent_bench(SELL_SPY, settings=ExecutionSettings(sends_max=1))
    bench.lose(SELL_SPY)
    bench.deny(SELL_SPY)

    bench.wait(600).deny(SELL_SPY)

    assert bench.phases(SELL_SPY) == [Phase.SENT]


def test_buys_are_released_when_a_sell_is_proven_absent() -> None:
    bench = a_sent_bench(SELL_SPY, BUY_TLT, settings=ExecutionSettings(sends_max=1))
    bench.lose(SELL_SPY)
    bench.wait(60)

    steps = [bench.deny(SELL_SPY) for _ in range(3)]

    assert [step.effects for step in steps] == [(), (), (TakeInputs(symbols=(TLT,)),)]


def test_order_taken_for_dead_comes_back_when_the_venue_reports_on_it() -> None:
    """An answer that was under way when the order was given up."""
    bench = a_sent_bench(SELL_GLD, SELL_SPY, settings=ExecutionSettings(sends_max=1))
    bench.lose(SELL_SPY)
    bench.wait(60)
    for _ in range(3):
        bench.deny(SELL_SPY)
    assert bench.phases(SELL_SPY) == [Phase.REFUSED]

    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY, "4"))

    assert bench.phases(SELL_SPY) == [Phase.WORKING]
    assert bench.machine.unresolved() == (SELL_GLD.cl_ord_id, SELL_SPY.cl_ord_id)


def test_answer_to_a_repeated_send_is_outranked_by_reports_that_came_before_it() -> None:
    """A late answer to an earlier question finds the order; the second send's answer is lost."""
    bench = a_sent_bench(SELL_SPY)
    lost_and_denied(bench, SELL_SPY)
    bench.inputs()
    bench.report(SELL_SPY, new(SELL_SPY))

    assert bench.lose(SELL_SPY).facts == ()
    assert bench.reject(SELL_SPY).facts == ()

    steps = [bench.wait(30).deny(SELL_SPY) for _ in range(4)]
    assert {step.effects for step in steps} == {()}, "a known order is not sent again"
    assert bench.phases(SELL_SPY) == [Phase.WORKING]


@pytest.mark.parametrize(("seconds", "flagged"), [(9, False), (10, True)])
def test_order_that_nobody_acknowledges_is_flagged_and_asked_for(
    seconds: int, flagged: bool
) -> None:
    """OS-11: never assumed failed or filled, and asked for by its id."""
    bench = a_sent_bench(SELL_SPY).wait(seconds - 1)

    step = bench.poll()

    assert [type(fact) for fact in step.facts] == ([OutcomeUnknown] if flagged else [])
    assert (Query(cl_ord_id=SELL_SPY.cl_ord_id) in step.effects) is flagged
    assert bench.child(SELL_SPY).unknown is flagged
    bench.accept(SELL_SPY)
    assert not bench.child(SELL_SPY).unknown
