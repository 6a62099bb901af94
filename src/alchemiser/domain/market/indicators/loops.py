"""Indicators as plain loops over single numbers, for a compiler: slow as they stand.

Closes and what is found are float64 (T, N) in rows; `WIDTH` columns from `left` on are worked on
together. Windows are the end of one block of rows and the beginning of the next, as in `falls`:
what each contributes grows row by row, so that a step costs the same whatever the window.
`ends`, (n + 1, WIDTH) a quantity, holds what a block's last rows come to, by how many rows lie in
front of them; its last row is what no rows come to. NaN spreads as in the indicators themselves,
and what is infinite counts as NaN: less itself, it is.

What a column has come to lies in one array, `seen`, quantity after quantity at a fixed distance,
and each inner loop goes from zero along one row: compilers then take several columns in one
instruction.
"""

import numpy as np

from alchemiser.domain.values.numbers import Floats

WIDTH = 512
"""Columns that are worked on together, so many that memory is read in long rows."""
THIRD = 2 * WIDTH
FOURTH = 3 * WIDTH


def means(closes: Floats, left: int, window: int, seen: Floats, found: Floats) -> None:
    """Fill in the means of the last `window` closes.

    What the end of a block comes to waits where the mean of the window that begins there will be.
    """
    part, rows, right = 1.0 / window, len(closes), left + WIDTH
    found[: window - 1, left:right] = np.nan
    for top in range(0, rows, window):
        # No row in front of a block's last one is part of its window.
        found[top + window - 1 : top + window, left:right] = 0.0
        seen[:WIDTH] = 0.0
        for row in range(top, min(top + window, rows)):
            close, to = closes[row, left:right], found[row, left:right]
            for at in range(close.size):
                now = close[at]
                total = seen[at] + (now + (now - now))
                seen[at] = total
                to[at] = (to[at] + total) * part
        if top + window >= rows:
            break
        seen[:WIDTH] = 0.0
        for row in range(top + window - 1, top, -1):
            end = row + window - 1
            close = closes[row, left:right]
            kept = found[end, left:right] if end < rows else seen[WIDTH:]
            for at in range(close.size):
                now = close[at]
                total = seen[at] + (now + (now - now))
                seen[at] = total
                kept[at] = total


def deviations(
    values: Floats, left: int, window: int, seen: Floats, ends: Floats, found: Floats
) -> None:
    """Fill in the sample deviations of the last `window` values.

    Sums are of distances from a value of the window itself, the nearest to where its two blocks
    meet; squared distances from the means of two blocks are joined to those from the mean of both.

    Source: Chan, Golub and LeVeque (1983), Algorithms for computing the sample variance.
    """
    share, rows = 1.0 / (window - 1), len(values)
    for top in range(0, rows, window):
        origin = values[top, left : left + WIDTH]
        seen[:THIRD] = 0.0
        for row in range(top, min(top + window, rows)):
            value, to = values[row, left : left + WIDTH], found[row, left : left + WIDTH]
            after = row - top + 1
            earlier, part, joint = ends[after], 1.0 / after, after * (1.0 - after / window)
            for at in range(value.size):
                distance = value[at] - origin[at]
                total = seen[at] + distance
                square = seen[WIDTH + at] + distance * distance
                seen[at], seen[WIDTH + at] = total, square
                mean = total * part
                apart = mean + origin[at] - earlier[at]
                spread = square - total * mean + earlier[WIDTH + at] + apart * apart * joint
                to[at] = np.sqrt((max(spread, 0.0)) * share)
        if top + window >= rows:
            break
        origin = values[top + window - 1, left : left + WIDTH]
        seen[:THIRD] = 0.0
        for after in range(window - 1, 0, -1):
            value, kept = values[top + after, left : left + WIDTH], ends[after]
            part = 1.0 / (window - after)
            for at in range(value.size):
                distance = value[at] - origin[at]
                total = seen[at] + distance
                square = seen[WIDTH + at] + distance * distance
                seen[at], seen[WIDTH + at] = total, square
                mean = total * part
                kept[at], kept[WIDTH + at] = mean + origin[at], square - total * mean


