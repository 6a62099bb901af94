"""Contenders that take turns at one task, each time in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Final

from rich.box import SIMPLE
from rich.table import Table

from tests.benchmarks.peers.told import Told

ROOT: Final = Path(__file__).resolve().parents[3]
PEERS: Final = ROOT / ".cache" / "peers"
WITHIN: Final = 1e-6
"""How far the figures of contenders may be apart, relatively."""
_ONE_THREAD: Final = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA", "ARROW")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Name who takes part.

    Attributes:
        name: What it is called.
        module: What is run, in this folder.
        words: What the module is told besides the task.
        kind: Contenders of one kind must end with the same figures; "" with no one's.
        warm: Runs before the one that is timed, in the same process.
        rounds: How often it takes its turn, or 0: whenever there is a turn.
    """

    name: str
    module: str
    words: tuple[str, ...] = ()
    kind: str = ""
    warm: int = 1
    rounds: int = 0

    @property
    def is_ours(self) -> bool:
        """Say whether it is this engine."""
        return self.module.startswith("ours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Tell how one turn went; `process` is the processor time of the whole process, seconds."""

    told: Told
    process: float


@dataclass(slots=True, kw_only=True)
class Course:
    """Gather the turns of one contender."""

    contender: Contender
    turns: list[Turn] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        """Return the median of the work alone."""
        return median(turn.told.seconds for turn in self.turns) * 1e3

    @property
    def process(self) -> float:
        """Return the median of the whole process, seconds."""
        return median(turn.process for turn in self.turns)

    @property
    def figures(self) -> tuple[float, ...]:
        """Return what its last turn ended with."""
        return self.turns[-1].told.figures


def contest(contenders: Sequence[Contender], task: Path, rounds: int) -> list[Course]:
    """Let `contenders` take turns at the task in the folder `task`, on one processor."""
    courses = [Course(contender=one) for one in contenders]
    for number in range(rounds):
        for course in courses:
            if number < (course.contender.rounds or rounds):
                course.turns.append(turn(course.contender, task))
    return courses


def turn(contender: Contender, task: Path) -> Turn:
    """Run one contender once."""
    paths = (ROOT / "src", ROOT) if contender.is_ours else (PEERS, ROOT)
    path = os.pathsep.join(map(str, paths))
    before = getrusage(RUSAGE_CHILDREN)
    module = f"tests.benchmarks.peers.{contender.module}"
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, str(task), str(contender.warm), *contender.words],
        cwd=ROOT,
        env={**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    after = getrusage(RUSAGE_CHILDREN)
    process = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Turn(told=Told.of(done.stdout), process=process)


def agrees(course: Course, courses: Sequence[Course]) -> bool:
    """Say whether `course` ended with what ours of its kind ended with, or is of no kind."""
    kind = course.contender.kind
    peers = [one for one in courses if one.contender.kind == kind and one.contender.is_ours]
    return all(
        len(one.figures) == len(course.figures)
        and all(
            isclose(mine, theirs, rel_tol=WITHIN)
            for mine, theirs in zip(course.figures, one.figures, strict=True)
        )
        for one in peers
        if kind
    )


def table(title: str, courses: Sequence[Course]) -> Table:
    """Return what came of a contest; how many times ours each took, against our first."""
    shown = Table(title=title, box=SIMPLE)
    shown.add_column("engine", no_wrap=True)
    heads = ("ms", "spread", "times ours", "process, s", "times ours", "MB", "ends with")
    for head in heads:
        shown.add_column(head, justify="right", no_wrap=True)
    base = next(one for one in courses if one.contender.is_ours)
    for course in courses:
        shown.add_row(course.contender.name, *_cells(course, base, courses))
    return shown


def _cells(course: Course, base: Course, courses: Sequence[Course]) -> Sequence[str]:
    if not agrees(course, courses):
        return ("void: it ends with", f"{course.figures[0]:,.2f}")
    times = [turn.told.seconds * 1e3 for turn in course.turns]
    whole = course.process / base.process
    return (
        f"{course.milliseconds:,.2f}",
        f"{min(times):,.2f}..{max(times):,.2f}",
        f"{course.milliseconds / base.milliseconds:,.2f}",
        f"{course.process:.2f}",
        f"{whole:,.2f}",
        f"{max(turn.told.memory for turn in course.turns):,}",
        f"{course.figures[0]:,.2f}",
    )
