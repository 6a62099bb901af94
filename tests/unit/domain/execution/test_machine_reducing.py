"""Nothing is bought after it, sells go on; and a broker that refuses too much is left alone."""

from dataclasses import replace

import pytest

from alchemiser.domain.execution.facts import (
    CancelIntended,
    OrderIntended,
    OrderRefused,
    OrderRejected,
)
from alchemiser.domain.execution.messages import Cancel, Reduced, Step, Submit
from alchemiser.domain.execution.work import Phase
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.risk.limits import RiskCode, TradingState
from alchemiser.domain.values.identifiers import ClOrdId
from tests.unit.domain.execution.bench import (
    AFTER,
    BUY_GLD,
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
    some_rules,
)


def reduce(bench: Bench, *unsent: ClOrdId) -> Step:
    """Stop buying; the shell kept back what is `unsent`."""
    return bench.feed(Reduced(at=bench.now, reason="owner's wish", unsent=unsent))


def refused(step: Step) -> list[tuple[NewOrderSingle, RiskCode]]:
    """Return which orders were refused and why."""
    return [
        (fact.order, fact.violation.code) for fact in step.facts if isinstance(fact, OrderRefused)
    ]


def sent(bench: Bench) -> list[NewOrderSingle]:
    """Return every order that was intended, in order."""
    return [fact.order for _, fact in bench.journal if isinstance(fact, OrderIntended)]


def test_waiting_buys_are_refused_and_waiting_sells_go_out() -> None:
    """RC-06, FAULTS invariant 18."""
    bench = a_bench(SELL_GLD, SELL_SPY, BUY_TLT)
    bench.begin()

    step = reduce(bench)
    bench.inputs()

    assert refused(step) == [(BUY_TLT, RiskCode.TRADING_STATE)]
    assert sent(bench) == [SELL_GLD, SELL_SPY]


def test_working_sells_go_on_and_end_the_plan() -> None:
    """RC-06."""
    bench = a_sent_bench(SELL_SPY, BUY_TLT)
    bench.accept(SELL_SPY)

    step = reduce(bench)
    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY))

    assert not any(isinstance(effect, Cancel) for effect in step.effects)
    assert bench.phases(SELL_SPY, BUY_TLT) == [Phase.DONE, Phase.REFUSED]
    assert bench.machine.is_done()


def test_working_buys_are_cancelled_and_their_fills_kept() -> None:
    """RC-06: what was bought before the cancel arrives is ours."""
    bench = a_working_bench(BUY_TLT)

    step = reduce(bench)
    bench.report(BUY_TLT, new(BUY_TLT), fill(BUY_TLT, "7"), canceled(BUY_TLT, "7"))

    assert step.effects == (Cancel(cl_ord_id=BUY_TLT.cl_ord_id),)
    assert [type(fact) for fact in step.facts] == [CancelIntended]
    order = bench.child(BUY_TLT).order
    assert order is not None
    assert order.cum_qty == 7
    assert bench.machine.is_done()


@pytest.mark.parametrize("late", ["its answer", "a report"])
def test_buy_accepted_after_it_is_cancelled_at_once(late: str) -> None:
    """FAULTS invariant 19: the order was on its way when buying was stopped."""
    bench = a_sent_bench(BUY_TLT, account=AFTER)
    reduce(bench)

    if late == "its answer":
        step = bench.accept(BUY_TLT)
    else:
        bench.lose(BUY_TLT)
        step = bench.report(BUY_TLT, new(BUY_TLT))

    assert step.effects == (Cancel(cl_ord_id=BUY_TLT.cl_ord_id),)


def test_sell_accepted_after_it_is_left_to_work() -> None:
    """RC-06."""
    bench = a_sent_bench(SELL_SPY)
    reduce(bench)

    assert bench.accept(SELL_SPY).effects == ()
    assert bench.phases(SELL_SPY) == [Phase.WORKING]


def test_buy_that_the_shell_kept_back_is_refused() -> None:
    """FAULTS invariant 18: it is certain that it was never sent."""
    bench = a_sent_bench(BUY_TLT, account=AFTER)

    step = reduce(bench, BUY_TLT.cl_ord_id)

    assert refused(step) == [(BUY_TLT, RiskCode.TRADING_STATE)]
    assert bench.machine.is_done()


def test_lost_buy_is_not_sent_again() -> None:
    """FAULTS invariant 18: it is asked about until it can no longer arrive."""
    bench = a_sent_bench(BUY_TLT, account=AFTER)
    bench.lose(BUY_TLT)
    reduce(bench)

    steps = []
    for _ in range(4):
        steps += [bench.deny(BUY_TLT), bench.inputs(AFTER)]
    bench.wait(60)
    steps.append(bench.deny(BUY_TLT))

    assert not any(isinstance(effect, Submit) for step in steps for effect in step.effects)
    assert sent(bench) == [BUY_TLT]


