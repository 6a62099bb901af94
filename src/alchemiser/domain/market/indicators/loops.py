"""Indicators as plain loops over single numbers, for a compiler: slow as they stand.

Closes and what is found are float64 (T, N) in rows; `WIDTH` columns from `left` on are worked on
together. Windows are the end of one block of rows and the beginning of the next, as in `falls`:
what each contributes grows row by row, so that a step costs the same whatever the window.
`ends`, (n + 1, 2 * WIDTH), holds what a block's last rows come to, by how many rows lie in front of
them. NaN spreads as in the indicators themselves.

What a column has come to lies in one array, quantity after quantity at a fixed distance, and each
inner loop goes from zero along one row: compilers then take several columns in one instruction.
"""

import numpy as np

from alchemiser.domain.values.numbers import Floats

WIDTH = 512
"""Columns that are worked on together, so many that memory is read in long rows."""
THIRD = 2 * WIDTH
FOURTH = 3 * WIDTH


def begun_sums(
    closes: Floats, top: int, left: int, window: int, ends: Floats, found: Floats
) -> None:
    """Fill in the means of the windows that end in the block which begins at `top`."""
    sums, part = np.zeros(WIDTH), 1.0 / window
    for row in range(top, min(top + window, len(closes))):
        close, to = closes[row, left : left + WIDTH], found[row, left : left + WIDTH]
        earlier = ends[row - top + 1]
        for at in range(close.size):
            total = sums[at] + close[at]
            sums[at] = total
            to[at] = (earlier[at] + total) * part


def ended_sums(closes: Floats, top: int, left: int, window: int, ends: Floats) -> None:
    """Fill in the sums of a whole block's last rows."""
    sums = np.zeros(WIDTH)
    for after in range(window - 1, 0, -1):
        close, kept = closes[top + after, left : left + WIDTH], ends[after]
        for at in range(close.size):
            total = sums[at] + close[at]
            sums[at] = total
            kept[at] = total


def begun_deviations(
    values: Floats, top: int, left: int, window: int, ends: Floats, found: Floats
) -> None:
    """Fill in the sample deviations of the windows that end in the block that begins at `top`.

    Sums are of distances from a value of the window itself, the nearest to where its two blocks
    meet; squared distances from the means of two blocks are joined to those from the mean of both.

    Source: Chan, Golub and LeVeque (1983), Algorithms for computing the sample variance.
    """
    sums, origin = np.zeros(THIRD), values[top, left : left + WIDTH]
    share = 1.0 / (window - 1)
    for row in range(top, min(top + window, len(values))):
        value, to = values[row, left : left + WIDTH], found[row, left : left + WIDTH]
        after = row - top + 1
        earlier, part, joint = ends[after], 1.0 / after, after * (1.0 - after / window)
        for at in range(value.size):
            distance = value[at] - origin[at]
            total = sums[at] + distance
            square = sums[WIDTH + at] + distance * distance
            sums[at], sums[WIDTH + at] = total, square
            mean = total * part
            apart = mean + origin[at] - earlier[at]
            spread = square - total * mean + earlier[WIDTH + at] + apart * apart * joint
            to[at] = np.sqrt((max(spread, 0.0)) * share)


def ended_deviations(values: Floats, top: int, left: int, window: int, ends: Floats) -> None:
    """Fill in the means and squared distances of a whole block's last rows."""
    sums, origin = np.zeros(THIRD), values[top + window - 1, left : left + WIDTH]
    for after in range(window - 1, 0, -1):
        value, kept, part = values[top + after, left : left + WIDTH], ends[after], window - after
        for at in range(value.size):
            distance = value[at] - origin[at]
            total = sums[at] + distance
            square = sums[WIDTH + at] + distance * distance
            sums[at], sums[WIDTH + at] = total, square
            mean = total / part
            kept[at], kept[WIDTH + at] = mean + origin[at], square - total * mean


