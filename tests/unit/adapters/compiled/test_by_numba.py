"""Loops become machine code that rounds as they do."""

from collections.abc import Callable

import numpy as np

from alchemiser.adapters.compiled.by_numba import machine_code
from alchemiser.adapters.compiled.linked import Linked
from alchemiser.adapters.compiled.words import Words
from tests.unit.adapters.compiled.loops import (
    Kinds,
    chained,
    divided,
    example,
    example_of_kinds,
    told,
)


def made(loop: Callable[..., None], arguments: tuple[object, ...]) -> Linked:
    """Return `loop` compiled and linked."""
    return Linked(machine_code(loop, arguments), Words.of(arguments))


def test_machine_code_rounds_each_step_and_reorders_none() -> None:
    values = np.random.default_rng(1).normal(0.0, 1.0, 3_000)
    plain, found = np.zeros_like(values), np.zeros_like(values)

    chained(values, plain)
    made(chained, example())(values, found)

    assert plain.tobytes() == found.tobytes()


def test_division_by_zero_is_infinite_as_in_numpy() -> None:
    found = np.zeros(2)

    made(divided, example())(np.array([1.0, 0.0]), found)

    assert found[0] == 1.0
    assert np.isinf(found[1])


def test_arrays_and_numbers_of_every_kind_arrive_as_they_are() -> None:
    """Numbers, marks and bytes, also in named tuples; arrays that only are read, and none."""
    values = np.arange(24.0).reshape(2, 3, 4)
    values.flags.writeable = False
    kinds = Kinds(values, np.array([True, False]), np.array([7, 255], np.uint8), -2.5, least=-9)
    found, count, mark = np.zeros(10), np.zeros(1, np.int64), True

    made(told, example_of_kinds())(kinds, mark, found, count)

    assert found.tolist() == [2, 3, 4, 23.0, 1.0, 0.0, 255.0, -2.5, -9.0, 1.0]
    assert count.tolist() == [24]
