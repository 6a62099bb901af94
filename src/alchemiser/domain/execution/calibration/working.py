"""What fills say about how boldly orders are to be worked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from math import inf, sqrt
from typing import Final

import numpy as np

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.calibration.estimates import (
    Estimate,
    Finding,
    Lack,
    NoEstimate,
    estimate,
    mean,
    proportion,
    quantile,
    too_few_orders,
)
from alchemiser.domain.execution.calibration.samples import ChildSample
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.numbers import BASIS_POINT, ONE

_REACHED: Final = 0.95
"""The fraction of children that the suggested `limit_offset` would have let through."""
_WAITED: Final = 0.9
"""The fraction of a step's fills that the suggested wait would have seen."""
_STEP_SECONDS_MAX: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class StepQuality:
    """Sum up the children that one step of an algorithm has sent.

    Attributes:
        algorithm: Which one.
        step: Its number from 1, or None for the last one, that goes to the worst price.
        children: How many.
        fill_rate: The fraction of a child that filled, on average.
        cost: What was paid from this step on, against the mid at its send, on average: what a
            work would have cost that began with it. A fraction; below zero is a gain.
    """

    algorithm: Algorithm
    step: int | None
    children: int
    fill_rate: Finding
    cost: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ShorterWalk:
    """Suggest that a walk begin at a later step.

    Attributes:
        walk: What is left of it.
        saving: What that would save, a fraction of the price.
    """

    walk: tuple[Decimal, ...]
    saving: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalibration:
    """Hold how orders were worked, and what the settings of the same names are suggested to be.

    Attributes:
        steps: Each step of each algorithm that was used.
        limit_offset: A fraction: the distance beyond the mid of the decision that 95 of 100
            children needed.
        walk: Another beginning, when it is cheaper than the present one beyond doubt.
        step_seconds_max: Seconds in which nine of ten fills of a waiting step had come.
    """

    steps: tuple[StepQuality, ...]
    limit_offset: Finding
    walk: ShorterWalk | NoEstimate
    step_seconds_max: Finding


def working_calibration(
    children: Sequence[ChildSample], settings: AlgorithmSettings, collar: Decimal
) -> WorkingCalibration:
    """Return how orders were worked under `settings`, and what would have been better.

    A step that fills is cheaper than going across, and one that does not has the market run away:
    the cost onward holds both. Orders that reach a step are those that the one before did not
    fill; as the cost counts from the mid then, it is fair as long as prices have no momentum.

    Args:
        children: Oldest first.
        settings: What is in force.
        collar: Farthest limit from the mid, a fraction: no offset beyond it is suggested.
    """
    steps = tuple(_steps(children))
    across = [child.reach for child in children if child.across]
    waits = [
        child.fill_seconds
        for child in children
        if child.algorithm is Algorithm.WALK_THE_BOOK
        and not child.across
        and child.fill_seconds is not None
    ]
    return WorkingCalibration(
        steps=steps,
        limit_offset=_offset(quantile(np.array(across), _REACHED, most=float(collar))),
        walk=_walk(steps, settings.walk),
        step_seconds_max=_whole_seconds(
            quantile(np.array(waits), _WAITED, most=_STEP_SECONDS_MAX),
            settings.step_seconds_min + 1,
        ),
    )


def _steps(children: Sequence[ChildSample]) -> list[StepQuality]:
    by_step: dict[tuple[Algorithm, float], list[ChildSample]] = {}
    for child in children:
        number = inf if child.across else child.step + 1
        by_step.setdefault((child.algorithm, number), []).append(child)
    return [
        StepQuality(
            algorithm=algorithm,
            step=None if number == inf else int(number),
            children=len(own),
            fill_rate=proportion(sum(one.fill_rate for one in own), len(own)),
            cost=mean(np.array([one.cost_onward for one in own if one.cost_onward is not None])),
        )
        for (algorithm, number), own in sorted(by_step.items())
    ]


def _walk(steps: Sequence[StepQuality], walk: Sequence[Decimal]) -> ShorterWalk | NoEstimate:
    """Return the cheapest beginning when it beats the present one by more than both errors."""
    costs = [
        (_rest(walk, row.step), row.cost)
        for row in steps
        if row.algorithm is Algorithm.WALK_THE_BOOK and isinstance(row.cost, Estimate)
    ]
    present = next((cost for rest, cost in costs if rest == tuple(walk)), None)
    if present is None or len(costs) == 1:
        few = [row.children for row in steps if row.algorithm is Algorithm.WALK_THE_BOOK]
        return too_few_orders(min(few, default=0))
    rest, best = min(costs, key=lambda one: one[1].value)
    gain = float(present.value - best.value)
    error = sqrt(float(present.half_width() ** 2 + best.half_width() ** 2))
    if gain <= error:
        return NoEstimate(
            code=Lack.ALIKE,
            observed=f"at most {gain:.6f} cheaper",
            limit=f"more than its error of {error:.6f}",
        )
    count = min(present.count, best.count)
    saving = estimate(gain, gain - error, gain + error, count)
    return ShorterWalk(walk=rest, saving=saving)


def _rest(walk: Sequence[Decimal], step: int | None) -> tuple[Decimal, ...]:
    """Return a walk from its step number `step` on; the last one of all needs a walk of one."""
    rest = () if step is None else tuple(walk[step - 1 :])
    return rest or (ONE,)


def _offset(found: Finding) -> Finding:
    """Return the offset in whole basis points, at least one."""
    return _rounded_up(found, BASIS_POINT, BASIS_POINT)


def _whole_seconds(found: Finding, least: int) -> Finding:
    return _rounded_up(found, ONE, Decimal(least))


def _rounded_up(found: Finding, unit: Decimal, least: Decimal) -> Finding:
    if isinstance(found, NoEstimate):
        return found
    value = max((found.value / unit).to_integral_value(rounding=ROUND_CEILING) * unit, least)
    return Estimate(value=value, low=found.low, high=found.high, count=found.count)
