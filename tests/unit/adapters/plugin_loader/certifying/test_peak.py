"""The most memory that a process has had is its own, whoever began it."""

import subprocess
import sys

from alchemiser.adapters.plugin_loader.certifying.peak import peak

LARGE = 1 << 29
BEGUN = """
import subprocess, sys
held = b"x" * int(sys.argv[1])
del held
told = "from alchemiser.adapters.plugin_loader.certifying.peak import peak; print(peak())"
print(subprocess.run([sys.executable, "-c", told], check=True, capture_output=True).stdout.decode())
"""


def test_memory_of_whoever_began_a_process_is_not_its_own() -> None:
    """ST-04: Linux counts it to the process's own, where it is asked by `getrusage`."""
    command = [sys.executable, "-c", BEGUN, str(LARGE)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours

    assert 0 < int(done.stdout) < LARGE // 2


def test_what_was_held_for_a_moment_counts() -> None:
    """ST-04."""
    before = peak()
    held = b"x" * (before + LARGE)
    del held

    assert peak() > before + LARGE // 2
