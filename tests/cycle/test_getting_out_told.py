"""What was sold by order is told like what was traded by plan: none of its orders is unknown."""

import asyncio
from pathlib import Path

import pytest

from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.emergency import liquidate
from alchemiser.application.engine import Engine
from alchemiser.application.explain import explain
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import overview, resume
from alchemiser.application.quality import quality
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.identifiers import ClOrdId
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return an engine whose account was sold off on the second day."""
    write_bars(tmp_path / "bars")
    run(tmp_path, FIRST, 1)
    engine = make_engine(tmp_path, SECOND, 1)
    waiting = VirtualClock(engine.clock.now())
    asyncio.run(liquidate(engine, waiting, actor="owner", reason="enough", take_over=False))
    return engine


def sent(engine: Engine) -> set[ClOrdId]:
    """Return the orders of the second day."""
    return Ledger(engine.journal).state.sent(SECOND)


def test_orders_that_sold_everything_are_the_last_ones(engine: Engine) -> None:
    """RC-11: what an owner is shown after it is what was sold, not the plan of the day before."""
    seen = overview(engine)

    assert seen.session == SECOND
    assert {line.cl_ord_id for line in seen.orders} == sent(engine) != set()
    assert {line.side for line in seen.orders} == {Side.SELL}


def test_they_stay_beside_those_of_the_same_session(engine: Engine, tmp_path: Path) -> None:
    """RC-11: a day that is traded on after it has both."""
    sold = sent(engine)
    asyncio.run(resume(engine, actor="owner", reason="again"))
    bought = {line.cl_ord_id for line in run(tmp_path, SECOND, 1).orders}

    told = {line.cl_ord_id for line in overview(engine).orders}

    assert told == sold | bought
    assert bought.isdisjoint(sold)
    assert bought


def test_each_of_them_is_explained(engine: Engine) -> None:
    """RC-11: by its name and by that of its round; no strategy wanted it, it was ordered."""
    (round_,) = Ledger(engine.journal).state.liquidations[SECOND]

    whole = explain(engine, round_.started.cycle_id)
    parts = [explain(engine, name) for name in sorted(sent(engine))]

    assert {line.cl_ord_id for line in whole.orders} == sent(engine)
    assert {part.cycle_id for part in parts} == {round_.started.cycle_id}
    assert {part.reason for part in (whole, *parts)} == {"everything was to be sold, by order"}
    assert {part.strategies for part in parts} == {()}


def test_they_are_measured_like_any_other(engine: Engine) -> None:
    """EX-09: arrival price, slippage and latency of each order, whoever wanted it."""
    found = quality(engine, SECOND)

    assert {order.cl_ord_id for order in found.orders} == sent(engine)
    assert all(order.arrival_slippage is not None for order in found.orders)
    assert len(quality(engine).orders) > len(found.orders)
