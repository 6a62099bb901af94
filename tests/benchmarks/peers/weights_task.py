"""New weights every session: which, at which prices, and what they come to.

Standard library and numpy only. Prices are whole cents, so that engines that know no other take
the same ones; every trade pays five basis points; weights sum to 0.98, so that money never binds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

CAPITAL: Final = 10_000_000
"""Dollars at the beginning."""
FEE: Final = 0.0005
"""Of what is traded."""
ALMOST: Final = 1e-12
"""A wish that is within this of a whole number of shares, relatively, is that number."""
_INVESTED: Final = 0.98
_WINDOW: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Hold what is to be run.

    Attributes:
        prices: int64 (T, N), cents.
        weights: float64 (T, N), shares of the equity before the trades of the session.
    """

    prices: NDArray[np.int64]
    weights: NDArray[np.float64]

    def save(self, folder: Path) -> None:
        """Write it to `folder`."""
        np.save(folder / "prices.npy", self.prices)
        np.save(folder / "weights.npy", self.weights)

    @classmethod
    def read(cls, folder: Path) -> "Task":
        """Return what `folder` holds."""
        return cls(np.load(folder / "prices.npy"), np.load(folder / "weights.npy"))


def made_up(sessions: int, symbols: int, *, by_volatility: bool = False) -> Task:
    """Return random walks, and random weights or those of the inverse volatility of 20 sessions."""
    draw = np.random.default_rng(7)
    spread = draw.uniform(0.005, 0.02, symbols)
    steps = draw.normal(0.0, 1.0, (sessions, symbols)) * spread
    prices = np.maximum(np.rint(10_000 * np.exp(np.cumsum(steps, axis=0))), 100).astype(np.int64)
    wishes = 1 / _volatility(prices) if by_volatility else draw.random((sessions, symbols))
    return Task(prices, wishes * (_INVESTED / wishes.sum(axis=1, keepdims=True)))


def _volatility(prices: NDArray[np.int64]) -> NDArray[np.float64]:
    returns = np.diff(np.log(prices), axis=0, prepend=np.log(prices[:1]))
    sums = np.cumsum(np.square(returns), axis=0)
    sums[_WINDOW:] -= sums[:-_WINDOW].copy()
    counts = np.minimum(np.arange(len(prices)) + 1, _WINDOW)[:, None]
    variance: NDArray[np.float64] = np.sqrt(sums / counts)
    return np.maximum(variance, 1e-4)


def wished(equity: float, weight: float, price: float) -> int:
    """Return the whole shares that a weight of the equity buys; `price` in dollars."""
    return int(weight * equity * (1 + ALMOST) / price)


@dataclass(frozen=True, slots=True)
class Table:
    """Want at each session what its row says."""

    rows: Sequence[Sequence[float]]

    def see(self, place: int, close: float) -> None:
        """Look at nothing."""

    def weights(self, session: int) -> Sequence[float]:
        """Return the row of `session`."""
        return self.rows[session]
