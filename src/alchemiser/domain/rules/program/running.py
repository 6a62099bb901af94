"""Run a program over the sessions of a panel."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from alchemiser.domain.rules.measuring import ByLoop, plain
from alchemiser.domain.rules.program.loops import BLOCK, OR, Read, Rows, Steps
from alchemiser.domain.rules.program.lowering import Program
from alchemiser.domain.rules.readings import Readings, number
from alchemiser.domain.values.numbers import Floats, Mask

RunLoop = Callable[[Steps, Read, Rows, Floats, Mask], None]
"""`loops.run`, or the same compiled."""


@dataclass(frozen=True, slots=True)
class Loops:
    """Hold what evaluates trees by loops.

    Attributes:
        measuring: Measures the metrics.
        run: Runs the programs.
    """

    measuring: ByLoop
    run: RunLoop


def ran(program: Program, readings: Readings, loops: Loops) -> tuple[Floats, Mask]:
    """Return the weights (K, T) of the program's symbols, and where its tree is decided, (T,)."""
    sessions, columns = readings.sessions(), map(readings.panel.column, program.symbols)
    places = np.array([-1 if one is None else one for one in columns], dtype=np.int64)
    weights = np.empty((len(program.symbols), sessions))
    decided = np.empty(sessions, dtype=np.bool_)
    read = Read(_figures(program, readings, loops.measuring), readings.readable(), places)
    marks = np.zeros((program.marks, BLOCK), dtype=np.uint8)
    rows = Rows(marks, np.empty((program.shares, BLOCK)))
    loops.run(program.steps, read, rows, weights, decided)
    return weights, decided


def example() -> tuple[object, ...]:
    """Return what a `RunLoop` may be called with."""
    one = np.zeros((1, 1))
    steps = Steps(np.array([[OR, 0, 0, 0, 0]]), np.ones(1), 0)
    rows = Rows(np.zeros((1, BLOCK), dtype=np.uint8), np.zeros((1, BLOCK)))
    read = Read(one, plain(one), np.zeros(1, dtype=np.int64))
    return steps, read, rows, np.ones((1, 1)), np.ones(1, dtype=np.bool_)


def _figures(program: Program, readings: Readings, measuring: ByLoop) -> Floats:
    """Return what is compared, (F, T); metrics of closes that are not known yet at one go."""
    figures = np.empty((len(program.figures), readings.sessions()))
    asked, new = [], []
    for row, figure in enumerate(program.figures):
        if isinstance(figure, Decimal):
            figures[row] = number(figure)
            continue
        metric, name, key, loop = figure
        known, column = readings.kept(key), readings.panel.column(name)
        if known is None and loop is not None and column is not None:
            asked.append((*loop, column, row))
            new.append((figure, row))
        else:
            figures[row] = readings.metric(metric, name) if known is None else known
    measuring.fill(asked, readings.table(), figures)
    is_blocked = readings.panel.blocked is not None
    for (metric, name, key, _), row in new:
        readings.keep(key, figures[row].copy())
        if is_blocked:
            figures[row] = readings.metric(metric, name)
    return figures
