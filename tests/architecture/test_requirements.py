"""The locked requirements agree with `pyproject.toml`, carry hashes and name no index."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.source import ROOT

LOCKS = tuple(sorted((ROOT / "requirements").glob("*.txt")))
MANDATORY_MAX = 14


def locked(text: str) -> list[Requirement]:
    """Return the requirements of a lock file."""
    return [Requirement(line.rstrip(" \\")) for line in text.splitlines() if line[:1].isalnum()]


def unhashed(text: str) -> list[str]:
    """Return the requirements of a lock file that accept any content."""
    blocks = re.split(r"(?m)^(?=\S)", text)
    return [
        block.splitlines()[0]
        for block in blocks
        if block.strip() and not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)
    ]


def unmet(declared: Iterable[str], lock: Iterable[Requirement]) -> list[str]:
    """Return the declared dependencies that `lock` does not hold in a version they accept."""
    pins = [
        (canonicalize_name(pin.name), Version(next(iter(pin.specifier)).version)) for pin in lock
    ]
    return [
        line
        for line in declared
        if not any(
            name == canonicalize_name(Requirement(line).name)
            and version in Requirement(line).specifier
            for name, version in pins
        )
    ]


def _declared() -> tuple[list[str], list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    mandatory = list(project["dependencies"])
    return mandatory, [
        line for extra in project["optional-dependencies"].values() for line in extra
    ]


def _lock(name: str) -> str:
    return (ROOT / "requirements" / name).read_text()


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_lock_is_hashed_and_names_nothing_but_packages(path: Path) -> None:
    """OP-02."""
    text = path.read_text()

    assert unhashed(text) == []
    assert [line for line in text.splitlines() if not line.startswith("    --hash=sha256:")] == [
        line for line in text.splitlines() if line[:1].isalnum() and "==" in line
    ]


def test_locks_meet_what_the_project_declares() -> None:
    """OP-02: a dependency that was added has been locked too."""
    mandatory, optional = _declared()

    assert unmet(mandatory, locked(_lock("runtime.txt"))) == []
    assert unmet(mandatory + optional, locked(_lock("dev.txt"))) == []


def test_users_and_engineers_get_the_same_versions() -> None:
    assert {str(pin) for pin in locked(_lock("runtime.txt"))} <= {
        str(pin) for pin in locked(_lock("dev.txt"))
    }


def test_the_second_numpy_is_another_minor_version() -> None:
    minors = {
        Version(next(iter(pin.specifier)).version).release[:2]
        for name in ("dev.txt", "numpy-other.txt")
        for pin in locked(_lock(name))
        if pin.name == "numpy"
    }

    assert len(minors) > 1


def test_mandatory_dependencies_stay_few() -> None:
    """OP-04."""
    assert len(_declared()[0]) <= MANDATORY_MAX


def test_checks_find_a_planted_loose_or_stale_lock() -> None:
    loose = "numpy==2.4.6\npandas==3.1.1 \\\n    --hash=sha256:" + "0f" * 32 + "\n"

    assert unhashed(loose) == ["numpy==2.4.6"]
    assert unmet(["numpy>=2.5", "pandas>=3"], locked(loose)) == ["numpy>=2.5"]
    assert unmet(["polars"], locked(loose)) == ["polars"]
