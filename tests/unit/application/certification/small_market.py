"""A small made-up market with holes in it, and how two markets compare."""

from datetime import date
from functools import cache
from typing import Final

import numpy as np

from alchemiser.adapters.synthetic.chance import Chance
from alchemiser.application.certification.panels import hidden, made_up, weekdays_until
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

CHANCE: Final = Chance(7)
NAMES: Final = tuple(map(Symbol, ("AGG", "SOXL", "SPY", "TLT", "TQQQ")))
DAYS: Final = weekdays_until(date(2021, 6, 30), 120)
LAST: Final = len(DAYS) - 1
HOLES: Final = ((0, 2), (40, 0), (57, 1), (58, 1), (90, 3), (LAST, 4))
"""Rows and columns without a bar."""


@cache
def whole_market(stream: str = "main", *, rough: bool = False) -> BarPanel:
    """Return a market with every bar."""
    return made_up(CHANCE, stream, DAYS, NAMES, rough=rough)


@cache
def holed_market() -> BarPanel:
    """Return a market without the bars of `HOLES`."""
    market = whole_market()
    cells = np.zeros(market.close.shape, dtype=bool)
    for row, column in HOLES:
        cells[row, column] = True
    return hidden(market, cells)


def bits(panel: BarPanel, rows: slice = slice(None)) -> dict[str, bytes]:
    """Return every bit of the bars in `rows`, by the names of their columns."""
    return {name: array[rows].tobytes() for name, array in panel_columns(panel).items()}


def volumes(panel: BarPanel) -> Floats:
    """Return the volumes, which the panel must have."""
    return panel_columns(panel)["volume"]


def breaches(panel: BarPanel) -> list[str]:
    """Return which rules of bars `panel` breaks; missing bars break none."""
    bars = panel_columns(panel)
    there = np.isfinite(bars["close"])
    low, high = bars["low"][there], bars["high"][there]
    rules = {
        "a column lacks a bar that another has": all(
            np.array_equal(np.isfinite(array), there) for array in bars.values()
        ),
        "a price or volume is not positive": all((a[there] > 0).all() for a in bars.values()),
        "a low is above its open or close": (low <= bars["open"][there]).all()
        and (low <= bars["close"][there]).all(),
        "a high is below its open or close": (high >= bars["open"][there]).all()
        and (high >= bars["close"][there]).all(),
    }
    return [name for name, kept in rules.items() if not kept]
