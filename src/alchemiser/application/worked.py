"""Every plan of orders on record: those of sessions, and those that sold everything."""

from collections.abc import Iterator
from datetime import date

from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.orders.plan import OrderPlan


def every_cycle(state: EngineState) -> Iterator[CycleState]:
    """Yield all cycles by session; what sold everything comes after the session's own."""
    for day in sorted(state.cycles.keys() | state.liquidations.keys()):
        yield from state.cycles_of(day)


def planned(
    state: EngineState, first: date | None = None, last: date | None = None
) -> Iterator[tuple[CycleState, OrderPlan]]:
    """Yield the cycles of sessions from `first` to `last` that have a plan, each with it."""
    for cycle in every_cycle(state):
        day = cycle.started.session
        if (first or day) <= day <= (last or day) and cycle.plan is not None:
            yield cycle, cycle.plan
