"""What a strategy may see, made of a few closes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import symbol

FIRST = date(2024, 1, 1)


def a_view(closes: Mapping[str, Sequence[float]]) -> MarketView:
    """Return a view of `closes` by symbol, oldest first, NaN where there is no bar.

    Sessions are consecutive days, the last of which is decided on.

    Raises:
        InvalidValueError: When a name is no ticker.
        ValueError: When the series differ in length.
    """
    names = sorted(closes)
    table = np.array([list(map(float, closes[name])) for name in names], dtype=np.float64).T
    panel = BarPanel(
        sessions=tuple(FIRST + timedelta(days=row) for row in range(len(table))),
        symbols=tuple(map(symbol, names)),
        close=table,
    )
    return MarketView(panel, len(table) - 1)
