"""Made-up closes of many symbols over ten years, the same ones for the same seed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

TEN_YEARS: Final = 2_520
"""Sessions."""

_FIRST: Final = date(2010, 1, 4)


def made_up_panel(
    symbols: Sequence[str], *, sessions: int = TEN_YEARS, seed: int = 1, young: int = 5
) -> BarPanel:
    """Return random walks that share one market and move up to three times as much as it.

    The last `young` symbols begin a year late.
    """
    draw = np.random.default_rng(seed)
    names = tuple(sorted(map(Symbol, symbols)))
    shape = (sessions, len(names))
    sensitivity = draw.uniform(-3.0, 3.0, len(names))
    own = draw.uniform(0.002, 0.02, len(names))
    steps = draw.normal(0.0003, 0.01, (sessions, 1)) * sensitivity + draw.normal(0, 1, shape) * own
    closes: Floats = 50.0 * np.multiply.accumulate(1.0 + np.clip(steps, -0.5, 0.5), axis=0)
    closes[:252, len(names) - young :] = np.nan
    return BarPanel(sessions=weekdays(sessions), symbols=names, close=closes)


def weekdays(count: int) -> tuple[date, ...]:
    """Return so many weekdays in a row."""
    days = (_FIRST + timedelta(days=offset) for offset in range(2 * count))
    return tuple(day for day in days if day.weekday() < 5)[:count]
