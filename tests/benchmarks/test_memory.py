"""The memory of the live pipeline is flat, session after session."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.bench_memory import CACHE_BYTES

SESSIONS = 100
"""`make bench-memory` trades a thousand."""
GROWTH_MAX = 0.03


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
    assert found["growth"] <= GROWTH_MAX, found
    assert 0.9 * CACHE_BYTES <= found["cached"] <= CACHE_BYTES
