"""One made-up world: the common factors, and from them the bars of every listing."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import numpy as np

from alchemiser.adapters.synthetic.factors import Factors, factors
from alchemiser.adapters.synthetic.noise import normal, uniform
from alchemiser.adapters.synthetic.universe import Listing, universe
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

_SESSIONS_A_YEAR: Final = 252
_MOVE_MIN, _MOVE_MAX = -0.30, 0.50
"""Bounds of an unlevered move, so that a threefold one cannot lose everything."""

_PULL: Final = 0.003
"""How much of a deviation from its trend a price makes good in one session."""

_SURPRISE_CHANCE: Final = 0.012
_SURPRISE_SIZE: Final = 3.0


class World:
    """Make the bars of the first `count` sessions; longer worlds begin with the same bars."""

    def __init__(self, seed: int, count: int) -> None:
        self._seed = seed
        self._count = count
        self._moves: dict[Symbol, Floats] = {}
        self._bars: dict[Symbol, dict[str, Floats]] = {}

    def bars(self, listing: Listing) -> dict[str, Floats]:
        """Return the columns of a panel for one symbol, float64 (T,): dollars in cents, shares."""
        if listing.name not in self._bars:
            self._bars[listing.name] = self._make(listing)
        return self._bars[listing.name]

    @cached_property
    def _factors(self) -> Factors:
        return factors(self._seed, self._count)

    def _make(self, listing: Listing) -> dict[str, Floats]:
        moves = self._moves_of(listing)
        path = listing.price * np.cumprod(1 + moves, dtype=np.float64)
        opened, above, below, traded = (
            uniform(self._seed, f"{listing.name}/{part}", self._count)
            for part in ("open", "high", "low", "volume")
        )
        close = _cents(path)
        start = _cents(path / (1 + moves) * (1 + 0.6 * opened * moves))
        reach = 0.002 + 0.6 * np.abs(moves)
        top, bottom = np.maximum(start, close), np.minimum(start, close)
        busy = (0.7 + 0.6 * traded) * (0.5 + 0.5 * self._factors.stress)
        return {
            "close": close,
            "open": start,
            "high": np.maximum(_cents(top * (1 + above * reach)), top),
            "low": np.minimum(_cents(bottom / (1 + below * reach)), bottom),
            "volume": np.rint(listing.volume * busy),
            "raw_close": close,
        }

    def _moves_of(self, listing: Listing) -> Floats:
        if listing.name not in self._moves:
            if listing.underlying is None:
                moves = np.array(list(_trending(listing, self._forces(listing))))
            else:
                below = self._moves_of(universe()[listing.underlying])
                moves = listing.multiple * below + listing.drift / _SESSIONS_A_YEAR
            self._moves[listing.name] = moves
        return self._moves[listing.name]

    def _forces(self, listing: Listing) -> Floats:
        total = self._own(listing)
        for factor, loading in listing.loadings.items():
            total = total + loading * self._factors.moves[factor]
        return total

    def _own(self, listing: Listing) -> Floats:
        def stream(part: str) -> str:
            return f"{listing.name}/{part}"

        surprised = uniform(self._seed, stream("surprise"), self._count) < _SURPRISE_CHANCE
        size = _SURPRISE_SIZE * normal(self._seed, stream("size"), self._count)
        shock = normal(self._seed, stream("shock"), self._count) + np.where(surprised, size, 0.0)
        return listing.idiosyncratic * (0.6 + 0.4 * self._factors.stress) * shock


def _trending(listing: Listing, forces: Floats) -> Iterator[float]:
    price = trend = listing.price
    growth = 1 + listing.drift / _SESSIONS_A_YEAR
    for force in forces.tolist():
        pull = _PULL * min(max(trend / price - 1, -0.5), 1.0)
        move = min(max(force + pull, _MOVE_MIN), _MOVE_MAX)
        yield move
        price *= 1 + move
        trend *= growth


def _cents(prices: Floats) -> Floats:
    cents: Floats = np.maximum(np.rint(prices * 100), 1.0)
    return cents / 100
