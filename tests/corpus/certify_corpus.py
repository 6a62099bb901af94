"""Certify every strategy of the corpus, and tell what was found of which.

Run by `make certify-corpus`: a row a strategy, then the rate of detection. The exit code is 1 when
less than 95 % of the cheats are refused, or a clean strategy is.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from alchemiser.application.certification.certify import certify
from alchemiser.container.certification import Thoroughness, build_certification
from alchemiser.domain.values.errors import AlchemiserError

HERE = Path(__file__).parent
DETECTED_MIN = 0.95
MISSED = frozenset({"dates_mined_salt", "slow_growing"})
"""Cheats that no certification finds, or only one of many more cuts; docs/certification.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Tell what became of one strategy; `found` is empty when it is certified."""

    name: str
    cheats: bool
    found: str


def judge(file: Path, cuts: int) -> Verdict:
    """Return the verdict on the strategy in `file`."""
    try:
        how = Thoroughness(cuts=cuts)
        report = certify(*build_certification(None, file, how), hasty=True)
    except AlchemiserError as error:
        found = f"cannot be built: {error}"
    else:
        found = next((f"{one.id}: {one.message}" for one in report.checks if not one.ok), "")
    return Verdict(name=file.stem, cheats=file.parent.name == "cheats", found=found)


def strategies(kind: str) -> list[Path]:
    """Return the files of a `kind`, sorted."""
    return sorted(path for path in (HERE / kind).glob("*.py") if path.name != "__init__.py")


def judged(kind: str, cuts: int, workers: int) -> list[Verdict]:
    """Return the verdicts on all strategies of a `kind`; each runs in processes of its own."""

    def verdict(file: Path) -> Verdict:
        found = judge(file, cuts)
        sys.stderr.write(f"{kind}/{file.stem}: {found.found or 'certified'}\n")
        return found

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(verdict, strategies(kind)))


def show(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Print a row a strategy."""
    table = Table("Strategy", "Kind", "Verdict", "First finding", box=SIMPLE_HEAD, pad_edge=False)
    for one in verdicts:
        kind = "cheat" if one.cheats else "clean"
        table.add_row(one.name, kind, "refused" if one.found else "certified", one.found[:110])
    console.print(table)


def main() -> int:
    """Print the table and the rates; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    verdicts = [
        one for kind in ("cheats", "clean") for one in judged(kind, given.cuts, given.workers)
    ]
    console = Console(width=180, highlight=False)
    show(console, verdicts)
    cheats = [one for one in verdicts if one.cheats]
    caught = sum(bool(one.found) for one in cheats)
    wronged = [one.name for one in verdicts if not one.cheats and one.found]
    console.print(
        f"{caught} of {len(cheats)} cheats refused ({caught / len(cheats):.1%}), "
        f"{len(wronged)} of {len(verdicts) - len(cheats)} clean strategies refused"
    )
    missed = [one.name for one in cheats if not one.found]
    console.print(f"missed: {', '.join(missed) or 'none'}")
    console.print(f"wrongly refused: {', '.join(wronged) or 'none'}")
    return 0 if caught >= DETECTED_MIN * len(cheats) and not wronged else 1


if __name__ == "__main__":
    sys.exit(main())
