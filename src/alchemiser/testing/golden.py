"""A record of what a strategy decided, so that a change of its rules or of their evaluation shows.

```python
def test_decisions_are_those_on_record() -> None:
    check_golden(Path(__file__).with_name("golden.csv"), build(MyParams()), panel)
```

A record has one row for each stretch of sessions with the same decision: `first,last,decision`,
where the decision is `undecided`, or symbols with their weights, such as `EXC 0.5 LEU 0.5`. To
record anew, delete the file and run the test: it fails once and leaves the new record, to be read
and kept.
"""

import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.target import TargetPortfolio

_UNDECIDED: Final = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Tell a decision and between which sessions it was made, both included."""

    first: date
    last: date
    decision: str


def check_golden(file: Path, strategy: RuleStrategy, panel: BarPanel) -> None:
    """Compare what `strategy` decides at every session of `panel` with the record in `file`.

    Raises:
        AssertionError: When a decision differs, naming the first session at which one does; and
            when there is no record, after writing one.
    """
    found = list(zip(panel.sessions, _decisions(strategy, panel), strict=True))
    if not file.is_file():
        _write(file, _stretches(found))
        msg = f"{file.name} was missing and has been written: read it and run the test again."
        raise AssertionError(msg)
    difference = _difference(_read(file), found)
    if difference is not None:
        msg = f"{difference}: to record anew, delete {file.name} and run the test."
        raise AssertionError(msg)


def _decisions(strategy: RuleStrategy, panel: BarPanel) -> Iterator[str]:
    matrix = TreeEvaluator(panel).matrix(strategy.tree)
    for weights, decided in zip(matrix.weights, matrix.decided, strict=True):
        held = {str(matrix.symbols[i]): float(weights[i]) for i in np.flatnonzero(weights)}
        yield _text(TargetPortfolio.of(held)) if decided else _UNDECIDED


def _text(target: TargetPortfolio) -> str:
    return " ".join(f"{name} {weight.normalize():f}" for name, weight in target.weights)


def _difference(recorded: list[_Stretch], found: Iterable[tuple[date, str]]) -> str | None:
    starts = [stretch.first for stretch in recorded]
    session = None
    for session, decision in found:
        stretch = recorded[max(bisect_right(starts, session) - 1, 0)]
        known = stretch.first <= session <= stretch.last
        expected = stretch.decision if known else "nothing"
        if decision != expected:
            return f"{session} has {decision} and {expected} on record"
    if session != recorded[-1].last:
        return f"the bars end on {session} and the record on {recorded[-1].last}"
    return None


def _stretches(found: Iterable[tuple[date, str]]) -> Iterator[_Stretch]:
    for decision, days in groupby(found, key=lambda day: day[1]):
        sessions = [session for session, _ in days]
        yield _Stretch(first=sessions[0], last=sessions[-1], decision=decision)


def _read(file: Path) -> list[_Stretch]:
    with file.open(encoding="ascii", newline="") as lines:
        return [
            _Stretch(
                first=date.fromisoformat(row["first"]),
                last=date.fromisoformat(row["last"]),
                decision=row["decision"],
            )
            for row in csv.DictReader(lines)
        ]


def _write(file: Path, stretches: Iterable[_Stretch]) -> None:
    with file.open("w", encoding="ascii", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("first", "last", "decision"))
        writer.writerows((one.first, one.last, one.decision) for one in stretches)
