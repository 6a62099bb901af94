"""What decides, prices, sends and follows orders does not lean on one another (EX-08)."""

import ast
from itertools import permutations
from pathlib import Path

import pytest

APART = {
    "pricing": "domain.orders.pricing",
    "placing": "domain.execution.sending",
    "deciding to sell": "domain.portfolio.exits",
    "tracking": "domain.execution.following",
}


def imported(project_root: Path, module: str) -> set[str]:
    """Return the modules that `module` imports."""
    path = project_root / "src" / "alchemiser" / f"{module.replace('.', '/')}.py"
    return {
        node.module or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    }


@pytest.mark.parametrize(("one", "other"), list(permutations(APART, 2)))
def test_no_part_imports_another(project_root: Path, one: str, other: str) -> None:
    """EX-08."""
    assert f"alchemiser.{APART[other]}" not in imported(project_root, APART[one])
