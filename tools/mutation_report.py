"""What became of the mutants of a module, and what docs/mutation.md says about the survivors."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypedDict

from tools.mutants import Mutant
from tools.mutation_scope import WHOLE

SURVIVED, ENDLESS = "survived", "timeout"
EQUIVALENT = "equivalent"
LEFT = "left"

_CELL = re.compile(r"(?<!\\)\|")


class Change(NamedTuple):
    """A change by the text of its source, so that it is the same when lines move."""

    module: str
    before: str
    after: str


class Shown(TypedDict):
    """A report as JSON."""

    module: str
    mutants: int
    killed: int
    timeouts: int
    """Those of the killed that ran without end."""
    survived: int
    equivalent: int
    score: float
    floor: float
    kept: bool
    survivors: list[dict[str, str | int]]


def argued(page: str) -> dict[Change, str]:
    """Return the verdict, equivalent or left, of every change that a table of `page` argues."""
    verdicts: dict[Change, str] = {}
    for line in page.splitlines():
        cells = [_plain(cell) for cell in _CELL.split(line.strip())[1:-1]]
        if len(cells) == 5 and cells[3] in {EQUIVALENT, LEFT}:  # noqa: PLR2004 - the table's columns
            verdicts[Change(*cells[:3])] = cells[3]
    return verdicts


def row(mutant: Mutant) -> str:
    """Return the beginning of the row that would argue `mutant`."""
    cells = (f"`{text}`" for text in (mutant.module, mutant.before, mutant.after))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def change(mutant: Mutant) -> Change:
    """Return what `mutant` is argued by."""
    return Change(mutant.module, mutant.before, mutant.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of one module."""

    module: str
    floor: float
    outcomes: Sequence[tuple[Mutant, str]]
    verdicts: dict[Change, str] = field(default_factory=dict)

    @property
    def survivors(self) -> list[tuple[Mutant, str]]:
        """Return what no test noticed, each with its verdict, or an empty one."""
        return [
            (mutant, self.verdicts.get(change(mutant), ""))
            for mutant, outcome in self.outcomes
            if outcome == SURVIVED
        ]

    @property
    def killed(self) -> int:
        """Return how many changes the tests noticed."""
        return len(self.outcomes) - len(self.survivors)

    @property
    def score(self) -> float:
        """Return the per cent noticed of what is not argued to be equivalent."""
        equivalent = sum(verdict == EQUIVALENT for _, verdict in self.survivors)
        possible = len(self.outcomes) - equivalent
        return 100 * self.killed / possible if possible else 100.0

    def is_kept(self) -> bool:
        """Return whether the module holds its floor."""
        if self.floor >= WHOLE:
            return all(verdict for _, verdict in self.survivors)
        return self.score >= self.floor

    def stale(self) -> list[Change]:
        """Return what is argued for this module and did not survive, or is no mutant any more."""
        alive = {change(mutant) for mutant, _ in self.survivors}
        return [one for one in self.verdicts if one.module == self.module and one not in alive]

    def sentence(self) -> str:
        """Return the figures in one line."""
        survived = len(self.survivors)
        equivalent = sum(verdict == EQUIVALENT for _, verdict in self.survivors)
        verdict = "" if self.is_kept() else f"  below {self.floor:.0f} %"
        return (
            f"{self.module:32} {len(self.outcomes):5} {self.killed:6} {survived:8} "
            f"{equivalent:10} {self.score:7.1f} %{verdict}"
        )

    def lines(self) -> Iterator[str]:
        """Yield the figures, and each survivor that is not argued."""
        yield self.sentence()
        for mutant, verdict in self.survivors:
            if not verdict:
                yield f"  {self.module}:{mutant.line}: {row(mutant)}"
        for one in self.stale():
            yield f"  argued in docs/mutation.md, but noticed or gone: {one.before} -> {one.after}"

    def shown(self) -> Shown:
        """Return the figures and all survivors as JSON can hold them."""
        return Shown(
            module=self.module,
            mutants=len(self.outcomes),
            killed=self.killed,
            timeouts=sum(outcome == ENDLESS for _, outcome in self.outcomes),
            survived=len(self.survivors),
            equivalent=sum(verdict == EQUIVALENT for _, verdict in self.survivors),
            score=round(self.score, 2),
            floor=self.floor,
            kept=self.is_kept(),
            survivors=[
                {"line": one.line, "before": one.before, "after": one.after, "verdict": verdict}
                for one, verdict in self.survivors
            ],
        )


HEADING = f"{'module':32} {'made':>5} {'killed':>6} {'survived':>8} {'equivalent':>10} {'score':>9}"


def _plain(cell: str) -> str:
    return cell.strip().replace("\\|", "|").removeprefix("`").removesuffix("`")
