"""The steps of a program as plain loops."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.numbers import Floats, Mask

Bytes = NDArray[np.uint8]
"""Marks, 0 or 1, and small counts."""

PRICED, MORE, LEAST, SAME, OTHER, AND, OR, CLEAR, COUNT, FEWER, BEGIN, FLOW, PASS, DEAL = range(14)
"""What a step does; see `take`."""
BLOCK = 512
"""Sessions that are worked on together: so few that their rows stay in a cache."""


class Steps(NamedTuple):
    """Hold a program.

    Attributes:
        table: int64 (P, 5): what each step does, the row that it fills, and what it reads.
        parts: float64 (L,), shares that are always the same.
        root: The row of marks that tells where the tree is decided.
    """

    table: NDArray[np.int64]
    parts: Floats
    root: int


class Read(NamedTuple):
    """Hold what a program reads.

    Attributes:
        figures: float64 (F, T), what is compared: metrics and numbers; NaN where unknown.
        closes: float64 (T, N), NaN where they may not be read.
        columns: int64 (K,), the column of each symbol, below zero where there is none.
    """

    figures: Floats
    closes: Floats
    columns: NDArray[np.int64]


class Rows(NamedTuple):
    """Hold room to work in.

    Attributes:
        marks: uint8 (M, BLOCK).
        shares: float64 (S, BLOCK), shares of one; the first K are those of the symbols.
    """

    marks: Bytes
    shares: Floats


def run(steps: Steps, read: Read, rows: Rows, weights: Floats, decided: Mask) -> None:
    """Run a program over all sessions.

    Args:
        steps: The program.
        read: What it reads.
        rows: To work in.
        weights: float64 (K, T), filled with the weight of each symbol.
        decided: bool (T,), filled.
    """
    for top in range(0, len(decided), BLOCK):
        told = decided[top : top + BLOCK]
        for row in range(len(rows.shares)):
            clear(rows.shares[row])
        for place in range(len(steps.table)):
            take(steps.table[place], top, steps.parts, read, rows)
        root = rows.marks[steps.root]
        for at in range(len(told)):
            told[at] = root[at] != 0
        for row in range(len(weights)):
            share, weight = rows.shares[row], weights[row, top : top + BLOCK]
            for at in range(len(weight)):
                weight[at] = share[at]


def clear(share: Floats) -> None:
    """Make everything zero."""
    for at in range(len(share)):
        share[at] = 0.0


def take(step: NDArray[np.int64], top: int, parts: Floats, read: Read, rows: Rows) -> None:
    """Take one step over the block of sessions from `top` on."""
    what, to, one = step[0], step[1], step[2]
    if what == PRICED:
        price(read.closes[top : top + BLOCK], read.columns[one], rows.marks[to])
    elif what <= OTHER:
        left, right = read.figures[one], read.figures[step[3]]
        mark(what, left[top : top + BLOCK], right[top : top + BLOCK], rows.marks[to])
    elif what <= OR:
        join(what, rows.marks[one], rows.marks[step[3]], rows.marks[to])
    elif what <= FEWER:
        count(what, rows.marks[one], step[3], rows.marks[to])
    elif what == BEGIN:
        begin(rows.marks[one], rows.shares[to])
    else:
        deal(what, rows.shares[one], step, parts, rows)


def price(closes: Floats, column: int, found: Bytes) -> None:
    """Mark where a symbol has a close; nowhere without a column."""
    for at in range(len(closes)):
        found[at] = 0
    if column >= 0:
        for at in range(len(closes)):
            found[at] = abs(closes[at, column]) < np.inf


def mark(what: int, left: Floats, right: Floats, found: Bytes) -> None:
    """Mark where a figure is as it is asked for; never where one of the two is NaN."""
    if what == MORE:
        for at in range(len(left)):
            found[at] = left[at] > right[at]
    elif what == LEAST:
        for at in range(len(left)):
            found[at] = left[at] >= right[at]
    elif what == SAME:
        for at in range(len(left)):
            found[at] = left[at] == right[at]
    else:
        for at in range(len(left)):
            found[at] = (left[at] < right[at]) | (left[at] > right[at])


def join(what: int, one: Bytes, other: Bytes, found: Bytes) -> None:
    """Mark where both are marked, or one of them."""
    if what == AND:
        for at in range(len(found)):
            found[at] = one[at] & other[at]
    else:
        for at in range(len(found)):
            found[at] = one[at] | other[at]


def count(what: int, one: Bytes, number: int, found: Bytes) -> None:
    """Count from nothing, count one more where marked, or mark where fewer than `number` are."""
    if what == CLEAR:
        for at in range(len(found)):
            found[at] = 0
    elif what == COUNT:
        for at in range(len(found)):
            found[at] += one[at]
    else:
        for at in range(len(found)):
            found[at] = one[at] < number


def begin(marks: Bytes, share: Floats) -> None:
    """Give all there is where there are marks."""
    for at in range(len(share)):
        share[at] = marks[at]


def deal(what: int, share: Floats, step: NDArray[np.int64], parts: Floats, rows: Rows) -> None:
    """Give an item its part of what its node has: a fixed one, all where marked, or an even one."""
    target = rows.shares[step[1]]
    if what == FLOW:
        part = parts[step[3]]
        for at in range(len(target)):
            target[at] += share[at] * part
    elif what == PASS:
        marks = rows.marks[step[3]]
        for at in range(len(target)):
            target[at] += share[at] * marks[at]
    else:
        marks, held = rows.marks[step[3]], rows.marks[step[4]]
        for at in range(len(target)):
            target[at] += share[at] * (float(marks[at]) / float(max(held[at], 1)))
