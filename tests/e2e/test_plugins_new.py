"""A new package runs, tests itself and is found as it was written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Cli, World


def installed(folder: Path, name: str, plugin_path: str) -> dict[str, str]:
    """Return the environment's change that installs the package in `folder`."""
    package = name.replace("-", "_")
    metadata = folder / "src" / f"{package}-0.1.0.dist-info"
    metadata.mkdir()
    metadata.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n"
    )
    metadata.joinpath("entry_points.txt").write_text(f"[alchemiser]\n{name} = {package}\n")
    return {"PYTHONPATH": f"{plugin_path}{os.pathsep}{folder / 'src'}"}


@pytest.mark.parametrize("flavour", [[], ["--code"]], ids=["rules", "code"])
def test_new_package_is_found_tests_itself_and_decides(
    cli: Cli, world: World, plugin_path: str, tmp_path: Path, flavour: list[str]
) -> None:
    """ST-02, ST-04: within a minute from a name to a certified strategy."""
    made = cli("plugins", "new", "two-ways", "--into", str(tmp_path / "mine"), *flavour, "--json")
    folder = tmp_path / "mine" / "two-ways"
    assert made.code == 0
    assert json.loads(made.out)["files"] == [
        "README.md",
        "pyproject.toml",
        "src/two_ways/__init__.py",
        "src/two_ways/py.typed",
        "tests/test_two_ways.py",
    ]

    place = installed(folder, "two-ways", plugin_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    tests = subprocess.run(  # noqa: S603 - our own interpreter
        command,
        env={**os.environ, "PYTHONPATH": f"{place['PYTHONPATH']}{os.pathsep}{folder / 'src'}"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tests.returncode == 0, tests.stdout
    assert "5 passed" in tests.stdout

    listed = cli("plugins", "list", "--json", extra=place).json()["plugins"]
    assert "two-ways" in {row["plugin"] for row in listed}

    world.config(strategies='[strategies.two-ways]\nplugin = "two-ways"\nweight = 0.9\n')
    says = cli("signals", "--as-of", "2024-07-10", "--json", extra=place)
    assert says.json()["strategies"]["two-ways"]["state"] in {"decided", "undecided"}

    certified = cli("certify", "two-ways", "--cuts", "20", "--json", extra=place)
    assert certified.code == 0, certified.err
    assert certified.json()["certified"] is True


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Two", "is not a strategy name"),
        ("house", "is not a strategy name"),
        ("2-ways", "is not a strategy name"),
        ("two-", "end it with a letter or digit"),
        ("class", "class is a name that Python has already"),
        ("alchemiser", "choose another for the package"),
        ("numpy", "choose another for the package"),
    ],
)
def test_name_that_is_none_is_refused(cli: Cli, name: str, sentence: str) -> None:
    ended = cli("plugins", "new", name)

    assert ended.code == 2
    assert sentence in ended.err


def test_folder_that_exists_is_left_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "keep.txt").write_text("mine")

    ended = cli("plugins", "new", "mine", "--into", str(tmp_path))

    assert ended.code == 2
    assert "exists already" in ended.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["keep.txt"]
