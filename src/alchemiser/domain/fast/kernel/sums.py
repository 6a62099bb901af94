"""Sums in the order of numpy, so that they have its bits, and copies that need no room."""

from alchemiser.domain.values.numbers import Floats

LANES = 8
"""Sums that run beside each other, as many as the lines below have."""
BLOCK = 128
"""Numbers that are summed without halving them."""


def total(values: Floats) -> float:
    """Return the sum of `values`, (M,), added in the order of numpy's `add.reduce`."""
    count = len(values)
    if count < LANES:
        summed = 0.0
        for place in range(count):
            summed += values[place]
        return summed
    if count > BLOCK:
        half = count // 2
        half -= half % LANES
        return total(values[:half]) + total(values[half:])
    a, b, c, d = values[0], values[1], values[2], values[3]
    e, f, g, h = values[4], values[5], values[6], values[7]
    for place in range(LANES, count - count % LANES, LANES):
        a += values[place]
        b += values[place + 1]
        c += values[place + 2]
        d += values[place + 3]
        e += values[place + 4]
        f += values[place + 5]
        g += values[place + 6]
        h += values[place + 7]
    summed = float(((a + b) + (c + d)) + ((e + f) + (g + h)))
    for place in range(count - count % LANES, count):
        summed += values[place]
    return summed


def product(one: Floats, other: Floats, room: Floats) -> float:
    """Return the sum of the products of two arrays, (M,) both; `room`, as long, is to work in."""
    count = len(one)
    if count > BLOCK:
        half = count // 2
        half -= half % LANES
        # Both halves work in the same room, which the nearest cache holds.
        first = product(one[:half], other[:half], room)
        return first + product(one[half:], other[half:], room)
    for place in range(count):
        room[place] = one[place] * other[place]
    return total(room[:count])


def copy(source: Floats, target: Floats) -> None:
    """Copy one array into another, (M,) both."""
    for place in range(len(source)):
        target[place] = source[place]


def clear(target: Floats) -> None:
    """Make everything zero."""
    for place in range(len(target)):
        target[place] = 0.0
