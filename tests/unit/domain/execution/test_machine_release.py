"""What the machine sends, when, and on which inputs."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.execution.facts import OrderIntended, OrderReduced, OrderRefused
from alchemiser.domain.execution.messages import (
    ReportsArrived,
    SetTimer,
    Submit,
    SubmitAnswered,
    TakeInputs,
    Timer,
)
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import Accepted
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, TradingState
from alchemiser.testing.builders import NOW, an_account
from alchemiser.testing.fakes import quote
from tests.unit.domain.execution.bench import (
    AFTER,
    BEFORE,
    BUY_GLD,
    BUY_TLT,
    DEADLINE,
    GLD,
    SELL_GLD,
    SELL_SPY,
    SPY,
    TLT,
    a_bench,
    a_sent_bench,
    canceled,
    fill,
    filled,
    intended,
    new,
    some_rules,
)


def test_machine_asks_for_inputs_and_sets_the_deadline_before_anything_is_sent() -> None:
    bench = a_bench(SELL_GLD, SELL_SPY, BUY_TLT)

    step = bench.begin()

    assert step.facts == ()
    assert step.effects == (
        SetTimer(timer=Timer.DEADLINE, at=DEADLINE),
        TakeInputs(symbols=(GLD, SPY)),
    )


def test_machine_asks_for_the_next_inputs_after_the_last_of_several_events() -> None:
    """Of ten answers that come in together only the last can end the sells."""
    bench = a_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    bench.begin()
    bench.inputs()
    first, last = (
        bench.machine.handle(
            ReportsArrived(at=NOW, cl_ord_id=one.cl_ord_id, reports=(new(one), fill(one))),
            more=more,
        )
        for one, more in ((SELL_GLD, True), (SELL_SPY, False))
    )

    assert first.facts
    assert first.effects == ()
    assert last.effects == (TakeInputs(symbols=(TLT,)),)


def test_machine_ends_the_same_whether_events_come_alone_or_together() -> None:
    """The facts are the same, in the same order."""
    facts = []
    for more in (False, True):
        bench = a_bench(SELL_GLD, SELL_SPY, BUY_TLT)
        bench.begin()
        bench.inputs()
        told = []
        for number, order in enumerate((SELL_GLD, SELL_SPY)):
            accepted = Accepted(report=new(order))
            event = SubmitAnswered(at=NOW, cl_ord_id=order.cl_ord_id, outcome=accepted)
            told.append(bench.machine.handle(event, more=more and not number).facts)
        facts.append(told)

    assert facts[0] == facts[1]
    assert all(facts[0])


def test_machine_sends_all_sells_and_no_buy_first() -> None:
    """OS-18."""
    bench = a_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    bench.begin()

    step = bench.inputs()

    assert step.facts == (intended(SELL_GLD), intended(SELL_SPY))
    assert step.effects == (
        Submit(approved=ApprovedOrder(order=SELL_GLD)),
        Submit(approved=ApprovedOrder(order=SELL_SPY)),
        SetTimer(timer=Timer.POLL, at=NOW + timedelta(seconds=1)),
        SetTimer(timer=Timer.STEP, at=NOW + timedelta(seconds=60)),
    )
    assert bench.phases(SELL_GLD, SELL_SPY, BUY_TLT) == [Phase.SENT, Phase.SENT, Phase.PLANNED]


def test_machine_reads_inputs_anew_for_the_buys_when_the_last_sell_is_terminal() -> None:
    """OS-18: the first sell's end releases nothing."""
    bench = a_sent_bench(SELL_GLD, SELL_SPY, BUY_TLT)

    first = filled(bench, SELL_GLD)
    second = filled(bench, SELL_SPY)
    released = bench.inputs(AFTER)

    assert not any(isinstance(effect, TakeInputs) for effect in first.effects)
    assert second.effects == (TakeInputs(symbols=(TLT,)),)
    assert released.effects[0] == Submit(approved=ApprovedOrder(order=BUY_TLT))


