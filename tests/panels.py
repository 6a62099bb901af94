"""Whole histories to decide on: recorded, made up, and with holes in them.

Recorded market data lie beside the checkout and never in it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol

CHECKOUT = Path(__file__).resolve().parent.parent
LAST = date(2024, 8, 5)


@cache
def total_return_panel() -> BarPanel:
    """Return closes adjusted for splits and dividends, 2005 to 2026, or skip the test."""
    file = CHECKOUT.parent / "shared" / "data" / "total_return_2005_2026.parquet"
    if not file.is_file():
        pytest.skip("no recorded market data: put it into ../shared/data beside the checkout")
    closes = pd.read_parquet(file).pivot_table(index="session", columns="symbol", values="close")
    return BarPanel(
        sessions=tuple(map(date.fromisoformat, closes.index)),
        symbols=tuple(map(Symbol, closes.columns)),
        close=closes.to_numpy(),
    )


def synthetic_panel(names: Iterable[str], *, seed: int) -> BarPanel:
    """Return bars of `names` on a made-up market, 2018 to August 2024."""
    market = SyntheticMarket(seed, SessionTable(), LAST)
    return market.bars(tuple(map(Symbol, names)), through=LAST)


def with_holes(panel: BarPanel, *, starts: Mapping[str, int], gaps: Mapping[str, int]) -> BarPanel:
    """Return the closes of `panel`, some of them taken away.

    Args:
        panel: What is there.
        starts: The row at which a symbol first has a bar.
        gaps: The row at which a symbol begins to lack one, two or three bars, by turns.
    """
    close = panel.close.copy()
    for name, row in starts.items():
        close[:row, panel.symbols.index(Symbol(name))] = np.nan
    for place, (name, row) in enumerate(gaps.items()):
        close[row : row + 1 + place % 3, panel.symbols.index(Symbol(name))] = np.nan
    return BarPanel(sessions=panel.sessions, symbols=panel.symbols, close=close)
