"""The deepest fall inside every window, in a number of steps that the window's length is not in."""

from typing import Final

import numpy as np

from alchemiser.domain.market.indicators.kernels import PERCENT, ratio, room, strips, width_of
from alchemiser.domain.values.numbers import Floats

ARRAYS: Final = 8
"""Of one number for each block and column, with which a row of blocks is worked on."""


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
    if len(closes) < window or not closes.size:
        return np.full_like(closes, np.nan)
    found = np.empty_like(closes)
    found[: window - 1] = np.nan
    blocks = -(-len(closes) // window)
    for part, fell in strips(closes, found, width=width_of(ARRAYS * blocks)):
        if (part <= 0).any():
            fell[window - 1 :] = _of_all_pairs(part, window)
        else:
            _by_blocks(part, room(3, window, blocks, part.shape[1]), fell)
    return found


def _by_blocks(closes: Floats, spare: Floats, fell: Floats) -> None:
    """Fill in the deepest falls where all closes are above zero.

    Args:
        closes: float64 (T, N).
        spare: Room for three times as much, (3, n, B, N), row, block and column.
        fell: What is filled from the row n - 1 on, (T, N).
    """
    blocks, (window, count, across) = spare[0], spare.shape[1:]
    end = len(closes) // window * window
    blocks[:, : end // window] = _cut(closes[:end], window)
    if end < len(closes):
        blocks[: len(closes) - end, -1], blocks[len(closes) - end :, -1] = closes[end:], 1.0
    flat, peaks, least = spare.reshape(3, window, count * across)
    _keep_least(flat, peaks, least, across)
    np.subtract(1.0, blocks, out=blocks)
    np.multiply(blocks, PERCENT, out=blocks)
    fell[window - 1] = blocks[-1, 0]
    _cut(fell[window:end], window)[:] = blocks[:, 1 : end // window]
    fell[end:] = blocks[: len(closes) - end, -1]


def _cut(rows: Floats, window: int) -> Floats:
    """Return whole blocks of `window` rows, (n, B, N), row, block and column; not a copy."""
    return rows.reshape(-1, window, rows.shape[1]).swapaxes(0, 1)


def _keep_least(closes: Floats, peaks: Floats, least: Floats, across: int) -> None:
    """Put in the place of each close the least that is kept of a peak in the window it ends.

    Args:
        closes: float64 (n, B * N), row, block after block; in the first block no window ends but
            at the last row, and the others are left without a meaning.
        peaks: Room for the highest close from a row to the last of its block.
        least: Room for the least that is kept of a peak from a row to the last of its block.
        across: Columns, N.
    """
    _end_blocks(closes, peaks, least)
    peak, low, kept, part = room(4, closes.shape[1])
    peak[:], low[:], kept[:] = closes[0], closes[0], 1.0
    for row, close in enumerate(closes[:-1], 1):
        np.maximum(peak, close, out=peak)
        np.minimum(low, close, out=low)
        np.divide(close, peak, out=part)
        np.minimum(kept, part, out=kept)
        # The window that ends at this row of a block began one row below it, a block before.
        joint, ends = part[across:], close[across:]
        np.divide(low[across:], peaks[row, :-across], out=joint)
        np.minimum(joint, kept[across:], out=joint)
        np.minimum(joint, least[row, :-across], out=ends)
    np.maximum(peak, closes[-1], out=peak)
    np.divide(closes[-1], peak, out=part)
    np.minimum(kept, part, out=closes[-1])


def _end_blocks(closes: Floats, peaks: Floats, least: Floats) -> None:
    """Fill in what each row and those that follow it in its block come to."""
    low, part = room(2, closes.shape[1])
    low[:], peaks[-1], least[-1] = closes[-1], closes[-1], closes[-1] / closes[-1]
    for row in range(len(closes) - 2, -1, -1):
        np.maximum(peaks[row + 1], closes[row], out=peaks[row])
        np.minimum(low, closes[row], out=low)
        np.divide(low, closes[row], out=part)
        np.minimum(least[row + 1], part, out=least[row])


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