def test_machine_sends_buys_at_once_when_there_is_no_sell() -> None:
    bench = a_bench(BUY_TLT)

    assert bench.begin().effects[-1] == TakeInputs(symbols=(TLT,))
    assert bench.inputs(AFTER).facts == (intended(BUY_TLT),)


def test_machine_is_done_when_every_order_is_terminal() -> None:
    bench = a_sent_bench(SELL_SPY)

    assert not bench.machine.is_done()
    filled(bench, SELL_SPY)

    assert bench.machine.is_done()
    assert bench.machine.unresolved() == ()


def test_machine_is_done_at_once_with_an_empty_plan() -> None:
    bench = a_bench()

    bench.begin()

    assert bench.machine.is_done()


def test_machine_shrinks_buys_and_records_it_when_a_sell_came_up_short() -> None:
    """OS-18: 1,990 dollars are there for 5,550; at 92.50 that is 21.513513513 shares."""
    bench = a_sent_bench(SELL_SPY, BUY_TLT)
    bench.accept(SELL_SPY)
    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY, "2"), canceled(SELL_SPY, "2"))

    step = bench.inputs(an_account("1990", {"SPY": "8"}, equity="7790"))

    released = Decimal("21.513513513")
    order = replace(BUY_TLT, order_qty=released)
    assert step.facts == (
        OrderReduced(
            cl_ord_id=BUY_TLT.cl_ord_id,
            planned=Decimal(60),
            released=released,
            code=RiskCode.BUYING_POWER,
        ),
        intended(order),
    )
    assert step.effects[0] == Submit(approved=ApprovedOrder(order=order))


def test_machine_counts_the_books_cash_when_it_is_less_than_the_brokers() -> None:
    """SE-03."""
    bench = a_bench(BUY_TLT)
    bench.begin()

    step = bench.inputs(AFTER, cash="925")

    assert isinstance(step.facts[0], OrderReduced)
    assert step.facts[0].released == 10


def test_machine_does_not_spend_the_same_money_on_two_buys() -> None:
    """SE-03: 9,555 dollars are there; gold may cost 6,780 of them, so 2,775 are left for TLT."""
    bench = a_bench(BUY_GLD, BUY_TLT)
    bench.begin()

    step = bench.inputs(an_account("9555"))

    intended = [fact.order for fact in step.facts if isinstance(fact, OrderIntended)]
    assert intended == [BUY_GLD, replace(BUY_TLT, order_qty=Decimal(30))]


def test_machine_never_sends_a_refused_order() -> None:
    """OS-06: SPY's quote is too old, gold's is not."""
    bench = a_bench(SELL_GLD, SELL_SPY)
    bench.begin()
    old = quote("SPY", "499.90", "500.10", at=NOW - timedelta(seconds=61))

    step = bench.inputs(told=[quote("GLD", "224.90", "225.10", at=NOW), old])

    refusal, intent = sorted(step.facts, key=lambda fact: isinstance(fact, OrderIntended))
    assert isinstance(refusal, OrderRefused)
    assert refusal.violation.code is RiskCode.PRICE_STALE
    assert intent == intended(SELL_GLD)
    sent = [effect.approved.order for effect in step.effects if isinstance(effect, Submit)]
    assert sent == [SELL_GLD]
    assert bench.phases(SELL_SPY, SELL_GLD) == [Phase.REFUSED, Phase.SENT]


def test_machine_goes_on_to_the_buys_when_every_sell_is_refused() -> None:
    bench = a_bench(SELL_SPY, BUY_TLT)
    bench.begin()

    step = bench.inputs(told=[])

    assert bench.phases(SELL_SPY, BUY_TLT) == [Phase.REFUSED, Phase.PLANNED]
    assert TakeInputs(symbols=(TLT,)) in step.effects


