"""Keys that every test runs with, and that nothing of it may show: no log, record, page or report.

They stand in the environment, from where child processes inherit them. At the end of a run every
file that the tests have left in their temporary folders is searched for them, and what was said
while they ran as it is reported.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from alchemiser.adapters.secrets.env import VARIABLES

# Written in parts, so that the text of this file is no place where they turn up.
KEY_ID: Final = "PK" + "CANARY" * 3
SECRET_KEY: Final = "canary/" + "Qz7" * 11
WORDS: Final = (KEY_ID, SECRET_KEY)
_CHUNK: Final = 1 << 20


def told(text: str, words: Iterable[str] = WORDS) -> list[str]:
    """Return those of `words` that `text` tells."""
    return [word for word in words if word in text]


def leaks(folder: Path, words: Iterable[str] = WORDS) -> list[Path]:
    """Return each file below `folder` that holds one of `words`, sorted."""
    wanted = [word.encode() for word in words]
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(path for path in files if _holds(path, wanted))


def _holds(path: Path, words: list[bytes]) -> bool:
    overlap = max(map(len, words))
    rest = b""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                text = rest + chunk
                if any(word in text for word in words):
                    return True
                rest = text[-overlap:]
    except OSError:
        return False  # a file that its test has locked away
    return False


class CanaryWatch:
    """Put the keys into the environment, and fail the run in which one turns up."""

    def __init__(self, config: pytest.Config) -> None:
        """Watch the run of `config`."""
        self._config = config
        self._reports: list[str] = []
        os.environ.update(zip(VARIABLES, WORDS, strict=True))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Search what a test has printed and logged."""
        if any(told(text) for _, text in report.sections):
            self._reports.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Search what the tests have left; with several processes the first does it for all."""
        factory: pytest.TempPathFactory | None = getattr(self._config, "_tmp_path_factory", None)
        if factory is None or hasattr(self._config, "workerinput"):
            return
        found = [*self._reports, *map(str, leaks(factory.getbasetemp()))]
        if found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            self._reports = found

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where a key was found."""
        if self._reports:
            terminalreporter.section("a key was told", red=True)
            for place in self._reports:
                terminalreporter.line(place)
