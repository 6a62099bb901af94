"""The indicators of whole markets in machine code, for research."""

from collections.abc import Callable
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from alchemiser.domain.market.indicators import loops, max_drawdown
from alchemiser.domain.market.indicators.kernels import NOISE, as_series, as_window
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.compiler import CompilerPort

_Begin = Callable[[Floats, int, int, int, Floats, Floats], None]
_End = Callable[[Floats, int, int, int, Floats], None]
_Whole = Callable[[Floats, int, int, Floats], None]


class CompiledIndicators:
    """Measure as the functions of `alchemiser.indicators` do, by loops that a compiler has made.

    Windows, units and NaN are theirs, and so are `max_drawdown` and `cumulative_return` to the bit.
    Means, deviations and strengths are summed in another order and differ in the last bits: no
    decision is made of these, so that none depends on which extras are installed.
    """

    def __init__(self, compiler: CompilerPort) -> None:
        """Have the loops compiled by `compiler`, each when it is first used."""
        self._sums = compiler.compiled(loops.begun_sums), compiler.compiled(loops.ended_sums)
        self._deviations = (
            compiler.compiled(loops.begun_deviations),
            compiler.compiled(loops.ended_deviations),
        )
        self._falls = compiler.compiled(loops.begun_falls), compiler.compiled(loops.ended_falls)
        self._changes = compiler.compiled(loops.changes)
        self._strengths = compiler.compiled(loops.strengths)

    def sma(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the mean of the last `window` closes; see `indicators.sma`."""
        return _by_blocks(as_series(values), as_window(window), *self._sums, whole=(0.0, 0.0))

    def stdev_price(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the sample deviation of the last closes; see `indicators.stdev_price`."""
        n = as_window(window, smallest=2)
        return _by_blocks(as_series(values), n, *self._deviations, whole=(0.0, 0.0))

    def stdev_return(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the sample deviation of the last returns; see `indicators.stdev_return`."""
        returns = self.cumulative_return(values, 1)
        n = as_window(window, smallest=2)
        deviation = _by_blocks(returns, n, *self._deviations, whole=(0.0, 0.0))
        deviation[deviation <= NOISE] = 0.0
        return deviation

    def max_drawdown(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the deepest fall inside the last closes; see `indicators.max_drawdown`."""
        closes, n = as_series(values), as_window(window)
        if (closes <= 0).any():  # a quotient of such prices has another order
            return max_drawdown(closes, n)
        return _by_blocks(closes, n, *self._falls, whole=(0.0, 1.0))

    def cumulative_return(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the change over the last sessions; see `indicators.cumulative_return`."""
        return _at_once(as_series(values), as_window(window), self._changes)

    def rsi(self, values: ArrayLike, window: SupportsIndex) -> Floats:
        """Return the relative strength index; see `indicators.rsi`."""
        return _at_once(as_series(values), as_window(window), self._strengths)


def _by_blocks(
    series: Floats, window: int, begin: _Begin, end: _End, *, whole: tuple[float, float]
) -> Floats:
    """Return what two loops make of each block; `whole` stands for the end of no rows."""
    closes = _in_rows(series)
    found = np.empty_like(closes)
    for left in range(0, closes.shape[1], loops.WIDTH):
        ends = np.full((window + 1, 2 * loops.WIDTH), np.nan)
        ends[window, : loops.WIDTH], ends[window, loops.WIDTH :] = whole
        for top in range(0, len(closes), window):
            begin(closes, top, left, window, ends, found)
            if top + window <= len(closes):
                end(closes, top, left, window, ends)
    return found.reshape(series.shape)


def _at_once(series: Floats, window: int, fill: _Whole) -> Floats:
    closes = _in_rows(series)
    found = np.empty_like(closes)
    for left in range(0, closes.shape[1], loops.WIDTH):
        fill(closes, left, window, found)
    return found.reshape(series.shape)


def _in_rows(series: Floats) -> Floats:
    return np.ascontiguousarray(series[:, None] if series.ndim == 1 else series)
