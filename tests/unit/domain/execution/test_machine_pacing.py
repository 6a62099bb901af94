"""Where a broker rations requests, orders wait for their turn and not on the way."""

from dataclasses import replace
from decimal import Decimal

from alchemiser.domain.execution.facts import DoneForDay, OrderIntended, OrderReduced, OrderRefused
from alchemiser.domain.execution.messages import Step, Submit, TakeInputs, Timer
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.settings.sections import Broker
from alchemiser.settings.trading import Execution
from alchemiser.testing.builders import an_account
from tests.unit.domain.execution.bench import (
    BUY_GLD,
    BUY_TLT,
    DEADLINE,
    GLD,
    ROOMY,
    SELL_GLD,
    SELL_SPY,
    SPY,
    TLT,
    Bench,
    a_bench,
    fill,
    new,
    some_rules,
)

ONE = ExecutionSettings(at_once=1)


def sent(step: Step) -> list[str]:
    return [one.approved.order.symbol for one in step.effects if isinstance(one, Submit)]


def paced(settings: ExecutionSettings = ONE) -> Bench:
    bench = a_bench(SELL_GLD, SELL_SPY, BUY_GLD, settings=settings)
    bench.begin()
    return bench


def test_no_more_is_read_for_than_may_be_sent() -> None:
    """DA-13, CC-09."""
    bench = a_bench(SELL_GLD, SELL_SPY, BUY_GLD, settings=ONE)

    assert TakeInputs(symbols=(GLD,)) in bench.begin().effects


def test_the_next_is_sent_once_the_one_before_is_answered() -> None:
    bench = paced()

    first = bench.inputs()
    answered = bench.accept(SELL_GLD)
    second = bench.inputs()

    assert (sent(first), sent(second)) == ([GLD], [SPY])
    assert TakeInputs(symbols=(GLD, SPY)) in answered.effects
    assert bench.child(SELL_SPY).expire_time > bench.now, "its time begins when it is sent"


def test_an_order_that_is_never_answered_does_not_hold_up_the_others() -> None:
    """CC-08: once it is unknown, it is asked for and the next one goes."""
    bench = paced()
    bench.inputs()

    waiting = bench.wait(ONE.acknowledge_seconds_max - 1).fire(Timer.POLL)
    late = bench.wait(1).fire(Timer.POLL)

    assert not any(isinstance(one, TakeInputs) for one in waiting.effects)
    assert any(isinstance(one, TakeInputs) for one in late.effects)
    assert sent(bench.inputs()) == [SPY]


def test_a_batch_waits_until_most_of_the_one_before_are_answered() -> None:
    """What is read for a release costs the ration as much for one order as for many."""
    bench = paced(replace(ONE, at_once=2))
    bench.inputs()

    one = bench.accept(SELL_GLD)
    both = bench.accept(SELL_SPY)

    assert not any(isinstance(effect, TakeInputs) for effect in one.effects)
    assert sent(one) == sent(both) == []


def test_an_account_that_is_read_late_is_waited_for() -> None:
    """RS-16: nothing is lost for want of a request; without a ration it is refused at once."""
    bench = paced(replace(ONE, at_once=2))

    waits = bench.inputs(None)
    asks = bench.wait(ONE.algorithms.step_seconds_min).fire(Timer.STEP)

    assert waits.facts == ()
    assert TakeInputs(symbols=(GLD, SPY)) in asks.effects
    assert sent(bench.inputs()) == [GLD, SPY]


def test_an_account_that_is_never_read_is_not_waited_for_for_ever() -> None:
    """RS-14: an order waits as long as it might be worked."""
    bench = paced()
    while not bench.machine.is_done():
        bench.inputs(None)
        bench.wait(ONE.algorithms.step_seconds_min).fire(Timer.STEP)

    ended = [(type(one), told) for told, one in bench.journal]
    assert [kind for kind, _ in ended] == [OrderRefused, OrderRefused, DoneForDay]
    assert max(told for _, told in ended) <= DEADLINE


RICH = an_account("14000", equity="14000")
BOUGHT = an_account("7250", {"GLD": "30"}, equity="14000")
ONCE = replace(ROOMY, max_gross_exposure=Decimal(1))


def test_what_is_filled_and_not_told_yet_is_not_held_against_the_next_order_for_good() -> None:
    """SE-03, EX-04: the account has the shares, and the order for them still counts as open."""
    bench = a_bench(BUY_GLD, BUY_TLT, rules=some_rules(limits=ONCE), settings=ONE)
    bench.begin()
    bench.inputs(RICH)
    bench.accept(BUY_GLD)

    early = bench.inputs(BOUGHT)
    bench.report(BUY_GLD, new(BUY_GLD), fill(BUY_GLD))
    bench.wait(ONE.algorithms.step_seconds_min).fire(Timer.STEP)

    assert (sent(early), early.facts) == ([], ())
    assert sent(bench.inputs(BOUGHT)) == [TLT]


def test_what_no_news_can_change_is_cut() -> None:
    """OS-05: with nothing under way a limit is a limit."""
    bench = a_bench(BUY_TLT, rules=some_rules(limits=ONCE), settings=ONE)
    bench.begin()

    step = bench.inputs(an_account("900", equity="900"))

    assert [type(one) for one in step.facts] == [OrderReduced, OrderIntended]


def test_without_a_ration_there_is_no_bound() -> None:
    bench = paced(ExecutionSettings())

    assert sent(bench.inputs()) == [GLD, SPY]


def test_the_ration_is_the_brokers() -> None:
    assert Broker().ration() is None
    assert Broker(adapter="alpaca").ration() == 180
    rationed = Execution().patience(180)
    assert (rationed.at_once, rationed.poll_seconds) == (9, 4)
    assert Execution().patience(10).at_once == 2
    assert (Execution().patience(10).poll_seconds, Execution().patience().poll_seconds) == (5, 1)
