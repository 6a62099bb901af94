"""Where bars cannot be true, whatever they are read for."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.market.quote import PRICE_MAX, PRICE_MIN
from alchemiser.domain.values.numbers import Floats

LEAP: Final = 50.0
"""From one session to the next no price moves by this factor: a slipped decimal point, a price of
another unit or of a test. The largest true fall that we know of is one of 13.5 (a note on
volatility, 2018-02-06)."""

_TOLERANCE: Final = 1e-6
"""Relative; prices that were adjusted by a factor, or kept in 32 bits, may miss each other by
rounding."""

_LEAST: Final = float(PRICE_MIN)
_MOST: Final = float(PRICE_MAX)


@dataclass(frozen=True, slots=True)
class Faults:
    """Mark each fault where it lies, bool (T, N).

    Attributes:
        missing: There is no bar although the symbol is known.
        bad: A price is zero, negative, infinite, or beyond what any share costs.
        crossed: High is below low, or open or close lie outside them.
        leaps: The close is `LEAP` times the one of the session before, or a part as small.
    """

    missing: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    crossed: NDArray[np.bool_]
    leaps: NDArray[np.bool_]

    def any(self) -> NDArray[np.bool_]:
        """Return where there is one of any kind."""
        return self.missing | self.bad | self.crossed | self.leaps


def faults_of(panel: BarPanel) -> Faults:
    """Return every fault of `panel`; sessions before a symbol's first bar have none."""
    absent = np.isnan(panel.close)
    known = np.logical_or.accumulate(~absent, axis=0)
    bad = np.zeros_like(absent)
    for array in prices(panel).values():
        bad |= is_bad(array)
    bad &= known
    return Faults(
        missing=known & absent,
        bad=bad,
        crossed=_crossed(panel) & known & ~bad,
        leaps=_leaps(panel.close) & ~bad,
    )


def prices(panel: BarPanel) -> dict[str, Floats]:
    """Return the arrays of `panel` that hold prices, by name."""
    return {name: array for name, array in panel_columns(panel).items() if name != "volume"}


def is_bad(array: Floats) -> NDArray[np.bool_]:
    """Return where a price is none; NaN, no bar, is not bad."""
    return (array < _LEAST) | (array > _MOST)


def _crossed(panel: BarPanel) -> NDArray[np.bool_]:
    crossed = np.zeros(panel.close.shape, dtype=np.bool_)
    if panel.high is None or panel.low is None:
        return crossed
    with np.errstate(over="ignore"):
        top, bottom = panel.high * (1 + _TOLERANCE), panel.low * (1 - _TOLERANCE)
    for inner in (panel.close, panel.open):
        if inner is not None:
            crossed |= (inner > top) | (inner < bottom)
    return crossed | (bottom > top)


def _leaps(close: Floats) -> NDArray[np.bool_]:
    leaps = np.zeros(close.shape, dtype=np.bool_)
    sound = (close > 0) & np.isfinite(close)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        factors = close[1:] / close[:-1]
    far = (factors >= LEAP) | (factors <= 1 / LEAP)
    leaps[1:] = sound[1:] & sound[:-1] & far
    return leaps
