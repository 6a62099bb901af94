"""How the numbered cases went, for people."""

from collections.abc import Mapping, Sequence

from rich.console import Console

from alchemiser.entrypoints.cli.pieces import plain
from alchemiser.testing.contracts.running import Result


def cases(console: Console, results: Sequence[Result], left_out: Mapping[str, str]) -> None:
    """Print a case a line: what must hold, and what was seen instead where it does not."""
    for one in results:
        seen = "" if one.ok else f": {one.message}"
        console.print(plain(f"{'ok  ' if one.ok else 'FAIL'} {one.id}: {one.says}{seen}"))
    for number, why in sorted(left_out.items()):
        console.print(plain(f"left {number}: {why}"))
    held = sum(one.ok for one in results)
    console.print(plain(f"{held} of {len(results)} cases hold"))
