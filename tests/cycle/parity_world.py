"""A small account that trades eight sessions, and its comparison with its shadows."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import Engine
from alchemiser.application.parity.compare import ParitySetup, parity
from alchemiser.application.parity.report import ParityReport
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.parity.components import Component
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.schedule import Schedule
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings
from tests.cycle.world import NEAR_CLOSE, SYMBOLS, VENUE, make_engine

DAYS = tuple(date(2024, 3, day) for day in (4, 5, 6, 7, 8, 11, 12, 13))
TRADED = DAYS[2:]
MEAN = replace(VENUE, slippage=ZERO, parts_max=1)
"""A venue without chance."""
FREE = replace(
    MEAN,
    half_spread=dict.fromkeys(AssetClass, ZERO),
    impact=ImpactModel(coefficient=ZERO),
    fees=FeeSchedule(regulatory=False),
)
"""A venue where everything fills at the quote and costs nothing."""
CENTS = Decimal("0.05")
QQQ = Symbol("QQQ")


def close(name: str, day: date) -> Decimal:
    """Return the close of `name` on `day` as its file has it, dollars."""
    return Decimal(f"{price(SYMBOLS.index(name), DAYS.index(day)):.4f}")


def price(place: int, number: int) -> float:
    """Return a price that rises on some days and falls on others."""
    return (50.0 + 7 * place) * (1 + 0.03 * math.sin(1.9 * number + place))


def write_bars(
    home: Path,
    changes: Mapping[tuple[str, date], float] | None = None,
    days: Sequence[date] = DAYS,
) -> None:
    """Write every session of every symbol; `changes` multiply closes."""
    (home / "bars").mkdir(exist_ok=True)
    for place, name in enumerate(SYMBOLS):
        rows = ["session,open,close"]
        for number, day in enumerate(days):
            close = price(place, number) * (changes or {}).get((name, day), 1.0)
            rows.append(f"{day},{close * 0.996:.4f},{close:.4f}")
        (home / "bars" / f"{name}.csv").write_text("\n".join(rows) + "\n")


def engine_of(
    home: Path, day: date, venue: VenueSettings = MEAN, schedule: Schedule = NEAR_CLOSE
) -> Engine:
    return make_engine(home, day, 1, schedule, venue=venue)


def trade(
    home: Path,
    *days: date,
    venue: VenueSettings = MEAN,
    schedule: Schedule = NEAR_CLOSE,
) -> None:
    for day in days:
        report = asyncio.run(run_cycle(engine_of(home, day, venue, schedule), day))
        assert report.status is CycleStatus.COMPLETED, report.reason


def compare(
    home: Path,
    first: date | None = DAYS[0],
    last: date | None = DAYS[-1],
    *,
    engine: Engine | None = None,
    venue: VenueSettings = MEAN,
) -> ParityReport:
    chosen = engine or engine_of(home, DAYS[-1])
    setup = ParitySetup(engine=chosen, venue=venue, last=DAYS[-1], alpha=0.01)
    return parity(setup, first, last)


def parts(report: ParityReport) -> dict[Component, Decimal]:
    """Return the components that are not zero, and prove that everything adds up by day.

    Prices of these bars have parts of a cent: no more than a cent a fill is rounded away.
    """
    for day in report.days:
        assert day.live - day.shadow == sum(day.components.values()) + day.residual
        assert abs(day.shadow - sum(line.shadow for line in day.books.values())) <= CENTS
        for component in Component:
            by_book = sum(line.components[component] for line in day.books.values())
            assert by_book == day.components[component]
    told = set(Component) - {Component.ROUNDING}
    return {
        one: report.total(one) for one in told if any(day.components[one] for day in report.days)
    }


def broker(engine: Engine) -> SimulatedBroker:
    assert isinstance(engine.broker, SimulatedBroker)
    return engine.broker
