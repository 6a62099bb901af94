"""`backtest`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from alchemiser.application.backtest import backtest as run_backtest
from alchemiser.application.backtest_report import EngineName
from alchemiser.application.fast import fast_backtest
from alchemiser.application.reports.backtest import backtest_document
from alchemiser.container import build_backtest, build_report_writer
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.entrypoints.cli import as_json
from alchemiser.entrypoints.cli.backtest_table import backtest as table
from alchemiser.entrypoints.cli.commands.shared import answer, day, settings_if_any
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.origin import origin

RUNS: Final = {EngineName.EXACT: run_backtest, EngineName.FAST: fast_backtest}


def backtest(
    common: Common,
    strategies: Sequence[str],
    period: tuple[str | None, str | None],
    how: tuple[str, Path | None],
    world: tuple[Path | None, Path | None, str | None],
) -> int:
    """Run past sessions through the code that trades.

    Args:
        common: What every command takes.
        strategies: Each as ID or ID=WEIGHT.
        period: First and last session.
        how: By which engine it is computed, and where a report of it goes.
        world: Where bars are, whose limits hold, and what is compared with.

    Raises:
        SettingsError: When an option cannot be honoured.
        PortUnavailableError: When the report cannot be written.
    """
    engine, target = how
    run = RUNS.get(EngineName(engine)) if engine in set(EngineName) else None
    if run is None:
        msg = f"there is no engine {engine}: write --engine exact or --engine fast."
        raise SettingsError(msg)
    writer = None if target is None else build_report_writer(target)
    data, risk, benchmark = world
    setup = build_backtest(
        settings_if_any(common),
        [_chosen(text) for text in strategies],
        data=data,
        period=(day(period[0], "--start"), day(period[1], "--end")),
        risk=risk,
        benchmark=None if benchmark is None else _symbol(benchmark),
    )
    with _progress() as step:
        report = run(setup, step)
    if writer is not None:
        writer.write(backtest_document(report, origin()))
    answer(common, as_json.backtest(report), lambda console: table(console, report))
    return 0


def _chosen(text: str) -> tuple[str, Decimal | None]:
    name, given, weight = text.partition("=")
    try:
        return name, Decimal(weight) if given else None
    except InvalidOperation as error:
        msg = f"--strategy {text} has no number after '=': write a fraction, such as {name}=0.5."
        raise SettingsError(msg) from error


def _symbol(text: str) -> Symbol:
    try:
        return symbol(text)
    except InvalidValueError as error:
        msg = f"--benchmark: {error}"
        raise SettingsError(msg) from error


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the error stream, on a terminal only."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as progress:
        task = progress.add_task("sessions", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
