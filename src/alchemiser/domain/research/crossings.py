"""Crossing averages for many pairs of windows: what holding above has come to."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alchemiser.domain.market.indicators import sma
from alchemiser.domain.market.indicators.kernels import as_series, as_window, ratio, shift
from alchemiser.domain.research.following import FIGURES, PAIRS, STATE, Slow, followed
from alchemiser.domain.statistics.returns import SESSIONS_A_YEAR
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats, round_significant

NEAR = 2e-11
"""Averages that are nearer than this, relatively, may be equal to 12 significant digits."""

Pair = tuple[int, int]
Follow = Callable[[Floats, Slow, Floats, int, Floats, Floats], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crossings:
    """Tell what each of P pairs came to on each of N symbols; float64 (P, N).

    Attributes:
        pairs: Windows of the fast and of the slow average, sessions, as they were asked for.
        total_return: Of the whole time, a fraction.
        sharpe: Mean over sample deviation of all sessions' returns times sqrt(252), sessions
            without a holding among them; NaN where nothing was ever earned. None when only the
            returns were asked for.
        max_drawdown: The deepest fall from a peak, the beginning among them, a fraction at or
            above zero; or None.
    """

    pairs: tuple[Pair, ...]
    total_return: Floats
    sharpe: Floats | None
    max_drawdown: Floats | None


def crossings(
    closes: ArrayLike,
    pairs: Iterable[Pair],
    *,
    only_returns: bool = False,
    follow: Follow | None = None,
) -> Crossings:
    """Hold each symbol over the session after one whose fast average lies above the slow one.

    Nothing is paid for trades. Averages are those of `indicators.sma`, compared as rules do: to 12
    significant digits, and equal ones are not above. So averages that are equal in whole cents tie
    whatever their floats say. A session without a close has no return, nor has the one after it.

    Args:
        closes: float64 (T,) or (T, N), dollars, oldest first, NaN where there is none.
        pairs: Windows of the fast and the slow average, sessions, at least 1 each.
        only_returns: Whether nothing but the total return is worked out, which is quicker.
        follow: `following.follow` compiled; by arrays without one, to the same bits.

    Raises:
        InvalidValueError: When `closes` are not numbers of such a shape, or a window is none.
    """
    asked = tuple((as_window(fast), as_window(slow)) for fast, slow in pairs)
    series = as_series(closes)
    prices = series[:, None] if series.ndim == 1 else series
    if not prices.size or not asked:
        msg = "crossings need a pair of windows, and closes of a session and symbol at least."
        raise InvalidValueError(msg)
    earned = ratio(prices, shift(prices, 1)) - 1.0
    returns = np.where(np.isnan(earned), 0.0, earned)
    windows = sorted({window for pair in asked for window in pair})
    means = {window: np.ascontiguousarray(sma(prices, window).T) for window in windows}
    work = _Work(only_returns=only_returns, follow=follow)
    found = np.full((FIGURES, len(asked), prices.shape[1]), np.nan)
    for slows, several in _by_slows(asked).items():
        for symbol in range(prices.shape[1]):
            slow = _Slow.of(np.stack([means[window][symbol] for window in slows]).T.copy())
            gained = np.ascontiguousarray(returns[:, symbol])
            for fast, places in several:
                found[:, places, symbol] = work.figures(means[fast][symbol], slow, gained)
    return _told(asked, found, len(prices), only_returns=only_returns)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slow:
    """Slow averages of a symbol, (T, S): as they are, and what is surely above and below."""

    mean: Floats
    surely: Slow

    @classmethod
    def of(cls, mean: Floats) -> "_Slow":
        return cls(mean=mean, surely=Slow(above=mean + NEAR * mean, below=mean - NEAR * mean))

    def decided(self, fast: Floats, near: NDArray[np.intp]) -> Slow:
        """Return the pairs `near`, so that `fast` passes just where it does rounded."""
        decided, mean = self.surely.above.take(near, axis=1), fast[:, None]
        rows, places = np.nonzero((mean <= decided) & (mean >= self.surely.below[:, near]))
        passed = round_significant(fast[rows]) > round_significant(self.mean[rows, near[places]])
        decided[rows, places] = np.where(passed, -np.inf, np.inf)
        return Slow(above=decided, below=decided)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    only_returns: bool
    follow: Follow | None

    def figures(self, fast: Floats, slow: _Slow, returns: Floats) -> Floats:
        """Return the figures of one fast average and S slow ones, (5, S)."""
        found = self._followed(fast, slow.surely, returns)
        near = np.flatnonzero(found[-1])
        if near.size:
            found[:, near] = self._followed(fast, slow.decided(fast, near), returns)
        return found

    def _followed(self, fast: Floats, slow: Slow, returns: Floats) -> Floats:
        if self.follow is None:
            return followed(fast, slow, returns, only_growth=self.only_returns)
        found, state = np.empty((FIGURES, slow.above.shape[1])), np.empty(STATE)
        for left in range(0, slow.above.shape[1], PAIRS):
            self.follow(fast, slow, returns, left, state, found)
        return found


def _by_slows(pairs: Sequence[Pair]) -> dict[tuple[int, ...], list[tuple[int, list[int]]]]:
    """Return fast windows and the places of their pairs, by the slow windows that they go with."""
    places: dict[int, list[int]] = {}
    for place, (fast, _) in enumerate(pairs):
        places.setdefault(fast, []).append(place)
    several: dict[tuple[int, ...], list[tuple[int, list[int]]]] = {}
    for fast, own in places.items():
        several.setdefault(tuple(pairs[place][1] for place in own), []).append((fast, own))
    return several


def _told(
    pairs: tuple[Pair, ...], found: NDArray[np.float64], sessions: int, *, only_returns: bool
) -> Crossings:
    growth, kept, total, squares, _ = found
    if only_returns:
        return Crossings(pairs=pairs, total_return=growth - 1.0, sharpe=None, max_drawdown=None)
    mean = total / sessions
    spread = np.maximum(squares - total * mean, 0.0) / max(sessions - 1, 1)
    sharpe = ratio(mean, np.sqrt(spread)) * math.sqrt(SESSIONS_A_YEAR)
    return Crossings(pairs=pairs, total_return=growth - 1.0, sharpe=sharpe, max_drawdown=1.0 - kept)
