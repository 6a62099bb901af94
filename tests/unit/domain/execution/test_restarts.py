"""The process dies at every boundary, once and twice, and the day ends as if it had lived."""

from random import Random

import pytest

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.facts import DoneForDay
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import Begun, Submit
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.testing.builders import NOW
from tests.unit.domain.execution.random_days import a_day, a_faulty_day, live_through
from tests.unit.domain.execution.scripted_venue import Faults
from tests.unit.domain.execution.trading_day import TradingDay, Troubles

PLANS = (9, 83)
"""Seeds of plans with sells and buys, of which some fill in parts and some never."""


def a_day_without_faults(seed: int, *crashes: int) -> TradingDay:
    """Return a day on which nothing goes wrong but the process dies at boundaries `crashes`."""
    troubles = Troubles(crashes=frozenset(crashes), downtimes=(1,))
    settings = ExecutionSettings(poll_seconds=5, algorithms=AlgorithmSettings(order_seconds_max=30))
    day = a_day(seed, Faults(), settings, troubles)
    day.venue.slowest = 3
    return day


def outcome(day: TradingDay) -> list[tuple[object, ...]]:
    """Return how every order ended, how many shares were asked for, how often, and had."""
    return [
        (parent.phase(), parent.quantity, len(parent.children), parent.done().quantity)
        for parent in day.machine.state.parents.values()
    ]


@pytest.mark.parametrize("seed", PLANS)
def test_plans_are_worth_crashing(seed: int) -> None:
    """Invariant 44: both sides, several orders, some filled and some not."""
    day = a_day_without_faults(seed)
    live_through(day)

    sides = {order.side for order in day.plan.orders}
    assert len(sides) == 2
    assert day.boundaries > 60
    assert day.venue.reach["canceled"] > 0
    assert day.reach["FillAllocated"] > 3


@pytest.mark.parametrize("seed", PLANS)
def test_day_ends_the_same_when_the_process_dies_once_at_any_boundary(seed: int) -> None:
    """OS-08, invariants 4, 5, 31: before the facts, after them, between any two effects."""
    undisturbed = a_day_without_faults(seed)
    live_through(undisturbed)

    for boundary in range(1, undisturbed.boundaries + 1):
        day = a_day_without_faults(seed, boundary)
        met = live_through(day)
        assert met["crash"] == 1
        assert outcome(day) == outcome(undisturbed), f"the process died at boundary {boundary}"
        assert day.books == undisturbed.books, f"the process died at boundary {boundary}"


@pytest.mark.parametrize("seed", PLANS)
def test_day_ends_the_same_when_the_process_dies_again_in_its_recovery(seed: int) -> None:
    """Invariant 32."""
    undisturbed = a_day_without_faults(seed)
    live_through(undisturbed)
    chance = Random(seed)

    for boundary in range(1, undisturbed.boundaries + 1):
        for later in chance.sample(range(1, 16), k=2):
            day = a_day_without_faults(seed, boundary, boundary + later)
            live_through(day)
            where = f"the process died at boundaries {boundary} and {boundary + later}"
            assert outcome(day) == outcome(undisturbed), where


def test_restart_from_any_facts_asks_before_it_sends() -> None:
    """Every prefix of the facts of faulty days folds, and its first step sends nothing."""
    prefixes = 0
    for seed in range(40):
        day = a_faulty_day(seed)
        live_through(day)
        state = ExecutionState(plan=day.plan)
        for at, fact in day.journal:
            state.apply(fact, at)
            prefixes += 1
            step = Machine(state, day.rules, day.settings).handle(Begun(at=NOW))
            assert not any(isinstance(effect, Submit) for effect in step.effects)
            assert all(isinstance(fact, DoneForDay) for fact in step.facts)

    assert prefixes > 500
