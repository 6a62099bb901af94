"""Count the kills in the test report."""

import pytest

KILLS = "kills"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how often a process was killed at each effect boundary."""
    passed = terminalreporter.getreports("passed")
    counts = [value for report in passed for name, value in report.user_properties if name == KILLS]
    if counts:
        terminalreporter.section("processes killed at effect boundaries")
        for point, killed in counts:
            terminalreporter.line(f"{killed:5d}  {point}")
