"""The deepest fall inside every window, in a number of steps that the window's length is not in."""

import numpy as np

from alchemiser.domain.market.indicators.kernels import PERCENT, ratio
from alchemiser.domain.values.numbers import Floats


def deepest_fall(closes: Floats, window: int) -> Floats:
    """Return the deepest fall from a peak inside the last `window` closes, positive percent.

    A window is the end of one block of `window` rows and the beginning of the next. The deepest
    fall of two neighbours is that of the one, that of the other, or from the highest close of the
    one to the lowest of the other; each of the three grows row by row. Division is rounded
    without changing the order of what is divided, so that no bit differs from asking every pair.

    Source: van Herk (1992), A fast algorithm for local minimum and maximum filters; Gil and Werman
    (1993), Computing 2-D min, median and max filters.

    Args:
        closes: float64 (T,) or (T, N), dollars, NaN where there is none.
        window: In sessions, at least 1.

    Returns:
        The shape of `closes`; NaN where one of the window is.
    """
    deepest = np.full_like(closes, np.nan)
    if len(closes) < window:
        return deepest
    if (closes <= 0).any():
        deepest[window - 1 :] = _of_all_pairs(closes, window)
        return deepest
    blocks = -(-len(closes) // window)
    padded = np.ones((blocks * window, *closes.shape[1:]))
    padded[: len(closes)] = closes
    kept = _kept_of_blocks(padded.reshape(blocks, window, -1).swapaxes(0, 1).copy())
    kept = kept.swapaxes(0, 1).reshape(padded.shape)
    deepest[window - 1 :] = (1.0 - kept[window - 1 : len(closes)]) * PERCENT
    return deepest


def _kept_of_blocks(closes: Floats) -> Floats:
    """Return the least that is kept of a peak in the window that ends at each row.

    Args:
        closes: float64 (n, B, N), row, block and column; what is returned has the same shape, and
            is meaningless in the first block but for its last row.
    """
    lowest, kept = _beginnings(closes)
    peak, low = closes[-1, :-1].copy(), closes[-1, :-1].copy()
    least, part = np.ones_like(peak), np.empty_like(peak)
    least[np.isnan(peak)] = np.nan
    for row in range(len(closes) - 2, -1, -1):
        # The window that ends at this row of a block began one row below it, a block before.
        found = kept[row, 1:]
        np.minimum(found, least, out=found)
        np.divide(lowest[row, 1:], peak, out=part)
        np.minimum(found, part, out=found)
        close = closes[row, :-1]
        np.maximum(peak, close, out=peak)
        np.minimum(low, close, out=low)
        np.divide(low, close, out=part)
        np.minimum(least, part, out=least)
    return kept


def _beginnings(closes: Floats) -> tuple[Floats, Floats]:
    """Return the lowest close and the least kept of a peak from a block's first row to each row."""
    lowest, kept = np.empty_like(closes), np.empty_like(closes)
    peak, part = closes[0].copy(), np.empty_like(closes[0])
    lowest[0], kept[0] = closes[0], closes[0] / closes[0]
    for row in range(1, len(closes)):
        np.maximum(peak, closes[row], out=peak)
        np.minimum(lowest[row - 1], closes[row], out=lowest[row])
        np.divide(closes[row], peak, out=part)
        np.minimum(kept[row - 1], part, out=kept[row])
    return lowest, kept


def _of_all_pairs(closes: Floats, window: int) -> Floats:
    """Return the same where prices may be zero or below, (T - n + 1, ...)."""
    rows = len(closes) - window + 1
    peak = closes[:rows].copy()
    fall = np.where(np.isnan(peak), np.nan, 0.0)
    for offset in range(1, window):
        close = closes[offset : offset + rows]
        np.maximum(peak, close, out=peak)
        np.maximum(fall, 1.0 - ratio(close, peak), out=fall)
    return fall * PERCENT
