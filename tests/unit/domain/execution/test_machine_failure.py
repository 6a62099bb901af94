"""What becomes of the rest of a plan when the venue has refused an order of it (OS-17)."""

import json
from dataclasses import replace

import pytest

from alchemiser.application.ledger import CODEC
from alchemiser.domain.execution.facts import OrderIntended, OrderRefused
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import Begun, Cancel, Step, Submit
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.journal.records import OrderPlanned
from alchemiser.domain.orders.messages import ExecType, NewOrderSingle
from alchemiser.domain.orders.plan import OnFailure
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.testing.builders import a_report
from tests.unit.domain.execution.bench import (
    AFTER,
    BEFORE,
    BUY_GLD,
    BUY_TLT,
    PLANNED,
    SELL_GLD,
    SELL_SPY,
    SETTINGS,
    TLT,
    Bench,
    a_plan,
    canceled,
    fill,
    new,
    some_rules,
)


def planned(*orders: NewOrderSingle, policy: OnFailure = OnFailure.STOP_INCREASING) -> Bench:
    """Return a machine that has begun a plan of `orders` under a policy, and sent the first."""
    plan = replace(a_plan(PLANNED[order] for order in orders), on_failure=policy)
    rules = some_rules()
    bench = Bench(Machine(ExecutionState(plan=plan), rules, SETTINGS), rules, SETTINGS)
    bench.begin()
    bench.inputs(BEFORE if orders[0] in {SELL_GLD, SELL_SPY} else AFTER)
    return bench


def sent(bench: Bench) -> list[NewOrderSingle]:
    """Return every order that was ever sent."""
    return [fact.order for _, fact in bench.journal if isinstance(fact, OrderIntended)]


def refused(step: Step) -> list[tuple[NewOrderSingle, RiskCode]]:
    """Return the refusals of a step."""
    facts = [fact for fact in step.facts if isinstance(fact, OrderRefused)]
    return [(fact.order, fact.violation.code) for fact in facts]


def test_sell_that_the_venue_refuses_stops_the_buys_and_no_sell() -> None:
    """OS-17: declared in the plan, on record with code, observed and limit."""
    bench = planned(SELL_GLD, SELL_SPY, BUY_TLT)

    step = bench.reject(SELL_GLD)
    bench.accept(SELL_SPY)
    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY))
    bench.inputs(AFTER)

    (fact,) = (fact for fact in step.facts if isinstance(fact, OrderRefused))
    assert fact.violation == Violation(
        code=RiskCode.PLAN_FAILURE, observed="1 refused by the broker", limit="none", symbol=TLT
    )
    assert fact.order == BUY_TLT
    assert sent(bench) == [SELL_GLD, SELL_SPY]
    assert bench.machine.is_done()


def test_plan_that_goes_on_buys_what_is_left_to_buy() -> None:
    """OS-17: as it is unless the owner says otherwise."""
    bench = planned(SELL_GLD, SELL_SPY, BUY_TLT, policy=OnFailure.GO_ON)

    assert refused(bench.reject(SELL_GLD)) == []
    bench.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY))
    bench.inputs(AFTER)

    assert sent(bench) == [SELL_GLD, SELL_SPY, BUY_TLT]


def test_refused_buy_cancels_the_buys_that_work() -> None:
    """OS-17: what went out together with it is bought no further."""
    bench = planned(BUY_GLD, BUY_TLT)
    bench.accept(BUY_GLD)

    step = bench.reject(BUY_TLT)

    assert step.effects[0] == Cancel(cl_ord_id=BUY_GLD.cl_ord_id)


def test_buy_that_is_acknowledged_later_is_cancelled_then() -> None:
    """OS-17: a send whose answer was on its way is no way round."""
    bench = planned(BUY_GLD, BUY_TLT)
    bench.reject(BUY_TLT)

    step = bench.accept(BUY_GLD)

    assert Cancel(cl_ord_id=BUY_GLD.cl_ord_id) in step.effects


def test_order_that_the_venue_took_and_then_refused_counts() -> None:
    """OS-17, OS-12."""
    bench = planned(SELL_SPY, BUY_TLT)
    bench.accept(SELL_SPY)

    step = bench.report(SELL_SPY, new(SELL_SPY), a_report(SELL_SPY, ExecType.REJECTED))

    assert refused(step) == [(BUY_TLT, RiskCode.PLAN_FAILURE)]


def test_order_that_is_merely_not_filled_stops_nothing() -> None:
    """OS-17, OS-18: unfilled is no failure; the buys shrink to what there is."""
    bench = planned(SELL_SPY, BUY_TLT)
    bench.accept(SELL_SPY)

    bench.report(SELL_SPY, new(SELL_SPY), canceled(SELL_SPY))
    step = bench.inputs(BEFORE)

    assert RiskCode.PLAN_FAILURE not in [code for _, code in refused(step)]


@pytest.mark.parametrize("facts_lost", [0, 1])
def test_policy_holds_after_a_restart(facts_lost: int) -> None:
    """OS-17, OS-01: it follows from the record, also when the refusal of the buy was lost."""
    bench = planned(SELL_GLD, SELL_SPY, BUY_TLT)
    bench.reject(SELL_GLD)

    again = bench.restarted(bench.journal[: len(bench.journal) - facts_lost])
    again.feed(Begun(at=again.now))
    again.report(SELL_SPY, new(SELL_SPY), fill(SELL_SPY))
    step = again.inputs(AFTER)

    assert sent(again) == [SELL_GLD, SELL_SPY]
    assert not any(isinstance(effect, Submit) for effect in step.effects)
    assert again.machine.is_done()


def test_policy_is_on_record_with_the_plan() -> None:
    """OS-17: a record from before there was a choice is not read as one that made it."""
    record = OrderPlanned(plan=planned(SELL_SPY).machine.state.plan)

    kind, version, data = CODEC.encode(record)

    assert json.loads(data)["plan"]["on_failure"] == "stop_increasing"
    assert CODEC.decode(kind, version, data) == record
    with pytest.raises(InvalidValueError, match="has version 2, but this release reads version 3"):
        CODEC.decode(kind, version - 1, data)