def falls(
    closes: Floats, left: int, window: int, seen: Floats, ends: Floats, found: Floats
) -> None:
    """Fill in the deepest falls of the last `window` closes.

    The least close of all rows is left in the fourth quantity of `seen`: where it is not above
    zero, what is found is not to be used.
    """
    rows = len(closes)
    seen[FOURTH:] = np.inf
    for top in range(0, rows, window):
        seen[:WIDTH], seen[WIDTH:THIRD], seen[THIRD:FOURTH] = 0.0, np.inf, 1.0
        for row in range(top, min(top + window, rows)):
            close, to = closes[row, left : left + WIDTH], found[row, left : left + WIDTH]
            earlier = ends[row - top + 1]
            for at in range(close.size):
                now = close[at] + (close[at] - close[at])
                peak, low, kept = seen[at], seen[WIDTH + at], seen[THIRD + at]
                peak = now if (now > peak) | np.isnan(now) else peak
                low = now if (now < low) | np.isnan(now) else low
                share = now / peak
                kept = share if (share < kept) | np.isnan(share) else kept
                seen[at], seen[WIDTH + at], seen[THIRD + at] = peak, low, kept
                seen[FOURTH + at] = min(seen[FOURTH + at], now)
                over, worst = low / earlier[at], earlier[WIDTH + at]
                worst = over if (over < worst) | np.isnan(over) else worst
                worst = kept if (kept < worst) | np.isnan(kept) else worst
                to[at] = (1.0 - worst) * 100.0
        if top + window >= rows:
            break
        seen[:WIDTH], seen[WIDTH:THIRD], ends[window - 1, WIDTH:] = 0.0, np.inf, 1.0
        for after in range(window - 1, 0, -1):
            close = closes[top + after, left : left + WIDTH]
            kept_of, later = ends[after], ends[min(after + 1, window - 1)]
            for at in range(close.size):
                now, peak, low = close[at] + (close[at] - close[at]), seen[at], seen[WIDTH + at]
                peak = now if (now > peak) | np.isnan(now) else peak
                low = now if (now < low) | np.isnan(now) else low
                share, least = low / now, later[WIDTH + at]
                seen[at], seen[WIDTH + at] = peak, low
                kept_of[at] = peak
                kept_of[WIDTH + at] = share if (share < least) | np.isnan(share) else least


def changes(closes: Floats, left: int, window: int, seen: Floats, found: Floats) -> None:
    """Fill in the change over the last `window` sessions, percent, NaN across a gap."""
    seen[:WIDTH] = 0.0
    for row in range(len(closes)):
        close, to = closes[row, left : left + WIDTH], found[row, left : left + WIDTH]
        before = closes[max(row - window, 0), left : left + WIDTH]
        for at in range(close.size):
            now = close[at]
            count = seen[at] + 1.0 if abs(now) < np.inf else 0.0
            seen[at] = count
            change = (now / before[at] - 1.0) * 100.0
            to[at] = change if (count > window) & (abs(change) < np.inf) else np.nan


def strengths(closes: Floats, left: int, window: int, seen: Floats, found: Floats) -> None:
    """Fill in the relative strength index after Wilder, 0 to 100, row after row."""
    weight = 1.0 / window
    seen[:WIDTH], seen[WIDTH:] = np.nan, 0.0
    for row in range(len(closes)):
        close, to = closes[row, left : left + WIDTH], found[row, left : left + WIDTH]
        for at in range(close.size):
            now = close[at]
            change, gain, loss = now - seen[at], seen[WIDTH + at], seen[THIRD + at]
            broken = np.isnan(change - change)
            count = 0.0 if broken else seen[FOURTH + at] + 1.0
            keep = 1.0 if count <= window else 1.0 - weight
            up = max(0.0, change)
            down = -change if change < 0.0 else 0.0
            gain = 0.0 if broken else gain * keep + up * weight
            loss = 0.0 if broken else loss * keep + down * weight
            seen[at], seen[WIDTH + at], seen[THIRD + at] = now, gain, loss
            seen[FOURTH + at] = count
            moved = gain + loss
            share = gain / (moved if moved > 0.0 else 1.0) * 100.0
            value = share if moved > 0.0 else 50.0
            to[at] = value if count >= window else np.nan
