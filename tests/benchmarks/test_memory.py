"""The memory of the live pipeline is flat, session after session."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.bench_memory import CACHE_BYTES

SESSIONS = 200
"""`make bench-memory` trades a thousand; either measures from the hundredth on."""
GROWTH_MAX = {"memory": 0.03, "objects": 0.002, "blocks": 0.006}
"""Two objects kept a session would be more than that, or twenty numbers in one that is kept."""


@pytest.mark.timeout(900)
def test_memory_is_flat_over_many_sessions(
    project_root: Path, bare_environment: dict[str, str]
) -> None:
    """DA-05: in a process of its own, so that it is nobody else's memory."""
    ended = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "tests.benchmarks.bench_memory", str(SESSIONS)],
        cwd=project_root,
        env=bare_environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=840,
    )

    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["sessions"] == SESSIONS
    assert found["fills"] > SESSIONS
    assert found["growth"].keys() == GROWTH_MAX.keys()
    assert all(found["growth"][name] <= most for name, most in GROWTH_MAX.items()), found
    assert 0.9 * CACHE_BYTES <= found["cached"] <= CACHE_BYTES
