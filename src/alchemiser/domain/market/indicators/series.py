"""Indicators of one series as plain loops, for a compiler, with the bits of the arrays.

Each does what its namesake in numpy does, the same operations in the same order, so that decisions
are the same whichever measured. What is found is rounded as comparisons need it.
"""

import numpy as np

from alchemiser.domain.market.indicators.kernels import NOISE, PERCENT
from alchemiser.domain.market.indicators.whole_cents import CENTS, SURE
from alchemiser.domain.values.numbers import EXPONENT, LARGE, OCTAVES, Floats, Rounding

Bits = np.ndarray[tuple[int, int], np.dtype[np.int64]]
"""The bits of float64, in the same memory."""

GIVEN, MEAN, EXPONENTIAL, STRENGTH, CHANGE, DEVIATION = range(6)
"""What can be measured: nothing, so that values are but rounded, and the indicators."""
ROOM = 5
"""Arrays of T numbers to work in."""
NEITHER = 50.0
BLOCK = 1024
"""Rows that are summed together: so few that they stay in the nearest cache."""


Table = np.ndarray[tuple[int, int], np.dtype[np.int64]]
"""What is asked for, a row an indicator: which, its window in sessions, whether it is of the daily
returns in percent (a mean or a deviation; 0 or 1), the column of the closes, and the row filled."""


def measure(
    asked: Table, closes: Floats, rounding: Rounding, room: Floats, bits: Bits, figures: Floats
) -> None:
    """Fill rows of `figures`, float64 (F, T), with indicators, rounded; NaN where undefined.

    Args:
        asked: int64 (A, 5), which.
        closes: float64 (T, N).
        rounding: What rounds.
        room: float64 (ROOM, T), to work in.
        bits: The bits of `room`.
        figures: What is filled.
    """
    series, result = room[0], room[1]
    for place in range(len(asked)):
        what, window, of_returns, column, row = asked[place]
        for session in range(len(series)):
            series[session] = closes[session, column]
        if what == GIVEN:
            copy(series, result)
        else:
            drop_infinite(series)
            if of_returns:
                change(series, 1, room[2])
                copy(room[2], series)
            indicate(what, window, of_returns, room)
            if of_returns and what == DEVIATION:
                drop_noise(result)
        round_significant(result, bits[1], rounding, figures[row])


def indicate(what: int, window: int, of_returns: int, room: Floats) -> None:
    """Fill the second of `room` with the indicator of the first."""
    series, result = room[0], room[1]
    if what == MEAN:
        mean(series, window, result)
        if not of_returns:
            settle(series, window, result)
    elif what == EXPONENTIAL:
        exponential(series, window, result, room[2])
    elif what == STRENGTH:
        strength(series, window, room)
    elif what == CHANGE:
        change(series, window, result)
        keep_unbroken(series, window, result)
    else:
        deviation(series, window, room[2], result)


def copy(source: Floats, target: Floats) -> None:
    """Copy the beginning of one array into another."""
    for row in range(len(target)):
        target[row] = source[row]


def drop_infinite(series: Floats) -> None:
    """Make what is infinite NaN."""
    for row in range(len(series)):
        series[row] = np.nan if abs(series[row]) == np.inf else series[row]


def drop_noise(series: Floats) -> None:
    """Make zero what rounding alone may have left."""
    for row in range(len(series)):
        series[row] = 0.0 if series[row] <= NOISE else series[row]


def fill(value: float, target: Floats) -> None:
    """Make everything `value`."""
    for row in range(len(target)):
        target[row] = value


def add(source: Floats, target: Floats) -> None:
    """Add the beginning of one array to another."""
    for row in range(len(target)):
        target[row] += source[row]


def add_four(source: Floats, target: Floats) -> None:
    """Add the beginning of one array to another, then what begins one row later, two and three."""
    for row in range(len(target)):
        both = target[row] + source[row] + source[row + 1]
        target[row] = both + source[row + 2] + source[row + 3]


def mean(series: Floats, window: int, found: Floats) -> None:
    """Fill in the means of the last `window` values, summed oldest first."""
    first = min(window - 1, len(series))
    fill(np.nan, found[:first])
    for top in range(0, len(series) - first, BLOCK):
        sums = found[first + top : first + top + BLOCK]
        copy(series[top:], sums)
        fours = (window - 1) // 4 * 4
        for offset in range(top + 1, top + 1 + fours, 4):
            add_four(series[offset:], sums)
        for offset in range(top + 1 + fours, top + window):
            add(series[offset:], sums)
        for row in range(len(sums)):
            sums[row] /= window


def settle(series: Floats, window: int, means: Floats) -> None:
    """Make means exact where all of a window is whole cents, as `whole_cents.settle` does."""
    count, scale, top = 0, CENTS * window, SURE / (CENTS * window * window)
    for row in range(len(series)):
        close = series[row]
        is_whole = 0 < close < top and np.rint(close * CENTS) / CENTS == close
        count = count + 1 if is_whole else 0
        if count >= window:
            means[row] = np.rint(means[row] * scale) / scale