def test_machine_refuses_everything_when_the_account_cannot_be_read() -> None:
    """RS-14."""
    bench = a_bench(SELL_SPY, BUY_TLT)
    bench.begin()

    steps = [bench.inputs(None), bench.inputs(None)]

    refused = [fact for step in steps for fact in step.facts if isinstance(fact, OrderRefused)]
    assert [fact.order for fact in refused] == [SELL_SPY, BUY_TLT]
    assert {fact.violation.code for fact in refused} == {RiskCode.ACCOUNT_UNKNOWN}
    assert not any(isinstance(effect, Submit) for step in steps for effect in step.effects)
    assert bench.machine.is_done()


def test_machine_sends_sells_and_no_buy_when_reducing() -> None:
    bench = a_bench(SELL_SPY, BUY_TLT, rules=some_rules(TradingState.REDUCING))
    bench.begin()
    bench.inputs()
    filled(bench, SELL_SPY)

    step = bench.inputs(AFTER)

    assert isinstance(step.facts[0], OrderRefused)
    assert step.facts[0].violation.code is RiskCode.TRADING_STATE
    assert bench.machine.is_done()


def test_machine_refuses_a_sell_of_more_than_is_held() -> None:
    bench = a_bench(SELL_SPY)
    bench.begin()

    step = bench.inputs(an_account("1000", {"SPY": "9.999999999"}, equity="6000"))

    assert isinstance(step.facts[0], OrderRefused)
    assert step.facts[0].violation.code is RiskCode.SHORT_SALE


def test_machine_counts_each_order_once_against_the_number_a_day() -> None:
    """OS-09: two are allowed and both sells are sent; the buy is the third."""
    bench = a_bench(
        SELL_GLD, SELL_SPY, BUY_TLT, rules=some_rules(limits=RiskLimits(max_orders_per_day=2))
    )
    bench.begin()
    bench.inputs()
    filled(bench, SELL_GLD)
    filled(bench, SELL_SPY)

    step = bench.inputs(AFTER)

    assert isinstance(step.facts[0], OrderRefused)
    assert step.facts[0].violation.code is RiskCode.MAX_ORDERS_PER_DAY


def test_machine_asks_for_inputs_once_while_they_are_read() -> None:
    bench = a_bench(SELL_SPY, BUY_TLT)
    bench.begin()

    assert bench.poll().effects == ()
    assert bench.poll().effects == ()


def test_buys_get_inputs_of_their_own_when_the_sells_end_while_others_are_read() -> None:
    """OS-18: inputs read for a lost sell know neither the buys' quotes nor its proceeds."""
    bench = a_sent_bench(SELL_SPY, BUY_TLT)
    bench.lose(SELL_SPY)
    asked = [bench.deny(SELL_SPY).effects for _ in range(3)]
    assert asked == [(), (), (TakeInputs(symbols=(SPY,)),)]
    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY))

    step = bench.inputs(BEFORE, [quote("SPY", "499.90", "500.10", at=NOW)])

    assert step.facts == ()
    assert step.effects == (TakeInputs(symbols=(TLT,)),)
    assert bench.inputs(AFTER).facts == (intended(BUY_TLT),)


@pytest.mark.parametrize(("seconds", "sent"), [(9.999, True), (10, False)])
def test_machine_sends_nothing_when_the_deadline_passes_while_inputs_are_read(
    seconds: float, sent: bool
) -> None:
    bench = a_bench(SELL_SPY, deadline=NOW + timedelta(seconds=10))
    bench.begin()

    step = bench.wait(seconds).inputs()

    assert any(isinstance(effect, Submit) for effect in step.effects) is sent
    assert bench.phases(SELL_SPY) == [Phase.SENT if sent else Phase.REFUSED]


def test_machine_sends_nothing_when_it_begins_after_the_deadline() -> None:
    """A restart late in the session, while the exchange is still open."""
    bench = a_bench(SELL_SPY, BUY_TLT, deadline=NOW)

    step = bench.begin()

    assert [type(effect) for effect in step.effects] == [SetTimer]
    assert bench.phases(SELL_SPY, BUY_TLT) == [Phase.REFUSED, Phase.REFUSED]
    assert bench.machine.is_done()
