"""The coverage gate only ever lets coverage rise."""

import tomllib

import pytest

from tests.architecture.source import ROOT
from tools.coverage_gate import MINIMUM, covered, judge


@pytest.mark.parametrize(
    ("area", "figure", "floor", "kept"),
    [
        ("domain", 96.99, 97.0, False),
        ("domain", 97.0, 97.0, True),
        ("domain", 94.9, 80.0, False),  # the minimum holds whatever the floor says
        ("whole", 90.0, 80.0, True),
        ("whole", 89.9, 80.0, False),
    ],
)
def test_gate_holds_the_higher_of_floor_and_minimum(
    area: str, figure: float, floor: float, kept: bool
) -> None:
    """TE-02."""
    assert judge(area, figure, floor)[0] is kept


def test_gate_asks_for_a_higher_floor_when_coverage_rose() -> None:
    """TE-02."""
    assert "raise whole to 93.2" in judge("whole", 93.5, 92.0)[1]
    assert "raise" not in judge("whole", 92.5, 92.0)[1]


def test_covered_counts_lines_and_branches_of_the_domain_apart() -> None:
    files = {
        "src/alchemiser/domain/values/money.py": _file(statements=8, lines=6, branches=4, ran=3),
        "src/alchemiser/container.py": _file(statements=20, lines=10, branches=0, ran=0),
    }

    assert covered(files) == {"domain": 75.0, "whole": 59.375}


def test_floors_are_never_set_below_the_minimum() -> None:
    floors = tomllib.loads((ROOT / "tests" / "coverage_floor.toml").read_text())

    assert floors.keys() == MINIMUM.keys()
    assert all(floors[area] >= minimum for area, minimum in MINIMUM.items())


def _file(*, statements: int, lines: int, branches: int, ran: int) -> dict[str, dict[str, int]]:
    return {
        "summary": {
            "num_statements": statements,
            "covered_lines": lines,
            "num_branches": branches,
            "covered_branches": ran,
        }
    }
