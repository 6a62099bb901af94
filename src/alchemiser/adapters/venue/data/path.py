"""The trades of one session: a path that its daily bar and a name determine whole.

Only integer arithmetic on the bytes of a hash is used, so that the same name gives the same trades
on every machine. Prices are whole numbers of `UNITS` a dollar.
"""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

UNITS: Final = 10_000
"""Price units in a dollar: what is served has at most four decimal places."""

TRADE_SECONDS: Final = 15
"""A trade begins every quarter of a minute; the first is the opening price."""

VOLUME_MIN: Final = 4
"""Shares: the opening, highest, lowest and closing trade need one each."""

_SWING: Final = 3
"""How far the path strays between its four fixed points: higher is wilder."""

_NOISE: Final = 65_536
_BUSY: Final = 3
"""How many times as much is traded at the open and the close as in the middle of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    """Hold one day's bar as it traded.

    Attributes:
        open: First price, units.
        high: Highest price, units, at or above the others.
        low: Lowest price, units, at or below the others.
        close: Last price, units.
        volume: Shares, at least `VOLUME_MIN`.
        step: The price step in units, a divisor of the four prices.
    """

    open: int
    high: int
    low: int
    close: int
    volume: int
    step: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """Hold the trades of one session, oldest first, as arrays of one length.

    Attributes:
        seconds: Since the opening, multiples of `TRADE_SECONDS`, each once.
        prices: Units.
        sizes: Shares, above zero.
    """

    seconds: Ints
    prices: Ints
    sizes: Ints

    def count(self, second: int) -> int:
        """Return how many trades there were up to and including `second` after the opening."""
        return int(np.searchsorted(self.seconds, second, side="right"))


def session_path(bar: DayBar, *, seconds: int, name: str) -> Path:
    """Return the trades of a session of `seconds` that add up to `bar` exactly.

    They begin at its open, end at its close, touch its high and its low and never leave them.
    """
    count = max(seconds // TRADE_SECONDS, VOLUME_MIN)
    draws = _draws(name, 2 * count + 2)
    fixed = _fixed_points(bar, count, draws[:2])
    prices = _prices(bar, fixed, draws[2 : count + 2])
    sizes = _sizes(bar.volume, list(fixed), draws[count + 2 :])
    taken = sizes > 0
    times: Ints = np.arange(count, dtype=np.int64) * TRADE_SECONDS
    return Path(seconds=times[taken], prices=prices[taken], sizes=sizes[taken])


def _draws(name: str, count: int) -> Ints:
    digest = hashlib.shake_256(name.encode()).digest(2 * count)
    return np.frombuffer(digest, dtype="<u2").astype(np.int64)


def _fixed_points(bar: DayBar, count: int, draws: Ints) -> dict[int, int]:
    """Return the price by place, in steps, of the first, highest, lowest and last trade."""
    places = count - 2
    high = 1 + int(draws[0]) * places // _NOISE
    low = 1 + int(draws[1]) * places // _NOISE
    if low == high:
        low = 1 + high % places
    fixed = {0: bar.open, high: bar.high, low: bar.low, count - 1: bar.close}
    return {place: fixed[place] // bar.step for place in sorted(fixed)}


def _prices(bar: DayBar, fixed: dict[int, int], draws: Ints) -> Ints:
    """Return a bridge of noise through the fixed points, folded back where it leaves the range."""
    low, high = bar.low // bar.step, bar.high // bar.step
    reach = high - low
    walk: Ints = np.cumsum(2 * draws - _NOISE + 1)
    # The square root of the count scales the walk, whose end is that of so many steps.
    scale = max(int(len(draws) ** 0.5), 1) * _NOISE
    pieces = [np.array([fixed[0]], dtype=np.int64)]
    places = list(fixed)
    for first, last in pairwise(places):
        run: Ints = np.arange(1, last - first + 1, dtype=np.int64)
        straight = fixed[first] + (fixed[last] - fixed[first]) * run // (last - first)
        noise = walk[first + 1 : last + 1] - walk[first]
        noise = noise - int(noise[-1]) * run // (last - first)
        pieces.append(
            straight + (noise.astype(np.float64) * reach * _SWING // (4 * scale)).astype(np.int64)
        )
    folded: Ints = np.concatenate(pieces) - low
    folded = reach - np.abs(folded % (2 * reach) - reach) if reach else folded * 0
    for place, price in fixed.items():
        folded[place] = price - low
    return (folded + low) * bar.step


def _sizes(volume: int, fixed: list[int], draws: Ints) -> Ints:
    """Share `volume` out: one share to each fixed point, the rest by draws, more at both ends."""
    count = len(draws)
    away: Ints = np.abs(2 * np.arange(count, dtype=np.int64) - count + 1)
    weights = (draws + _NOISE) // 256 * (count + (_BUSY - 1) * away)
    weights = weights // count + 1
    shared = np.cumsum(weights)
    rest = volume - len(fixed)
    whole, part = divmod(rest, int(shared[-1]))
    cumulated = whole * shared + part * shared // int(shared[-1])
    sizes: Ints = np.diff(cumulated, prepend=0)
    sizes[fixed] += 1
    return sizes
