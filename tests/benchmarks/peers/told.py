"""What a contender is asked and what it answers.

Standard library and numpy only: the engines that are compared import it in environments of their
own. A contender is a module with `run(name, folder, words)`; it is a process of its own each time.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import process_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Tell what one process of a contender came to.

    Attributes:
        seconds: Processor time of the work alone, after `warm` runs of it.
        figures: What it ended with; contenders that end otherwise are not comparable.
        memory: The most memory that the process held, MB.
    """

    seconds: float
    figures: tuple[float, ...]
    memory: int

    @classmethod
    def of(cls, text: str) -> "Told":
        """Return what the last line of `text` wrote out."""
        told = json.loads(text.splitlines()[-1])
        return cls(**{**told, "figures": tuple(told["figures"])})


Work = Callable[[], tuple[float, ...]]
"""Does the work once, and returns the figures that it ends with."""


def timed(work: Work, warm: int) -> Told:
    """Return what the last of `warm` + 1 runs of `work` took."""
    for _ in range(warm):
        work()
    begun = process_time()
    figures = work()
    seconds = process_time() - begun
    return Told(seconds=seconds, figures=figures, memory=_memory())


def _memory() -> int:
    """Return the most memory that this process held, MB.

    What the system reckons for its user holds that of the parent, too, as of its fork.
    """
    about = Path("/proc/self/status")
    if not about.exists():
        return getrusage(RUSAGE_SELF).ru_maxrss // 1024
    lines = dict(line.split(":", 1) for line in about.read_text().splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) // 1024


def answer(prepare: Callable[[Path, tuple[str, ...]], Work]) -> None:
    """Do what the command line asks, `FOLDER WARM [WORD…]`, and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("warm", type=int)
    parser.add_argument("words", nargs="*")
    asked = parser.parse_args()
    told = timed(prepare(asked.folder, tuple(asked.words)), asked.warm)
    sys.stdout.write(json.dumps(asdict(told)) + "\n")