def test_lost_sell_is_sent_again() -> None:
    """RC-06: getting out goes on."""
    bench = a_sent_bench(SELL_SPY)
    bench.lose(SELL_SPY)
    reduce(bench)

    for _ in range(3):
        bench.deny(SELL_SPY)
    bench.inputs()

    assert sent(bench) == [SELL_SPY, SELL_SPY]


def test_buys_whose_inputs_are_on_their_way_are_not_sent() -> None:
    """FAULTS invariant 18: between the question and its answer buying was stopped."""
    bench = a_sent_bench(SELL_SPY, BUY_TLT)
    filled(bench, SELL_SPY)

    step = reduce(bench)
    bench.inputs(AFTER)

    assert refused(step) == [(BUY_TLT, RiskCode.TRADING_STATE)]
    assert sent(bench) == [SELL_SPY]


def test_halt_after_it_stops_sells_too_and_it_changes_nothing_after_a_halt() -> None:
    """FAULTS invariant 20: the stricter one counts, in either order."""
    first = a_working_bench(SELL_SPY)
    reduce(first)
    second = a_working_bench(SELL_SPY)

    assert first.halt().effects == (Cancel(cl_ord_id=SELL_SPY.cl_ord_id),)
    second.halt()
    assert reduce(second) == Step()
    second.lose(SELL_SPY)
    assert second.machine.state.unfinished() == ()


def test_halted_machine_that_is_told_to_reduce_sends_no_sell() -> None:
    """FAULTS invariants 18 and 20."""
    bench = a_bench(SELL_SPY, BUY_TLT)
    bench.begin()
    bench.halt()
    reduce(bench)

    step = bench.inputs()

    assert not any(isinstance(effect, Submit) for effect in step.effects)
    assert sent(bench) == []


def test_machine_that_starts_reducing_sends_sells_only() -> None:
    """RC-06: as after a restart."""
    bench = a_bench(SELL_SPY, BUY_TLT, rules=some_rules(TradingState.REDUCING))
    bench.begin()
    bench.inputs()
    filled(bench, SELL_SPY)

    step = bench.inputs(AFTER)

    assert refused(step) == [(BUY_TLT, RiskCode.TRADING_STATE)]
    assert sent(bench) == [SELL_SPY]


def limited(most: int | None, *orders: NewOrderSingle) -> Bench:
    """Return a machine that has sent sells and bears fewer than `most` rejections."""
    bench = a_bench(*orders, rules=replace(some_rules(), refusals_max=most))
    bench.begin()
    bench.inputs()
    return bench


def test_so_many_rejections_stop_everything_and_cancel_what_works() -> None:
    """RC-09: the second is too many; a working sell is cancelled and the buy never sent."""
    bench = limited(1, SELL_GLD, SELL_SPY, BUY_TLT)
    bench.accept(SELL_GLD)

    step = bench.reject(SELL_SPY)

    assert step.effects == (Cancel(cl_ord_id=SELL_GLD.cl_ord_id),)
    assert refused(step) == [(BUY_TLT, RiskCode.TRADING_STATE)]
    (why,) = (fact.violation for fact in step.facts if isinstance(fact, OrderRefused))
    assert why.sentence() == (
        "TLT: trading_state is 1 refused by the broker, the limit fewer than 1"
    )


@pytest.mark.parametrize("most", [3, None])
def test_fewer_rejections_stop_nothing(most: int | None) -> None:
    """RC-09: the buys go out although both sells were rejected."""
    bench = limited(most, SELL_GLD, SELL_SPY, BUY_TLT)
    for order in (SELL_GLD, SELL_SPY):
        bench.reject(order)

    bench.inputs(AFTER)

    assert sent(bench) == [SELL_GLD, SELL_SPY, BUY_TLT]


def test_rejections_after_the_stop_stop_nothing_twice() -> None:
    """RC-09."""
    bench = limited(1, SELL_GLD, SELL_SPY, BUY_GLD)
    bench.reject(SELL_GLD)

    step = bench.reject(SELL_SPY)

    assert [type(fact) for fact in step.facts] == [OrderRejected]
    assert bench.machine.is_done()


def test_order_accepted_after_too_many_rejections_is_cancelled() -> None:
    """RC-09, FAULTS invariant 19."""
    bench = limited(1, SELL_GLD, SELL_SPY)
    bench.reject(SELL_GLD)

    assert bench.accept(SELL_SPY).effects == (Cancel(cl_ord_id=SELL_SPY.cl_ord_id),)
