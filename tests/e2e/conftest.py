"""The command line as its users meet it: a process, a folder, two streams and an exit code."""

import csv
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from alchemiser.adapters.sessions.table import SessionTable
from tests.canary import told
from tests.e2e.nursery import SECONDS, Nursery

FIRST, LAST = date(2024, 6, 3), date(2024, 8, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Hold what one call of the command line left behind."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        """Return the one JSON object on the standard output."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    def sentence(self) -> str:
        """Return the one sentence on the error stream, proved to be one and no traceback."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0]


Cli = Callable[..., Ended]


@pytest.fixture(scope="session")
def plugin_path(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a PYTHONPATH on which the package and its plugins are, installed or not."""
    metadata = tmp_path_factory.mktemp("installed")
    places = [project_root / "src", metadata]
    for file in sorted(project_root.glob("plugins/*/pyproject.toml")):
        project = tomllib.loads(file.read_text())["project"]
        name = project["name"].replace("-", "_")
        folder = metadata / f"{name}-{project['version']}.dist-info"
        folder.mkdir()
        folder.joinpath("METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        )
        points = project["entry-points"]["alchemiser"]
        lines = [f"{key} = {value}" for key, value in points.items()]
        folder.joinpath("entry_points.txt").write_text("\n".join(["[alchemiser]", *lines, ""]))
        places.append(file.parent / "src")
    return os.pathsep.join(map(str, places))


@pytest.fixture(scope="session")
def nursery(plugin_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Return what forks calls of the command line."""
    environment = os.environ | {"PYTHONPATH": plugin_path, "COLUMNS": "80"}
    nursery = Nursery(environment, tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.close()


@pytest.fixture
def environment(plugin_path: str, tmp_path: Path) -> dict[str, str]:
    """Return an environment in which nothing of this machine's user is touched."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return os.environ | {
        "PYTHONPATH": plugin_path,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "TMPDIR": str(scratch),
        "COLUMNS": "80",
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty folder to work in."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def cli(environment: dict[str, str], home: Path, nursery: Nursery) -> Cli:
    """Return a function that calls `alchemiser` with its arguments, in the folder `home`.

    A call whose `extra` environment changes how an interpreter starts is one that starts.
    """

    def call(*arguments: str, extra: Mapping[str, str] | None = None) -> Ended:
        extra = extra or {}
        starts = any(name.startswith("PYTHON") for name in extra)
        run = started if starts else nursery.call
        code, out, err = run(arguments, home, environment | dict(extra))
        assert told(f"{out}{err}") == []
        return Ended(code=code, out=out, err=err)

    return call


def inputs_taken(cli: Cli) -> dict[str, Any]:
    """Return what the only session on record was decided on."""
    lines = [json.loads(line) for line in cli("journal", "export").out.splitlines()]
    (taken,) = (line["data"] for line in lines if line["type"] == "InputsTaken")
    found: dict[str, Any] = json.loads(taken) if isinstance(taken, str) else taken
    return found


def started(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[int, str, str]:
    """Run `python -m alchemiser` with `arguments` in `folder`: its exit code and what it said."""
    child = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "alchemiser", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        env=environment,
        text=True,
        timeout=SECONDS,
    )
    return child.returncode, child.stdout, child.stderr


@dataclass(frozen=True, slots=True)
class World:
    """Hold a folder with a configuration, bars of SPY and AGG, and one enabled strategy."""

    home: Path

    def config(self, text: str = "", *, strategies: str | None = None, path: str = "bars") -> None:
        """Write the configuration: the usual one, or other strategies and bars, with `text`."""
        usual = '[strategies.sixty-forty]\nplugin = "alchemiser-sixty-forty"\nweight = 0.97\n'
        data = f'[data]\nadapter = "files"\npath = "{path}"\n'
        self.home.joinpath("alchemiser.toml").write_text(
            f"{data}{usual if strategies is None else strategies}{text}"
        )

    def bars(self, name: str, *, column: str = "close", bad: tuple[str, str] = ("", "")) -> None:
        """Write the bars of `name`; the close of the day `bad[0]` is the text `bad[1]`."""
        folder = self.home / "bars"
        folder.mkdir(exist_ok=True)
        with folder.joinpath(f"{name}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["session", column])
            for number, session in enumerate(SessionTable().sessions(FIRST, LAST)):
                day = session.day.isoformat()
                price = f"{(len(name) + ord(name[0])) * (1 + number / 500):.4f}"
                rows.writerow([day, bad[1] if day == bad[0] else price])

    def files(self) -> dict[str, bytes]:
        """Return every file but the inputs, with its content."""
        return {
            path.relative_to(self.home).as_posix(): path.read_bytes()
            for path in self.home.rglob("*")
            if path.is_file() and path.name != "alchemiser.toml" and path.parent.name != "bars"
        }


@pytest.fixture
def world(home: Path) -> World:
    """Return a folder in which `run --as-of 2024-07-09` is a whole trading day."""
    made = World(home)
    made.config()
    for name in ("SPY", "AGG"):
        made.bars(name)
    return made
