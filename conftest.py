"""Print at the end of a run what tests have shown in figures.

A test calls `record_property(section, line)` with one of the sections below.
"""

from collections import Counter

import pytest

SECTIONS = (
    "processes killed at effect boundaries",
    "sessions decided, each as restated",
    "what drawn rules and bars reached",
)
ADDED_UP = (
    "drawn cases in which each risk limit bound",
    "faults of the local venue, as they struck",
    "legal transitions of an order, in drawn sequences",
)
"""Sections whose lines are a name and a count; the counts of all tests are added up."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a section for each kind of figure."""
    told = [
        (name, str(value))
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
    ]
    for section in SECTIONS:
        lines = sorted(line for name, line in told if name == section)
        if lines:
            terminalreporter.section(section)
            for line in lines:
                terminalreporter.line(line)
    for section in ADDED_UP:
        counts = Counter[str]()
        for line in (line for name, line in told if name == section):
            what, count = line.rsplit(maxsplit=1)
            counts[what] += int(count)
        if counts:
            terminalreporter.section(section)
            for what in sorted(counts):
                terminalreporter.line(f"{counts[what]:6d}  {what}")
