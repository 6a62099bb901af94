"""Report how much the laws of the evaluator were put to the test."""

from collections.abc import Callable

import pytest

from tests.unit.domain.rules.reach import Reach


@pytest.fixture
def reach(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Reach:
    """Return an empty count, which is reported at the end of the run."""
    name = request.node.name
    return Reach(
        lambda counts: record_property("what drawn rules and bars reached", f"{name}: {counts}")
    )
