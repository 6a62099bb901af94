"""What orders cost against two prices, how fast they were filled, and how much of them (EX-09)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.execution.facts import ExecutionReported, Fact
from alchemiser.domain.execution.quality import (
    AlgorithmQuality,
    OrderQuality,
    TimedFact,
    measured,
    slippage,
    summed_up,
)
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.identifiers import ExecId
from alchemiser.testing.builders import DAY, NOW, a_bust, a_fill
from tests.unit.domain.execution.bench import (
    BUY_TLT,
    PLANNED,
    SELL_SPY,
    a_plan,
    canceled,
    intended,
    new,
)

D = Decimal


def timed(*facts: tuple[float, Fact]) -> list[TimedFact]:
    """Return facts with their seconds since the beginning as moments."""
    return [(NOW + timedelta(seconds=seconds), fact) for seconds, fact in facts]


def worked(facts: Iterable[TimedFact]) -> tuple[OrderQuality, OrderQuality]:
    """Return how the sell of SPY and the buy of TLT were worked."""
    plan = a_plan([
        PLANNED[SELL_SPY],
        replace(PLANNED[BUY_TLT], algorithm=Algorithm.WALK_THE_BOOK),
    ])
    facts = list(facts)
    state = ExecutionState(plan=plan)
    for at, fact in facts:
        state.apply(fact, at)
    sell, buy = measured(state, facts)
    return sell, buy


CHILD = replace(
    BUY_TLT, cl_ord_id=a_plan([PLANNED[BUY_TLT]]).child_id(PLANNED[BUY_TLT], 1), order_qty=D(40)
)
FIRST = a_fill(BUY_TLT, "20", "92.30", commission="0.01", exec_id="x-1")
SECOND = a_fill(CHILD, "30", "92.40", commission="0.02", exec_id="x-2")
WALK = timed(
    (0, replace(intended(BUY_TLT), mid=D("92.20"))),
    (0.5, ExecutionReported(report=new(BUY_TLT))),
    (4, ExecutionReported(report=FIRST)),
    (9, ExecutionReported(report=canceled(BUY_TLT, "20"))),
    (10, replace(intended(CHILD), mid=D("92.35"))),
    (10.2, ExecutionReported(report=replace(new(CHILD), exec_id=ExecId("n-2")))),
    (14.5, ExecutionReported(report=SECOND)),
)
"""Twenty shares at 92.30 and thirty at 92.40 are fifty at 92.36; decided at 92.25."""


def test_order_is_measured_over_all_its_children() -> None:
    """EX-09, OB-09: against the mid of the decision and that of the first send."""
    _, buy = worked(WALK)

    assert buy == OrderQuality(
        session=DAY,
        cl_ord_id=BUY_TLT.cl_ord_id,
        symbol=BUY_TLT.symbol,
        side=Side.BUY,
        algorithm=Algorithm.WALK_THE_BOOK,
        quantity=D(60),
        filled=D(50),
        children=2,
        decision_price=D("92.25"),
        arrival_price=D("92.20"),
        avg_px=D("92.36"),
        commission=D("0.03"),
        decision_slippage=D("11.92"),
        arrival_slippage=D("17.35"),
        acknowledge_seconds=0.5,
        fill_seconds=14.0,
    )


def test_order_that_was_never_sent_has_nothing_to_measure() -> None:
    """RS-10: what is not known is none, and not zero."""
    sell, _ = worked(WALK)

    assert (sell.children, sell.filled) == (0, D(0))
    assert sell.arrival_price is sell.avg_px is sell.arrival_slippage is None
    assert sell.decision_slippage is None
    assert (sell.acknowledge_seconds, sell.fill_seconds) == (None, None)


def test_fill_that_was_taken_back_costs_nothing() -> None:
    """B14."""
    bust = (NOW + timedelta(seconds=20), ExecutionReported(report=a_bust(CHILD, "x-2")))

    _, buy = worked([*WALK, bust])

    assert (buy.filled, buy.avg_px) == (D(20), D("92.30"))
    assert buy.commission == D("0.01")


@pytest.mark.parametrize(
    ("side", "paid", "points"),
    [
        (Side.BUY, "100.05", "5"),
        (Side.BUY, "99.95", "-5"),
        (Side.SELL, "99.95", "5"),
        (Side.SELL, "100.05", "-5"),
        (Side.BUY, "100", "0"),
    ],
)
def test_slippage_is_what_is_worse_for_the_side(side: Side, paid: str, points: str) -> None:
    """EX-09: below zero is a gain."""
    assert slippage(side, D(paid), D(100)) == D(points)
    assert slippage(side, None, D(100)) is None
    assert slippage(side, D(paid), None) is None


def test_algorithms_are_summed_up_by_their_dollars() -> None:
    """EX-09: a small bad fill does not outweigh a large good one."""
    sell, buy = worked(WALK)
    small = replace(buy, quantity=D(1), filled=D(1), arrival_slippage=D(100), fill_seconds=2.0)

    plain, walk = summed_up([small, sell, buy])

    assert plain == AlgorithmQuality(
        algorithm=Algorithm.MARKETABLE_LIMIT,
        orders=1,
        fill_rate=D(0),
        arrival_slippage=None,
        acknowledge_seconds=None,
        fill_seconds=None,
    )
    assert walk == AlgorithmQuality(
        algorithm=Algorithm.WALK_THE_BOOK,
        orders=2,
        fill_rate=D("0.8361"),
        arrival_slippage=D("18.97"),
        acknowledge_seconds=0.5,
        fill_seconds=8.0,
    )
