"""Measure ours beside other engines, on the same tasks, in one run: `make bench`.

Everyone takes turns, in processes of their own, with one thread. Who does not end with the same
equity as ours has no figure. What a task is stands beside its contenders.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console

from tests.benchmarks.machine import machine
from tests.benchmarks.peers import branches_task, weights_task
from tests.benchmarks.peers.contest import PEERS, Contender, Course, agrees, contest, table
from tests.benchmarks.peers.indicators_task import WINDOWS

ROUNDS: Final = 5
_SETTLED: Final = 4
"""Runs after which memory is no longer asked of the system: what that costs is everyone's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Say what is compared.

    Attributes:
        name: How it is asked for.
        title: What it is about.
        write: Writes the task to a folder.
        contenders: Who takes part; ours first.
    """

    name: str
    title: str
    write: Callable[[Path], None]
    contenders: tuple[Contender, ...]


def _wide(folder: Path) -> None:
    weights_task.made_up(5_040, 500, by_volatility=True).save(folder)


def _with(module: str) -> tuple[Contender, ...]:
    """Return the engines that walk through sessions one by one, and take seconds for it."""
    return (
        Contender(name="bt, fractions, fees its way", module=f"bt_{module}"),
        Contender(
            name="backtrader, whole shares",
            module=f"backtrader_{module}",
            kind="whole",
            warm=0,
        ),
        Contender(
            name="NautilusTrader, whole shares",
            module=f"nautilus_{module}",
            kind="whole",
            warm=0,
        ),
    )


def _compiled(module: str) -> Contender:
    return Contender(
        name="ours, whole shares, compiled",
        module=f"ours_{module}",
        words=("whole", "compiled"),
        kind="whole",
    )


_DAILY: Final = Contender(
    name="ours, asked daily, whole shares",
    module="ours_daily",
    words=("whole", "compiled"),
    kind="whole",
)


def _quick(module: str) -> tuple[Contender, ...]:
    """Return ours, and what works on arrays."""
    ours = f"ours_{module}"
    return (
        Contender(name="ours, whole shares", module=ours, words=("whole",), kind="whole"),
        Contender(name="ours, fractions", module=ours, words=("fractions",), kind="parts"),
        Contender(name="vectorbt, fractions", module=f"vectorbt_{module}", kind="parts"),
    )


def _indicator(name: str, window: int) -> Match:
    other = "pandas" if name == "max_drawdown" else "TA-Lib"
    return Match(
        name="W3",
        title=f"W3: {name} of {window} sessions, 500 symbols x 5,040 sessions",
        write=_wide,
        contenders=(
            Contender(
                name="ours", module="ours_indicators", words=(name,), kind=name, warm=_SETTLED
            ),
            Contender(
                name="ours, compiled",
                module="ours_indicators",
                words=(name, "compiled"),
                kind=name,
                warm=_SETTLED,
            ),
            Contender(
                name=other,
                module="talib_indicators",
                words=(name,),
                kind=name,
                warm=0 if other == "pandas" else _SETTLED,
            ),
        ),
    )


MATCHES: Final = (
    Match(
        name="W1",
        title="W1: 30 symbols x 2,520 sessions, new weights daily, 5 bps",
        write=lambda folder: weights_task.made_up(2_520, 30).save(folder),
        contenders=(*_quick("weights"), _compiled("weights"), *_with("weights")),
    ),
    Match(
        name="W1b",
        title="W1b: 500 symbols x 5,040 sessions, inverse-volatility weights daily, 5 bps",
        write=_wide,
        contenders=(*_quick("weights"), _compiled("weights")),
    ),
    Match(
        name="W2",
        title="W2: a strategy of many branches with its indicators, 12 symbols x 2,520 sessions",
        write=lambda folder: branches_task.task().save(folder),
        contenders=(*_quick("branches"), _compiled("branches"), _DAILY, *_with("branches")),
    ),
    *(_indicator(name, window) for name, window in WINDOWS.items()),
    Match(
        name="W5",
        title="W5: 1,000 pairs of averages on each of 30 symbols x 2,520 sessions",
        write=lambda folder: weights_task.made_up(2_520, 30).save(folder),
        contenders=(
            Contender(
                name="ours, returns", module="ours_pairs", words=("arrays", "returns"), kind="one"
            ),
            Contender(
                name="ours, compiled, Sharpe ratios and falls", module="ours_pairs", kind="all"
            ),
            Contender(
                name="vectorbt, returns",
                module="vectorbt_pairs",
                words=("returns",),
                kind="one",
                rounds=1,
            ),
            Contender(
                name="vectorbt, Sharpe ratios and falls",
                module="vectorbt_pairs",
                kind="all",
                rounds=1,
            ),
        ),
    ),
)


def main(names: Sequence[str], rounds: int) -> None:
    """Hold the matches of these names, all by default; exit 1 when a row is void."""
    console = Console(width=130)
    console.print(machine())
    is_void = False
    for match in MATCHES:
        if not names or match.name in names:
            courses = held(match, rounds)
            console.print(table(match.title, courses))
            is_void |= not all(agrees(course, courses) for course in courses)
    console.print(
        f"Processor time of one thread, medians of {rounds} rounds in which all take turns; the "
        "work alone after one run to warm up\n(four in W3, none of engines that take seconds); "
        "then the whole process with its imports, its runs to warm up and the reading of the task."
    )
    if not _are_installed():
        console.print(
            "The engines to compare with are not installed: run "
            "`python3.11 tools/environment.py --with-peers`, which needs the package index."
        )
    sys.exit(is_void)


def held(match: Match, rounds: int) -> list[Course]:
    """Return how a match went."""
    contenders = [one for one in match.contenders if one.is_ours or _are_installed()]
    with TemporaryDirectory() as folder:
        match.write(Path(folder))
        return contest(contenders, Path(folder), rounds)


def _are_installed() -> bool:
    # The stamp is written last: half an installation is none.
    return (PEERS / ".locked").is_file()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure ours beside other engines.")
    parser.add_argument("matches", nargs="*", help="W1, W1b, W2, W3 or W5; all by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    main(asked.matches, asked.rounds)
