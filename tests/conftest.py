"""What every test may ask for: the checkout, the recorded data, a clean child environment."""

import os
import shutil
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from tests.canary import CanaryWatch

ROOT = Path(__file__).resolve().parent.parent
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a file system, not a file
ROOM_MIN: Final = 4 << 30
"""What a whole run leaves behind is less, in bytes."""

settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, database=None, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_configure(config: pytest.Config) -> None:
    """Let every test run with keys that must not turn up anywhere, and in memory if there is room.

    A process that is killed loses nothing that it has written, on a disk or in memory; but a disk
    is waited for at each of the hundred thousand records that tests make durable.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_MIN:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    config.pluginmanager.register(CanaryWatch(config), "canary-watch")


@pytest.fixture(scope="session")
def project_root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data(project_root: Path) -> Path:
    """Return the folder of recorded market data beside the checkout, or skip."""
    folder = project_root.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no recorded market data: put it into ../shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session")
def other_numpy(project_root: Path) -> Path:
    """Return a folder for PYTHONPATH that holds numpy in a second version, or skip."""
    folder = project_root / ".cache" / "numpy-other"
    if not (folder / "numpy").is_dir():
        pytest.skip("no second numpy: `make test` installs it")
    return folder


@pytest.fixture
def bare_environment() -> dict[str, str]:
    """Return an environment for a child process whose run time or imports are measured.

    Coverage measures child processes too; here it would count against them.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COV")}
