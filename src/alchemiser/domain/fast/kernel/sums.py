"""Sums in the order of numpy, so that they have its bits, and copies that need no room."""

from alchemiser.domain.values.numbers import Floats

LANES = 8
"""Sums that run beside each other, as many as the lines below have."""
BLOCK = 128
"""Numbers that are summed without halving them."""
FAR = 2**62 - 1
"""Beyond all places: `place & FAR` is `place`, and says that none is counted from an array's end,
which a compiler looks at for each place otherwise, and reads one number at a time."""


def total(values: Floats) -> float:
    """Return the sum of `values`, (M,), added in the order of numpy's `add.reduce`."""
    return block(values) if len(values) <= BLOCK else halves(values)


def halves(values: Floats) -> float:
    """Return the sum of `values`, (M,), half by half."""
    count = len(values)
    if count <= BLOCK:
        return block(values)
    half = count // 2
    half -= half % LANES
    return halves(values[:half]) + halves(values[half:])


def block(values: Floats) -> float:
    """Return the sum of `values`, (M,), no more than a block of them."""
    count = len(values)
    if count < LANES:
        summed = 0.0
        for place in range(count):
            summed += values[place]
        return summed
    a, b, c, d = values[0], values[1], values[2], values[3]
    e, f, g, h = values[4], values[5], values[6], values[7]
    for place in range(LANES, count - count % LANES, LANES):
        at = place & FAR
        a += values[at]
        b += values[at + 1]
        c += values[at + 2]
        d += values[at + 3]
        e += values[at + 4]
        f += values[at + 5]
        g += values[at + 6]
        h += values[at + 7]
    summed = float(((a + b) + (c + d)) + ((e + f) + (g + h)))
    for place in range(count - count % LANES, count):
        summed += values[place & FAR]
    return summed


def product(one: Floats, other: Floats, room: Floats) -> float:
    """Return the sum of the products of two arrays, (M,) both; `room`, as long, is to work in."""
    if len(one) <= BLOCK:
        return block_of_products(one, other, room)
    return halves_of_products(one, other, room)


def halves_of_products(one: Floats, other: Floats, room: Floats) -> float:
    """Return the same half by half; both work in the same room, which the nearest cache holds."""
    count = len(one)
    if count <= BLOCK:
        return block_of_products(one, other, room)
    half = count // 2
    half -= half % LANES
    first = halves_of_products(one[:half], other[:half], room)
    return first + halves_of_products(one[half:], other[half:], room)


def block_of_products(one: Floats, other: Floats, room: Floats) -> float:
    """Return the same of no more than a block of them."""
    for place in range(len(one)):
        room[place] = one[place] * other[place]
    return block(room[: len(one)])


def copy(source: Floats, target: Floats) -> None:
    """Copy one array into another, (M,) both."""
    for place in range(len(source)):
        target[place] = source[place]


def clear(target: Floats) -> None:
    """Make everything zero."""
    for place in range(len(target)):
        target[place] = 0.0
