"""Orders that were worked over time, or waited for the auction, are in the shadow as well."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.engine import EnabledStrategy, Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.owner import Owner
from alchemiser.application.parity.compare import ParitySetup, parity
from alchemiser.application.parity.report import ParityReport
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.parity.components import Component
from alchemiser.domain.planning.choosing import AlgorithmChoice
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.rules import asset
from tests.cycle.parity_world import DAYS, MEAN, TRADED, broker, engine_of, parts, write_bars
from tests.cycle.test_on_close import Jumping, go, session_of

WEIGHTS = ("0.5", "0.9", "0.4", "0.8", "0.6", "0.9")
"""Before each session: its orders are of one side, so that they may wait."""
HOLDS = StrategyId("holds")
SPREAD = replace(MEAN, half_spread=dict.fromkeys(AssetClass, Decimal("0.002")))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home that has not traded."""
    write_bars(tmp_path)
    return tmp_path


def on_close(engine: Engine, algorithm: Algorithm = Algorithm.LIMIT_ON_CLOSE) -> Engine:
    """Return `engine` with one strategy, worked by `algorithm`."""
    strategy = EnabledStrategy(
        strategy_id=HOLDS,
        weight=Decimal(WEIGHTS[0]),
        strategy=RuleStrategy(asset("SPY")),
        content_hash="",
    )
    choice = AlgorithmChoice(usual=algorithm)
    planning = replace(engine.policy.planning, algorithms=choice)
    return replace(engine, strategies=(strategy,), policy=replace(engine.policy, planning=planning))


def traded(
    home: Path,
    venue: VenueSettings,
    schedule: Schedule,
    algorithm: Algorithm = Algorithm.LIMIT_ON_CLOSE,
) -> Engine:
    """Trade every session at `venue`, and prove that all orders of both sides were worked so."""
    engine = on_close(engine_of(home, TRADED[0], venue, schedule), algorithm)
    for day, weight in zip(TRADED, WEIGHTS, strict=True):
        engine = on_close(engine_of(home, day, venue, schedule), algorithm)
        if day != TRADED[0]:
            owner = Owner(engine, {HOLDS: Decimal(WEIGHTS[0])}, actor="owner", reason="x")
            owner.weigh(HOLDS, Decimal(weight))
        assert go(engine, day).exit_code == 0
    cycles = Ledger(engine.journal).state.cycles.values()
    orders = [order for cycle in cycles if cycle.plan for order in cycle.plan.orders]
    assert {order.algorithm for order in orders} == {algorithm}
    assert {order.side for order in orders} == set(Side)
    return engine


def compared(engine: Engine, venue: VenueSettings) -> ParityReport:
    report = parity(ParitySetup(engine=engine, venue=venue, last=DAYS[-1], alpha=0.01), None, None)
    assert report.unexplained() == ()
    assert report.differing == ()
    return report


@pytest.mark.parametrize("timing", [Timing.NEAR_CLOSE, Timing.NEXT_CLOSE])
def test_what_waits_for_the_auction_is_its_shadow_to_the_cent(home: Path, timing: Timing) -> None:
    """BT-03, BT-06: the close for whole shares, and the touch for the broken part before it."""
    report = compared(traded(home, SPREAD, Schedule(timing=timing)), SPREAD)

    assert parts(report) == {}
    assert any(day.live for day in report.days)


def test_chance_of_the_venue_concerns_what_goes_before_the_auction_alone(home: Path) -> None:
    """BT-06: less than a share an order, and two where a part of one is worth too little."""
    engine = traded(home, SPREAD, Schedule())
    chance = replace(SPREAD, slippage=Decimal("0.01"), parts_max=1)

    told = parts(compared(engine, chance))

    cycles = Ledger(engine.journal).state.cycles.values()
    dearest = max(
        order.limit_price for cycle in cycles if cycle.plan for order in cycle.plan.orders
    )
    orders = sum(len(cycle.plan.orders) for cycle in cycles if cycle.plan)
    assert told.keys() == {Component.SLIPPAGE}
    assert abs(told[Component.SLIPPAGE]) <= 2 * orders * dearest * chance.slippage


def test_what_the_auction_left_is_partials(home: Path) -> None:
    """BT-06: its price rose beyond the limit; the broken part had been bought before."""
    engine = on_close(engine_of(home, TRADED[0], SPREAD))
    market = Jumping(engine.market, session_of(engine, TRADED[0]).close_at)
    away = replace(engine, market=market, broker=replace(broker(engine), market=market))
    assert go(away, TRADED[0]).exit_code == 1
    later = on_close(engine_of(home, TRADED[1], SPREAD))
    assert go(later, TRADED[1]).exit_code == 0

    report = compared(later, SPREAD)

    (day,) = report.days
    (line,) = day.orders
    assert 0 < line.filled < 2
    assert parts(report).keys() == {Component.PARTIALS}


def test_what_is_worked_over_time_pays_the_impact_of_its_parts(home: Path) -> None:
    """BT-06: its shadow is not charged for the whole at once, or live would seem to gain."""
    venue = replace(SPREAD, impact=ImpactModel(coefficient=Decimal(3)))

    report = compared(traded(home, venue, Schedule(), Algorithm.TWAP), venue)

    assert parts(report) == {}
    assert any(day.live for day in report.days)