def begun_falls(
    closes: Floats, top: int, left: int, window: int, ends: Floats, found: Floats
) -> None:
    """Fill in the deepest falls of the windows that end in the block that begins at `top`."""
    seen = np.zeros(FOURTH)
    seen[WIDTH:THIRD], seen[THIRD:] = np.inf, 1.0
    for row in range(top, min(top + window, len(closes))):
        close, to = closes[row, left : left + WIDTH], found[row, left : left + WIDTH]
        earlier = ends[row - top + 1]
        for at in range(close.size):
            now = close[at]
            peak, low, kept = seen[at], seen[WIDTH + at], seen[THIRD + at]
            peak = now if (now > peak) | np.isnan(now) else peak
            low = now if (now < low) | np.isnan(now) else low
            share = now / peak
            kept = share if (share < kept) | np.isnan(share) else kept
            seen[at], seen[WIDTH + at], seen[THIRD + at] = peak, low, kept
            over, worst = low / earlier[at], earlier[WIDTH + at]
            worst = over if (over < worst) | np.isnan(over) else worst
            worst = kept if (kept < worst) | np.isnan(kept) else worst
            to[at] = (1.0 - worst) * 100.0


def ended_falls(closes: Floats, top: int, left: int, window: int, ends: Floats) -> None:
    """Fill in the peaks and what is least kept of a peak in a whole block's last rows."""
    seen = np.zeros(THIRD)
    seen[WIDTH:] = np.inf
    ends[window - 1, WIDTH:] = 1.0
    for after in range(window - 1, 0, -1):
        close, kept = closes[top + after, left : left + WIDTH], ends[after]
        later = ends[min(after + 1, window - 1)]
        for at in range(close.size):
            now, peak, low = close[at], seen[at], seen[WIDTH + at]
            peak = now if (now > peak) | np.isnan(now) else peak
            low = now if (now < low) | np.isnan(now) else low
            share, least = low / now, later[WIDTH + at]
            seen[at], seen[WIDTH + at] = peak, low
            kept[at] = peak
            kept[WIDTH + at] = share if (share < least) | np.isnan(share) else least


def changes(closes: Floats, left: int, window: int, found: Floats) -> None:
    """Fill in the change over the last `window` sessions, percent, NaN across a gap."""
    seen = np.zeros(WIDTH)
    for row in range(len(closes)):
        close, to = closes[row, left : left + WIDTH], found[row, left : left + WIDTH]
        before = closes[max(row - window, 0), left : left + WIDTH]
        for at in range(close.size):
            now = close[at]
            count = 0.0 if np.isnan(now) else seen[at] + 1.0
            seen[at] = count
            change = (now / before[at] - 1.0) * 100.0
            to[at] = change if (count > window) & (abs(change) < np.inf) else np.nan


def strengths(closes: Floats, left: int, window: int, found: Floats) -> None:
    """Fill in the relative strength index after Wilder, 0 to 100, row after row."""
    weight, state = 1.0 / window, np.zeros(4 * WIDTH)
    state[:WIDTH] = np.nan
    for row in range(len(closes)):
        close, to = closes[row, left : left + WIDTH], found[row, left : left + WIDTH]
        for at in range(close.size):
            now = close[at]
            change, gain, loss = now - state[at], state[WIDTH + at], state[THIRD + at]
            broken = np.isnan(change)
            count = 0.0 if broken else state[FOURTH + at] + 1.0
            keep = 1.0 if count <= window else 1.0 - weight
            up = max(0.0, change)
            down = -change if change < 0.0 else 0.0
            gain = 0.0 if broken else gain * keep + up * weight
            loss = 0.0 if broken else loss * keep + down * weight
            state[at], state[WIDTH + at], state[THIRD + at] = now, gain, loss
            state[FOURTH + at] = count
            moved = gain + loss
            share = gain / (moved if moved > 0.0 else 1.0) * 100.0
            value = share if moved > 0.0 else 50.0
            to[at] = value if count >= window else np.nan
