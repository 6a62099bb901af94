"""Why a metric of a symbol has no value at a session."""

from dataclasses import dataclass

import numpy as np

from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.values.identifiers import Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Tell what is missing.

    Attributes:
        reason: One plain sentence.
        symbols: Whose data are missing.
        young: Whether they are merely too young, so that time alone will mend it.
    """

    reason: str
    symbols: tuple[Symbol, ...]
    young: bool = False


def price_gap(readings: Readings, name: Symbol, row: int) -> Gap | None:
    """Return why `name` has no price at `row` (0-based), or None when it has one."""
    day = readings.panel.sessions[row]
    if readings.panel.column(name) is None:
        return Gap(reason=f"{name} is not among the bars given.", symbols=(name,))
    if _age(readings, name, row) == 0:
        return Gap(reason=f"{name} has no bar yet on {day}.", symbols=(name,), young=True)
    if np.isnan(readings.closes(name)[row]):
        return Gap(reason=f"{name} has no bar on {day}.", symbols=(name,))
    if not readings.priced(name)[row]:
        return Gap(reason=f"{name} is blocked by the data gate on {day}.", symbols=(name,))
    return None


def metric_gap(readings: Readings, metric: Metric, name: Symbol, row: int) -> Gap:
    """Return why `metric` of `name` has no value at `row` (0-based)."""
    for read in (name, *metric.others()):
        gap = price_gap(readings, read, row)
        if gap is not None:
            return gap
    asked = metric.of(name)
    day = readings.panel.sessions[row]
    needed = asked.bars()
    seen = int(readings.bars(asked, name)[row])
    if seen >= needed:
        return Gap(reason=f"{asked.text()} is not a number on {day}.", symbols=(name,))
    ages = [_age(readings, read, row) for read in (name, *metric.others())]
    return Gap(
        reason=f"{asked.text()} takes {needed} unbroken bars and {name} has {seen} on {day}.",
        symbols=(name,),
        young=seen >= min(ages) - 1,  # volumes are read a session late
    )


def _age(readings: Readings, name: Symbol, row: int) -> int:
    """Return how many sessions ago, the present one included, the first bar was; 0 without one."""
    return max(row + 1 - readings.first_bar(name), 0)
