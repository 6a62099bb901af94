"""The return stream of a node: what holding its own decisions has earned, session by session."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.indicators.kernels import PERCENT, shift
from alchemiser.domain.market.indicators.smoothing import recurrence
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, Mask, round_significant


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Hold a stream as levels, cut into stretches wherever a return is unknown.

    Attributes:
        known: bool (T,), where the return is known; the first session of a stretch has none.
        levels: float64 (T, 2). Every stretch starts at 1 where its returns begin to count. Odd
            stretches are in one column and even ones in the other, NaN elsewhere, so that
            neighbours never touch and a window cannot reach from one into the next.
        column: int (T,), the column of each session's stretch.
        returns: float64 (T,), fractions, NaN where unknown.
        symbols: What the node may hold, sorted.
        first: int (T,), the place in `symbols` of the first symbol held; meaningless where the
            node is undecided.
    """

    known: Mask
    levels: Floats
    column: NDArray[np.intp]
    returns: Floats
    symbols: tuple[Symbol, ...]
    first: NDArray[np.intp]

    def start(self, row: int) -> int:
        """Return the first row of the stretch that `row` belongs to; it has no return itself."""
        return int(np.flatnonzero(~self.known[: row + 1])[-1])

    def metric(self, metric: Metric, others: Callable[[Symbol], Floats]) -> Floats:
        """Return `metric` of the levels, float64 (T,), rounded; NaN where undefined.

        Args:
            metric: One that needs no symbol.
            others: Returns the closes of a symbol that is measured against, float64 (T,).
        """
        both = self._both(metric, others)
        values = np.where(self.column == 0, both[:, 0], both[:, 1])
        return np.where(self.known, values, np.nan)

    def _both(self, metric: Metric, others: Callable[[Symbol], Floats]) -> Floats:
        of_returns = metric.measure.of_returns
        if of_returns is not None:
            # From the levels, rounding would tell apart what earned the same.
            one = of_returns(self.returns * PERCENT, metric.windows[0])
            return round_significant(np.where(np.isnan(self.levels), np.nan, one[:, None]))
        inputs = [self.levels if metric.inner is None else self._both(metric.inner, others)]
        if metric.other is not None:
            inputs.append(np.repeat(others(metric.other)[:, None], 2, axis=1))
        return round_significant(metric.measure.compute(tuple(inputs), metric.windows))


def stream_of(symbols: tuple[Symbol, ...], weights: Floats, returns: Floats) -> Stream:
    """Build the stream of what was held at `weights`, which earn the next session's `returns`.

    Args:
        symbols: K of them, sorted.
        weights: float64 (K, T), all zero where the node was undecided.
        returns: float64 (T,), as of `stream_returns`.
    """
    known = ~np.isnan(returns)
    levels = recurrence(np.where(known, 1.0 + returns, 0.0), np.where(known, 0.0, 1.0))
    # Neighbours are rounded on different ways; a session that earned nothing must not move at all.
    moved = np.where(returns == 0, 0, np.arange(len(returns)))
    levels = levels[np.maximum.accumulate(moved)]
    column = np.cumsum(~known) % 2
    return Stream(
        known=known,
        levels=np.where(column[:, None] == np.arange(2), levels[:, None], np.nan),
        column=column,
        returns=returns,
        symbols=symbols,
        first=np.argmax(weights > 0, axis=0),
    )


def stream_returns(decided: Mask, holdings: Iterable[tuple[Floats, Floats]]) -> Floats:
    """Return what each session earned on the weights decided at the session before.

    Args:
        decided: bool (T,), where there was a decision.
        holdings: Pairs of weights and daily returns, each float64 (T,), one pair a symbol.

    Returns:
        float64 (T,), fractions; NaN on the first session, after an undecided one, and where the
        return of something held is unknown.
    """
    earned = np.where(shift(decided.astype(np.float64), 1) == 1, 0.0, np.nan)
    for weights, returns in holdings:
        held = shift(weights, 1)
        earned += np.where(held > 0, held * returns, 0.0)
    return earned
