"""What the record of one child says about the venue and about its step (EX-09)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.execution.calibration.samples import ChildSample, Part, sampled
from alchemiser.domain.execution.facts import ExecutionReported, Fact, OrderRejected
from alchemiser.domain.execution.quality import TimedFact
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.orders.messages import ExecutionReport, TimeInForce
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.identifiers import ExecId
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.testing.builders import NOW, a_bust, a_fill
from tests.unit.domain.execution.bench import (
    BUY_TLT,
    PLANNED,
    SELL_SPY,
    SPY,
    TLT,
    a_plan,
    canceled,
    intended,
    new,
)

D = Decimal
INSTRUMENTS = {
    SPY: Instrument(symbol=SPY, asset_class=AssetClass.BROAD_FUND),
    TLT: Instrument(symbol=TLT, asset_class=AssetClass.SECTOR_FUND),
}
PLAN = a_plan([
    PLANNED[SELL_SPY],
    replace(PLANNED[BUY_TLT], algorithm=Algorithm.WALK_THE_BOOK),
])
STEP = replace(BUY_TLT, price=D("92.30"))
ACROSS = replace(BUY_TLT, cl_ord_id=PLAN.child_id(PLANNED[BUY_TLT], 1), order_qty=D(40))


def told(seconds: float, report: ExecutionReport) -> tuple[float, Fact]:
    """Return that `report` was told so many seconds after the beginning."""
    at = NOW + timedelta(seconds=seconds)
    return seconds, ExecutionReported(report=replace(report, transact_time=at))


WALK: tuple[tuple[float, Fact], ...] = (
    (0, replace(intended(STEP), mid=D("92.20"))),
    told(0.5, new(STEP)),
    told(4, a_fill(STEP, "20", "92.30", exec_id="x-1")),
    told(9, canceled(STEP, "20")),
    (10, replace(intended(ACROSS), mid=D("92.35"))),
    told(10.5, replace(new(ACROSS), exec_id=ExecId("n-2"))),
    told(12, a_fill(ACROSS, "10", "92.40", exec_id="x-2")),
    told(14, a_fill(ACROSS, "30", "92.45", before="10", exec_id="x-3")),
)
"""Twenty of sixty at a step, and forty across, in two parts."""


def assumed(dollars: Decimal | int) -> float:
    """Return by what fraction so many dollars move a market of which nothing is known."""
    return float(D("0.02") * (dollars / D(10**9)).sqrt())


def samples(facts: Iterable[tuple[float, Fact]]) -> list[ChildSample]:
    """Return what the children say when `facts` are all that happened."""
    timed: list[TimedFact] = [(NOW + timedelta(seconds=at), fact) for at, fact in facts]
    state = ExecutionState(plan=PLAN)
    for at, fact in timed:
        state.apply(fact, at)
    return list(sampled(state, timed, INSTRUMENTS, ImpactModel().completed))


def test_each_child_tells_its_own_fills_and_what_came_of_the_rest() -> None:
    """EX-09: costs count from the mid at its own send, the reach from that of the decision."""
    step, across = samples(WALK)

    assert step.parts == (
        Part(pressure=assumed(1844), cost=float(D("0.1") / D("92.2")), seconds=3.5),
    )
    assert (step.algorithm, step.step, step.across) == (Algorithm.WALK_THE_BOOK, 0, False)
    assert (across.step, across.across, across.fill_rate) == (1, True, 1.0)
    assert step.fill_rate == pytest.approx(1 / 3)
    assert [part.pressure for part in across.parts] == [assumed(D("923.5")), assumed(3694)]
    assert [part.seconds for part in across.parts] == [1.5, 3.5]
    assert (step.fill_seconds, across.fill_seconds) == (3.5, 3.5)
    assert step.asset_class is AssetClass.SECTOR_FUND
    assert step.increment == float(D("0.01") / D("92.2"))
    # Twenty at 92.30, ten at 92.40 and thirty at 92.45 are 92.39166... on average.
    assert step.cost_onward == pytest.approx((92.391666667 - 92.2) / 92.2)
    assert across.cost_onward == pytest.approx((92.4375 - 92.35) / 92.35)
    assert step.reach == float("inf")
    assert across.reach == float(D("0.20") / D("92.25"))


def test_order_in_the_closing_auction_did_not_go_across_although_its_limit_is_the_plans() -> None:
    """EX-09: the auction says nothing of spread, impact or delay."""
    auction = replace(ACROSS, time_in_force=TimeInForce.AT_THE_CLOSE)

    _, across = samples([
        *WALK[:4],
        (10, replace(intended(auction), mid=D("92.35"))),
        told(10.5, replace(new(auction), exec_id=ExecId("n-2"))),
        told(12, a_fill(auction, "40", "92.40", exec_id="x-2")),
    ])

    assert (across.step, across.across, across.fill_rate) == (1, False, 1.0)


def test_fill_that_was_taken_back_says_nothing() -> None:
    """B14."""
    bust = told(20, a_bust(ACROSS, "x-2"))

    _, across = samples([*WALK, bust])

    assert [part.cost for part in across.parts] == [float(D("0.10") / D("92.35"))]


def test_fill_after_a_minute_has_met_another_quote() -> None:
    """It counts for the step, and not for the venue."""
    late = [*WALK[:7], told(80, a_fill(ACROSS, "30", "92.45", before="10", exec_id="x-3"))]

    _, across = samples(late)

    assert len(across.parts) == 1
    assert across.fill_seconds == 69.5
    assert across.reach == float(D("0.20") / D("92.25"))


def test_sell_is_worse_below_the_mid() -> None:
    facts = (
        (0, intended(SELL_SPY)),
        told(1, new(SELL_SPY)),
        told(2, a_fill(SELL_SPY, "10", "499.50")),
    )

    (one,) = samples(facts)

    assert [part.cost for part in one.parts] == [0.001]
    assert one.reach == 0.001


def test_only_the_first_send_of_an_id_has_a_mid_to_measure_against() -> None:
    """A child that was sent again keeps the mid of its first send; without one it is left out."""
    again = (3, intended(STEP, again=True))

    step, _ = samples([WALK[0], again, *WALK[1:]])
    (across,) = samples([(0, replace(intended(STEP), mid=None)), *WALK[1:]])

    assert step.parts[0].cost == float(D("0.1") / D("92.2"))
    assert across.step == 1


def test_order_that_was_never_taken_or_is_not_over_says_nothing() -> None:
    rejected = (1, OrderRejected(cl_ord_id=STEP.cl_ord_id, code="no", text="no"))

    assert samples([]) == []
    assert samples([WALK[0], rejected]) == []
    assert samples(WALK[:3]) == []


def test_fills_without_an_acknowledgement_have_no_time() -> None:
    """They are counted as filled, but not as prompt."""
    step, _ = samples([WALK[0], *WALK[2:]])

    assert (step.parts, step.fill_seconds) == ((), None)
    assert step.cost_onward is not None
