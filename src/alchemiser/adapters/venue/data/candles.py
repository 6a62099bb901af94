"""Bars of any length as arrays, and longer bars made of shorter ones."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from alchemiser.adapters.venue.data.path import UNITS, Ints, Path
from alchemiser.domain.values.numbers import Floats

PLACES: Final = 4
"""Decimal places of a served price."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candles:
    """Hold bars, oldest first, as arrays of one length.

    Attributes:
        stamps: First second of each bar since 1970, UTC, ascending.
        opens: Dollars.
        highs: Dollars.
        lows: Dollars.
        closes: Dollars.
        volumes: Shares.
        trades: How many.
        means: Average prices, weighted by volume, dollars.
    """

    stamps: Ints
    opens: Floats
    highs: Floats
    lows: Floats
    closes: Floats
    volumes: Ints
    trades: Ints
    means: Floats

    def __len__(self) -> int:
        return len(self.stamps)

    def between(self, first: int, last: int) -> "Candles":
        """Return the bars that begin from second `first` to second `last`, both inclusive."""
        low = int(np.searchsorted(self.stamps, first))
        return self.part(low, int(np.searchsorted(self.stamps, last, side="right")))

    def part(self, low: int, high: int) -> "Candles":
        """Return the bars from place `low` up to and without place `high`."""
        return Candles(**{
            name: getattr(self, name)[low:high] for name in Candles.__dataclass_fields__
        })

    def reversed(self) -> "Candles":
        """Return the same bars, newest first."""
        return Candles(**{name: getattr(self, name)[::-1] for name in Candles.__dataclass_fields__})

    def scaled(self, prices: Floats | float, volumes: Floats | float = 1.0) -> "Candles":
        """Return the bars with prices and volumes multiplied, and rounded to what is served."""
        return replace(
            self,
            opens=np.round(self.opens * prices, PLACES),
            highs=np.round(self.highs * prices, PLACES),
            lows=np.round(self.lows * prices, PLACES),
            closes=np.round(self.closes * prices, PLACES),
            means=np.round(self.means * prices, PLACES),
            volumes=np.maximum(np.rint(self.volumes * volumes).astype(np.int64), 1),
        )


def of_path(path: Path, opened: int, count: int) -> Candles:
    """Return the first `count` trades of `path`, which begins at second `opened`, each as a bar."""
    prices = path.prices[:count] / UNITS
    return Candles(
        stamps=path.seconds[:count] + opened,
        opens=prices,
        highs=prices,
        lows=prices,
        closes=prices,
        volumes=path.sizes[:count],
        trades=np.ones(count, dtype=np.int64),
        means=prices,
    )


def grouped(bars: Candles, stamps: Ints) -> Candles:
    """Return one bar for each run of equal `stamps`, which has one for each of `bars`."""
    if not len(bars):
        return bars
    starts = np.flatnonzero(np.diff(stamps, prepend=stamps[0] - 1))
    volumes = np.add.reduceat(bars.volumes, starts)
    worth = np.add.reduceat(bars.means * bars.volumes, starts)
    return Candles(
        stamps=stamps[starts],
        opens=bars.opens[starts],
        highs=np.maximum.reduceat(bars.highs, starts),
        lows=np.minimum.reduceat(bars.lows, starts),
        closes=bars.closes[np.append(starts[1:], len(stamps)) - 1],
        volumes=volumes,
        trades=np.add.reduceat(bars.trades, starts),
        means=np.round(worth / volumes, PLACES),
    )


def joined(parts: list[Candles]) -> Candles:
    """Return the bars of `parts`, of which there is at least one, behind one another."""
    return Candles(**{
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Candles.__dataclass_fields__
    })
