"""The entry point, which imports nothing before Ctrl-C can end it quietly."""

import sys
from collections.abc import Sequence

from alchemiser.entrypoints.cli.interrupting import INTERRUPTED, Leaving, over


def main() -> None:
    """Run the command line of this process."""
    try:
        with Leaving():
            from alchemiser.entrypoints.cli.running import carry_out
        code = over(carry_out(sys.argv[1:]))
    except KeyboardInterrupt:  # between the two
        code = over(INTERRUPTED)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Carry out `arguments` and return the exit code."""
    from alchemiser.entrypoints.cli import running

    return running.run(arguments)
