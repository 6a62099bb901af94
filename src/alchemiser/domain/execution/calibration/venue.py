"""What fills say about the settings of the venue model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from alchemiser.domain.execution.calibration.estimates import (
    FILLS_MIN,
    Estimate,
    Finding,
    Lack,
    NoEstimate,
    Z,
    estimate,
    proportion,
    slope,
    too_few_fills,
    uniform_ends,
    uniform_width,
)
from alchemiser.domain.execution.calibration.samples import PROMPT, ChildSample, Part
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import Floats

_COST_MAX: Final = 0.1
"""A price that is worse by more is a mistake of somebody's."""
_SECONDS_MIN: Final = 0.001
"""The model lets nothing happen at once."""
_IMPACT_MAX: Final = 10.0
"""A larger coefficient is none that was ever measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueCalibration:
    """Hold what the venue model's settings of the same names are estimated to be.

    Attributes:
        half_spread: By asset class, a fraction of the mid; of the quotes as they were, so that
            the venue's own is at most this.
        slippage: A fraction of the price.
        impact: The coefficient of impact.
        partial_probability: In [0, 1].
        delay_min: Seconds.
        delay_max: Seconds.
    """

    half_spread: Mapping[AssetClass, Finding]
    slippage: Finding
    impact: Finding
    partial_probability: Finding
    delay_min: Finding
    delay_max: Finding


@dataclass(frozen=True, slots=True)
class _Costs:
    """Hold the prompt fills of one asset class: pressures, costs and increments (n,)."""

    pressures: Floats
    costs: Floats
    increments: Floats

    def without(self, impact: float) -> Floats:
        """Return the costs (n,) less that impact, and less what rounding costs on average.

        The model rounds in the venue's favour, half an increment on average; what is left of a
        measured cost is what its settings have to come to.
        """
        left: Floats = self.costs - impact * self.pressures - self.increments / 2
        return left


def venue_calibration(children: Sequence[ChildSample], impact: float) -> VenueCalibration:
    """Return what fills say about the venue.

    A fill costs, as the model has it, its class's half spread, a slippage that lies evenly between
    none and `slippage`, and the impact of what the child had taken by then. Only prompt fills of
    children that went to the worst price of their plan are looked at: what a nearer limit lets
    through says more about the limit. The coefficient of impact is a slope over the pressures; what
    it leaves has per class a median, half spread and half the slippage, and in all a width, the
    slippage. Slippage is held to what leaves no half spread below zero, so that half of all fills
    cost no more and half no less than was measured.

    Args:
        children: Oldest first.
        impact: What counts as its coefficient where it cannot be estimated.
    """
    across = [child for child in children if child.across]
    costs = {name: _costs(across, name) for name in AssetClass}
    found = _impact(list(costs.values()), impact)
    spreads, slippage = _spreads(costs, found, impact)
    delays = np.array([part.seconds for child in across for part in child.parts])
    ends = _delays(delays) if len(delays) >= FILLS_MIN else (too_few_fills(len(delays)),) * 2
    whole = [child for child in across if child.parts and child.fill_rate == 1]
    return VenueCalibration(
        half_spread=spreads,
        slippage=slippage,
        impact=found,
        partial_probability=proportion(sum(len(one.parts) > 1 for one in whole), len(whole)),
        delay_min=ends[0],
        delay_max=ends[1],
    )


def _delays(seconds: Floats) -> tuple[Estimate, Estimate]:
    most = PROMPT.total_seconds() - _SECONDS_MIN
    return uniform_ends(seconds, least=_SECONDS_MIN, most=most)


def _costs(children: Sequence[ChildSample], name: AssetClass) -> _Costs:
    own: list[tuple[Part, float]] = [
        (part, child.increment)
        for child in children
        if child.asset_class is name
        for part in child.parts
    ]
    return _Costs(
        np.array([part.pressure for part, _ in own]),
        np.array([part.cost for part, _ in own]),
        np.array([increment for _, increment in own]),
    )


def _impact(costs: Sequence[_Costs], standing: float) -> Finding:
    """Return the impact, unless its error says less than what stands in the settings."""
    found = slope([(one.pressures, one.costs) for one in costs], most=_IMPACT_MAX)
    if isinstance(found, NoEstimate):
        return found
    error, most = float(found.half_width()), max(float(found.value), standing)
    if error > most:
        return NoEstimate(
            code=Lack.TOO_WIDE, observed=f"an error of {error:.6f}", limit=f"at most {most:.6f}"
        )
    values = (float(found.value), float(found.low), float(found.high))
    return estimate(*values, found.count, most=_IMPACT_MAX)


def _spreads(
    costs: Mapping[AssetClass, _Costs], impact: Finding, standing: float
) -> tuple[dict[AssetClass, Finding], Finding]:
    """Return half spreads and slippage from what the impact leaves of the costs."""
    k, k_error = standing, 0.0
    if isinstance(impact, Estimate):
        k, k_error = float(impact.value), float(impact.half_width())
    enough = {name: one for name, one in costs.items() if len(one.costs) >= FILLS_MIN}
    spreads: dict[AssetClass, Finding] = {
        name: too_few_fills(len(one.costs)) for name, one in costs.items() if name not in enough
    }
    if not enough:
        return spreads, too_few_fills(max(len(one.costs) for one in costs.values()))
    left = {name: one.without(k) for name, one in enough.items()}
    slippage, width, error = _slippage(enough, left)
    for name, one in enough.items():
        middle, count = float(np.median(left[name])) - float(slippage.value) / 2, len(one.costs)
        by_chance = Z * sqrt(width * width / count + error * error) / 2
        by_impact = float(np.median(one.pressures)) * k_error
        # No price can tell more than half of its increment, however many there are.
        reach = sqrt(by_chance**2 + by_impact**2) + float(np.median(one.increments)) / 2
        spreads[name] = estimate(middle, middle - reach, middle + reach, count, most=_COST_MAX)
    return {name: spreads[name] for name in costs}, slippage


def _slippage(
    costs: Mapping[AssetClass, _Costs], left: Mapping[AssetClass, Floats]
) -> tuple[Estimate, float, float]:
    """Return the slippage, and the width of what is left with the standard error of that."""
    centred = np.concatenate([values - np.median(values) for values in left.values()])
    increment = float(np.median(np.concatenate([one.increments for one in costs.values()])))
    width, error = uniform_width(centred)
    most = max(2 * min(float(np.median(values)) for values in left.values()), 0.0)
    value, low = (min(_less(one, increment), most) for one in (width, width - Z * error))
    high = width + Z * error
    return estimate(value, low, high, len(centred), most=_COST_MAX), width, error


def _less(width: float, increment: float) -> float:
    """Return a width without what rounding adds to it: squares subtract (Sheppard, 1898)."""
    return sqrt(max(max(width, 0.0) ** 2 - increment**2, 0.0))
