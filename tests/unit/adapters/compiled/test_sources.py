"""What is kept of machine code is told apart by all that it is made of."""

import pytest

from alchemiser.adapters.compiled.sources import digest
from tests.unit.adapters.compiled import loops
from tests.unit.adapters.compiled.loops import chained, divided


def test_what_is_kept_is_told_apart_by_all_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other loops, numbers that they name, functions that they call, and what others say."""
    before = digest(chained)
    assert before != digest(divided)
    assert before != digest(chained, "another processor")

    monkeypatch.setattr(loops, "HALF", 0.25)
    assert digest(chained) != before

    monkeypatch.undo()
    assert digest(chained) == before
    monkeypatch.setattr(loops, "kept", np_half)
    assert digest(chained) != before


def np_half(value: float) -> float:
    """Return half of a value."""
    return value / 2
