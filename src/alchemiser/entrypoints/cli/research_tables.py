"""Many variants, for people."""

import math
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from alchemiser.application.regimes import RegimeFigures
from alchemiser.application.reports.words import SELECTED, begun, counted, told
from alchemiser.application.research.evidence import Evidence
from alchemiser.application.research.sweep import Surface, SweepReport, Trial
from alchemiser.application.research.walk_forward import WalkForwardReport
from alchemiser.entrypoints.cli import pieces
from alchemiser.entrypoints.cli.backtest_table import backtest, number, percent
from alchemiser.entrypoints.cli.pieces import plain

SHOWN: Final = 10
"""The best so many are shown."""
_SHADES: Final = ("grey30", "grey50", "grey70", "white", "bold white")


def sweep(console: Console, report: SweepReport) -> None:
    """Print how a sweep went."""
    order = sorted(report.trials, key=lambda one: -_or_least(one.figure))
    rows = [_trial(one, report.by) for one in order[:SHOWN]]
    columns = (
        "variant",
        ">chosen by",
        ">growth",
        ">Sharpe",
        ">largest fall",
        ">turnover",
        ">gained",
    )
    pieces.grid(console, columns, rows)
    if len(order) > SHOWN:
        console.print(plain(f"{len(order) - SHOWN} more: see --json."))
    stranded = sum(bool(one.stranded) for one in report.trials)
    if stranded:
        held = counted(stranded, "variant")
        console.print(plain(f"What has no price at the end is held by {held}: see --json."))
    if report.surface is not None:
        _surface(console, report.surface, report.by)
    _evidence(console, report.evidence)
    known = any(math.isfinite(one.figure) for one in report.trials)
    found = "The best" if known else "None has a figure to choose by; the first"
    console.print(plain(f"\n{found}: {report.chosen}"))
    backtest(console, report.best)
    _regimes(console, report.regimes)
    _ending(console, report.failures, report.digest, report.taken_up)


def walk_forward(console: Console, report: WalkForwardReport) -> None:
    """Print how a walk forward went."""
    columns = ("trained from", "tested from", "to", "chosen", f">{report.by}", ">then", ">earned")
    rows = [
        (
            f"{one.train[0]}",
            f"{one.test[0]}",
            f"{one.test[1]}",
            one.chosen,
            _figure(one.inside, report.by),
            _figure(one.outside, report.by),
            percent(one.earned),
        )
        for one in report.stretches
    ]
    pieces.grid(console, columns, rows)
    console.print(
        plain(
            f"{begun(SELECTED[report.by][0])}: {_figure(report.inside, report.by)} where it was "
            f"chosen on average, {_figure(report.outside, report.by)} in all tests together; "
            f"{percent(report.won)} of the tests earned money."
        )
    )
    _evidence(console, report.evidence)
    console.print(plain("\nAll tests in one"))
    backtest(console, report.course)
    _regimes(console, report.regimes)
    _ending(console, report.failures, report.digest, report.taken_up)


def _figure(value: float, by: str) -> str:
    return told(value, SELECTED[by][1])


def _trial(one: Trial, by: str) -> Sequence[str]:
    return (
        one.label,
        _figure(one.figure, by),
        percent(one.cagr),
        number(one.sharpe),
        percent(one.max_drawdown),
        number(one.turnover),
        percent(one.hit_rate),
    )


def _evidence(console: Console, one: Evidence) -> None:
    tried = (
        f"tried {one.trials:,}, worth {number(one.independent)} independent ones; the best is "
        f"more than luck with {percent(one.deflated_sharpe)}, and what was best in one half was "
        f"below the middle of the other in {percent(one.overfitting)} of the cases"
    )
    if one.trials > 1 and math.isfinite(one.deflated_sharpe):
        console.print(plain(tried), soft_wrap=True)
    console.print(plain(one.verdict), soft_wrap=True)


def _surface(console: Console, one: Surface, by: str) -> None:
    """Print the figures as a table whose shades tell high from low."""
    first, second = one.axes
    known = sorted(cell for row in one.figures for cell in row if math.isfinite(cell))
    console.print(
        plain(f"{begun(SELECTED[by][0])} by {first.label} (down) and {second.label} (across)")
    )
    cells = [[_figure(cell, by) for cell in row] for row in one.figures]
    wide = [*map(str, second.values), *(cell for row in cells for cell in row)]
    width = max(7, *(len(text) + 2 for text in wide))
    side = max(len(str(value)) for value in first.values)
    head = "".join(f"{value!s:>{width}}" for value in second.values)
    console.print(plain(" " * side + head), soft_wrap=True)
    for value, row, texts in zip(first.values, one.figures, cells, strict=True):
        line = Text(f"{value!s:>{side}}")
        for cell, text in zip(row, texts, strict=True):
            line.append(f"{text:>{width}}", style=_shade(cell, known))
        console.print(line, soft_wrap=True)


def _shade(cell: float, known: Sequence[float]) -> str:
    if not math.isfinite(cell):
        return ""
    below = sum(one < cell for one in known)
    return _SHADES[below * len(_SHADES) // len(known)]


def _regimes(console: Console, regimes: Sequence[RegimeFigures]) -> None:
    rows = [
        (
            one.kind,
            one.label,
            f"{one.sessions:,}",
            percent(one.earned),
            number(one.sharpe),
            percent(one.max_drawdown),
        )
        for one in regimes
    ]
    if rows:
        columns = ("market", "", ">sessions", ">earned a year", ">Sharpe", ">largest fall")
        pieces.grid(console, columns, rows)


def _ending(
    console: Console, failures: Sequence[tuple[str, str]], digest: str, taken_up: int
) -> None:
    for label, reason in failures:
        console.print(plain(f"failed: {label}: {reason}"))
    if taken_up:
        console.print(plain(f"{taken_up:,} results were there from before"))
    console.print(plain(f"digest of all {digest}"), soft_wrap=True)


def _or_least(value: float) -> float:
    return value if math.isfinite(value) else -math.inf