def deviation(series: Floats, window: int, means: Floats, found: Floats) -> None:
    """Fill in the sample deviations of the last `window` values; `means` is to work in."""
    mean(series, window, means)
    first = min(window - 1, len(series))
    fill(np.nan, found[:first])
    for top in range(0, len(series) - first, BLOCK):
        squares, middle = found[first + top : first + top + BLOCK], means[first + top :]
        fill(0.0, squares)
        for offset in range(top, top + window):
            add_squares(series[offset:], middle, squares)
        for row in range(len(squares)):
            squares[row] = np.sqrt(squares[row] / (window - 1))


def add_squares(values: Floats, means: Floats, target: Floats) -> None:
    """Add the squared distances of values from means."""
    for row in range(len(target)):
        distance = values[row] - means[row]
        target[row] += distance * distance


def change(series: Floats, sessions: int, found: Floats) -> None:
    """Fill in the change from the value so many sessions before, percent."""
    first = min(sessions, len(series))
    fill(np.nan, found[:first])
    now, changes = series[first:], found[first:]
    for row in range(len(changes)):
        quotient = now[row] / series[row]
        quotient = np.nan if abs(quotient) == np.inf else quotient
        changes[row] = (quotient - 1.0) * PERCENT


def keep_unbroken(series: Floats, window: int, found: Floats) -> None:
    """Make NaN what has not more than `window` values in a row behind it, its own among them."""
    count = 0
    for row in range(len(series)):
        count = 0 if np.isnan(series[row]) else count + 1
        if count <= window:
            found[row] = np.nan


def end_of(series: Floats, row: int) -> int:
    """Return the row after the last of the values from `row` on that are not NaN."""
    while row < len(series) and not np.isnan(series[row]):
        row += 1
    return row


def exponential(series: Floats, window: int, found: Floats, spare: Floats) -> None:
    """Fill in the exponential mean, each unbroken stretch begun anew."""
    copy(series, found)
    row = 0
    while row < len(series):
        end = end_of(series, row)
        smooth(found[row:end], window, 2.0 / (window + 1), spare)
        fill(np.nan, found[row : min(row + window - 1, end)])
        row = end + 1


def strength(series: Floats, window: int, room: Floats) -> None:
    """Fill the second of `room` with the relative strength after Wilder."""
    row = 0
    fill(np.nan, room[1])
    while row < len(series):
        end = end_of(series, row)
        closes, gains, losses = series[row:end], room[2, row + 1 : end], room[3, row + 1 : end]
        for later in range(len(gains)):
            moved = closes[later + 1] - closes[later]
            gains[later], losses[later] = moved if moved > 0 else 0.0, -moved if moved < 0 else 0.0
        smooth(gains, window, 1.0 / window, room[4])
        smooth(losses, window, 1.0 / window, room[4])
        share(gains[window - 1 :], losses[window - 1 :], room[1, row + window : end])
        row = end + 1


def share(gains: Floats, losses: Floats, found: Floats) -> None:
    """Fill in what part of all moves the gains are, percent; half of none."""
    for row in range(len(found)):
        moved = losses[row] + gains[row]
        part = gains[row] / (moved if moved != 0 else 1.0) * PERCENT
        found[row] = part if moved != 0 else NEITHER


def smooth(values: Floats, window: int, weight: float, spare: Floats) -> None:
    """Smooth an unbroken series from its row `window` - 1 on, seeded with the mean up to it.

    A new value weighs `weight`. Passes are those of `smoothing.recurrence`, which make the bits.
    """
    if len(values) < window:
        return
    seed = values[0]
    for row in range(1, window):
        seed += values[row]
    smoothed = values[window - 1 :]
    for row in range(len(smoothed)):
        smoothed[row] *= weight
    smoothed[0] = seed / window
    keep, reach = 1.0 - weight, 1
    while reach < len(smoothed):
        kept = spare[: len(smoothed) - reach]
        for row in range(len(kept)):
            kept[row] = smoothed[row] * keep
        add(kept, smoothed[reach:])
        keep *= keep
        reach *= 2


def round_significant(values: Floats, bits: Floats, rounding: Rounding, found: Floats) -> None:
    """Fill in `values` rounded to 12 significant digits, as `numbers.round_significant` does."""
    for row in range(len(values)):
        number = values[row]
        octave = (bits[row] >> EXPONENT) & (OCTAVES - 1)
        place = 2 * octave + (abs(number) >= rounding.next_power[octave])
        up = rounding.up[place]
        found[row] = np.rint(number * up) / up
        if abs(number) >= LARGE:
            down = rounding.down[place]
            found[row] = np.rint(number / down) * down
