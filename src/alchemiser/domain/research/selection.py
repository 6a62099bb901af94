"""Which of many was best, and how much that depends on exactly where it stands."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.statistics.ratios import calmar, omega, sharpe, sortino
from alchemiser.domain.statistics.returns import cagr_by_sessions
from alchemiser.domain.values.numbers import Floats, round_significant

Figure = Callable[[Floats], ArrayLike]

FIGURES: Final[dict[str, Figure]] = {
    "cagr": cagr_by_sessions,
    "calmar": calmar,
    "omega": omega,
    "sharpe": sharpe,
    "sortino": sortino,
}
"""What one may be chosen by, the higher the better; each of returns (T, N), one an N."""


def measured(returns: Floats, by: str) -> Floats:
    """Return the figure of each column, rounded to 12 significant digits, float64 (N,).

    Args:
        returns: float64 (T, N), of one session.
        by: One of `FIGURES`.
    """
    return round_significant(np.asarray(FIGURES[by](returns), dtype=np.float64))


def best(figures: Floats) -> int | None:
    """Return the place of the highest, the first of equal ones; None where none is defined."""
    known = np.where(np.isnan(figures), -np.inf, figures)
    place = int(np.argmax(known)) if known.size else 0
    return place if known.size and not np.isnan(figures[place]) else None


def neighbourhood(surface: Floats) -> Floats:
    """Return for each cell the mean of those around it and itself, NaN where none is defined.

    A peak that its neighbours do not share is luck more often than not. Edges and corners have
    fewer neighbours.

    Args:
        surface: float64 of any number of dimensions, one figure a cell, NaN where there is none.
    """
    padded = np.pad(surface, 1, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3,) * surface.ndim)
    around = windows.reshape(*surface.shape, -1)
    known = np.isfinite(around)
    count = known.sum(axis=-1)
    total = np.where(known, around, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
