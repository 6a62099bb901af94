"""The indicators of whole markets in machine code, for research."""

from collections.abc import Callable
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators import loops, max_drawdown
from alchemiser.domain.market.indicators.kernels import NOISE, as_floats, as_window, room
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.compiler import CompilerPort

_Loop = Callable[..., None]


class CompiledIndicators:
    """Measure as the functions of `alchemiser.indicators` do, by loops that a compiler has made.

    Windows, units and NaN are theirs, and so are `max_drawdown` and `cumulative_return` to the bit.
    Means, deviations and strengths are summed in another order and differ in the last bits: no
    decision is made of these, so that none depends on which extras are installed.
    """

    def __init__(self, compiler: CompilerPort) -> None:
        """Have the loops compiled by `compiler`, each when it is first used."""
        self._compiler = compiler

    def sma(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the mean of the last `window` closes; see `indicators.sma`."""
        return self._filled(loops.means, as_floats(values), as_window(window), nothing=())[0]

    def stdev_price(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the sample deviation of the last closes; see `indicators.stdev_price`."""
        return self._deviation(as_floats(values), as_window(window, smallest=2))

    def stdev_return(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the sample deviation of the last returns; see `indicators.stdev_return`."""
        n = as_window(window, smallest=2)
        deviation = self._deviation(self.cumulative_return(values, 1), n)
        deviation[deviation <= NOISE] = 0.0
        return deviation

    def max_drawdown(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the deepest fall inside the last closes; see `indicators.max_drawdown`."""
        closes, n = as_floats(values), as_window(window)
        found, least = self._filled(loops.falls, closes, n, nothing=(0.0, 1.0))
        # A quotient of prices that are not above zero has another order.
        return max_drawdown(closes, n) if (least <= 0).any() else found

    def cumulative_return(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the change over the last sessions; see `indicators.cumulative_return`."""
        return self._filled(loops.changes, as_floats(values), as_window(window), nothing=())[0]

    def rsi(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the relative strength index; see `indicators.rsi`."""
        return self._filled(loops.strengths, as_floats(values), as_window(window), nothing=())[0]

    def _deviation(self, values: Floats, window: int) -> Floats:
        return self._filled(loops.deviations, values, window, nothing=(0.0, 0.0))[0]

    def _filled(
        self, loop: _Loop, series: Floats, window: int, *, nothing: tuple[float, ...]
    ) -> tuple[Floats, Floats]:
        """Return what a loop fills in, and the last quantities of its columns, (S, WIDTH).

        Args:
            loop: One of `loops`.
            series: float64 (T,) or (T, N).
            window: In sessions.
            nothing: What the end of no rows comes to, one number a quantity; empty where the loop
                goes through all rows at once.
        """
        fill = self._compiler.compiled(loop, _example_by_blocks if nothing else _example)
        closes = np.ascontiguousarray(series[:, None] if series.ndim == 1 else series)
        found = room(*closes.shape)
        lefts, width = range(0, closes.shape[1], loops.WIDTH), loops.WIDTH
        seen = room(len(lefts), 4 * width)
        for left, column in zip(lefts, seen, strict=True):
            fill(closes, left, window, column, *_ends(len(closes), window, nothing), found)
        return found.reshape(series.shape), seen[:, -width:]


def _example() -> tuple[object, ...]:
    return np.ones((1, 1)), 0, 2, np.zeros(4 * loops.WIDTH), np.empty((1, 1))


def _example_by_blocks() -> tuple[object, ...]:
    *before, found = _example()
    return *before, *_ends(1, 2, (0.0, 0.0)), found


def _ends(rows: int, window: int, nothing: tuple[float, ...]) -> tuple[Floats, ...]:
    """Return the room for what a block's last rows come to, where a loop asks for any."""
    if not nothing:
        return ()
    # A window longer than the series meets no end, and no memory is taken for one.
    ends = room(min(window, rows) + 1, len(nothing) * loops.WIDTH)
    ends[:] = np.nan
    if window <= rows:
        ends[window] = np.repeat(nothing, loops.WIDTH)
    return (ends,)
