"""What the fills on record say about the settings; nothing is changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.domain.execution.calibration.estimates import Estimate, Finding
from alchemiser.domain.execution.calibration.samples import ChildSample, sampled
from alchemiser.domain.execution.calibration.venue import VenueCalibration, venue_calibration
from alchemiser.domain.execution.calibration.working import (
    ShorterWalk,
    WorkingCalibration,
    working_calibration,
)
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.values.numbers import plain
from alchemiser.domain.venue_model.impact import ImpactModel

VENUE_KEYS = ("slippage", "impact", "partial_probability", "delay_min", "delay_max")
"""The keys of `[broker.venue]` that are estimated, besides its table of half spreads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Hold what the fills on record say about the settings.

    Attributes:
        venue: About `[broker.venue]`.
        working: About `[execution]`.
        toml: The lines to write for what could be estimated.
    """

    venue: VenueCalibration
    working: WorkingCalibration
    toml: tuple[str, ...]


def calibrate(
    engine: Engine, impact: ImpactModel, first: date | None = None, last: date | None = None
) -> Calibration:
    """Return what the fills of the sessions from `first` to `last` say; reads only.

    Args:
        engine: Has the journal, the instruments, and how orders are worked.
        impact: Its coefficient counts where none can be estimated, and what it assumes where
            the plan of an order did not know its market.
        first: The first session, or None for all.
        last: The last one, or None.
    """
    state = Ledger(engine.journal).state
    children = [
        child
        for day, cycle in sorted(state.cycles.items())
        if (first or day) <= day <= (last or day) and cycle.plan is not None
        for child in _children(engine, cycle, cycle.plan, impact)
    ]
    venue = venue_calibration(children, float(impact.coefficient))
    collar = engine.policy.limits.price_collar
    working = working_calibration(children, engine.execution.algorithms, collar)
    return Calibration(venue=venue, working=working, toml=tuple(toml_lines(venue, working)))


def toml_lines(venue: VenueCalibration, working: WorkingCalibration) -> Iterator[str]:
    """Yield the lines of `alchemiser.toml` for what could be estimated, each with its interval."""
    yield from _table("broker.venue", ((key, getattr(venue, key)) for key in VENUE_KEYS))
    yield from _table("broker.venue.half_spread", venue.half_spread.items())
    keys = ("limit_offset", "step_seconds_max")
    execution = list(_table("execution", ((key, getattr(working, key)) for key in keys)))
    if isinstance(working.walk, ShorterWalk):
        saving = working.walk.saving
        numbers = ", ".join(plain(part) for part in working.walk.walk)
        execution = execution or ["[execution]"]
        execution.append(f"walk = [{numbers}]  # saves {_interval(saving)}")
    yield from execution


def _children(
    engine: Engine, cycle: CycleState, plan: OrderPlan, impact: ImpactModel
) -> Iterator[ChildSample]:
    names = {order.symbol for order in plan.orders}
    instruments = {name: engine.reference.instrument(name) for name in names}
    return sampled(cycle.execution(plan), cycle.facts, instruments, impact.completed)


def _table(name: str, findings: Iterable[tuple[str, Finding]]) -> Iterator[str]:
    lines = [
        f"{key} = {plain(found.value)}  # {_interval(found)}"
        for key, found in findings
        if isinstance(found, Estimate)
    ]
    if lines:
        yield from (f"[{name}]", *lines)


def _interval(found: Estimate) -> str:
    return f"{plain(found.low)} to {plain(found.high)}, from {found.count}"
