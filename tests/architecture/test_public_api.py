"""`import alchemiser` is cheap, sorted and complete."""

import subprocess
import sys
from pathlib import Path

import pytest

import alchemiser

HEAVY = frozenset({"alpaca", "exchange_calendars", "pandas", "pyarrow"})


def imported_by(statement: str, *, environment: dict[str, str], root: Path) -> set[str]:
    """Return the top-level packages that a fresh interpreter loads for `statement`."""
    child = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-X", "importtime", "-c", statement],
        capture_output=True,
        check=True,
        cwd=root,
        env=environment | {"PYTHONPATH": str(root / "src")},
        text=True,
    )
    modules = (line.rpartition("|")[2].strip() for line in child.stderr.splitlines())
    return {module.partition(".")[0] for module in modules}


def test_public_names_are_sorted_and_present() -> None:
    assert alchemiser.__all__ == sorted(alchemiser.__all__)
    assert [name for name in alchemiser.__all__ if not hasattr(alchemiser, name)] == []


def test_public_names_are_listed_before_they_are_loaded() -> None:
    assert set(alchemiser.__all__) <= set(dir(alchemiser))


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="prophecy"):
        getattr(alchemiser, "prophecy")  # noqa: B009 - the name is unknown to the type checker


def test_importing_the_package_loads_nothing_heavy(
    bare_environment: dict[str, str], project_root: Path
) -> None:
    loaded = imported_by("import alchemiser", environment=bare_environment, root=project_root)

    assert "alchemiser" in loaded
    assert loaded & HEAVY == set()


def test_check_finds_a_heavy_import(bare_environment: dict[str, str], project_root: Path) -> None:
    loaded = imported_by("import pandas", environment=bare_environment, root=project_root)

    assert "pandas" in loaded & HEAVY
