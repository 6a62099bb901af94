"""Loops become machine code that rounds as they do, and what is kept of it is told apart."""

import numpy as np
import pytest

from alchemiser.adapters.compiled.by_numba import compiled, digest
from tests.unit.adapters.compiled import loops
from tests.unit.adapters.compiled.loops import chained, divided, example


def test_machine_code_rounds_each_step_and_reorders_none() -> None:
    values = np.random.default_rng(1).normal(0.0, 1.0, 3_000)
    plain, made = np.zeros_like(values), np.zeros_like(values)

    chained(values, plain)
    compiled(chained, example(), None)(values, made)

    assert plain.tobytes() == made.tobytes()


def test_division_by_zero_is_infinite_as_in_numpy() -> None:
    found = np.zeros(2)

    compiled(divided, example(), None)(np.array([1.0, 0.0]), found)

    assert found[0] == 1.0
    assert np.isinf(found[1])


def test_what_is_kept_is_told_apart_by_all_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba itself looks at the file of one function only, and at no number that it names."""
    before = digest(chained)
    assert before != digest(divided)

    monkeypatch.setattr(loops, "HALF", 0.25)
    assert digest(chained) != before

    monkeypatch.undo()
    assert digest(chained) == before
    monkeypatch.setattr(loops, "kept", np_half)
    assert digest(chained) != before


def np_half(value: float) -> float:
    """Return half of a value."""
    return value / 2
