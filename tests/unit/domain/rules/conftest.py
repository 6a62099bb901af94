"""Print how much the laws of the evaluator were put to the test."""

import pytest

from tests.unit.domain.rules.reach import Reach

REACHED = "reached"


@pytest.fixture
def reach(request: pytest.FixtureRequest) -> Reach:
    """Return an empty count, which is reported at the end of the run."""
    properties: list[tuple[str, object]] = request.node.user_properties
    return Reach(lambda counts: properties.append((REACHED, counts)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the drawn trees of each law reached."""
    told = [
        (report.nodeid.rpartition("::")[2], value)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == REACHED
    ]
    if told:
        terminalreporter.section("what drawn rules and bars reached")
        for law, counts in sorted(told):
            terminalreporter.line(f"{law}: {counts}")
