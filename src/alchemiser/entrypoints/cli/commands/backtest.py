"""`backtest`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Final

from alchemiser.application.backtest import backtest as run_backtest
from alchemiser.application.backtest_report import BacktestReport, EngineName
from alchemiser.application.fast import fast_backtest
from alchemiser.application.reports.backtest import backtest_document
from alchemiser.container import build_backtest, build_kernels, build_report_writer
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.entrypoints.cli.backtest_json import backtest as document
from alchemiser.entrypoints.cli.backtest_table import backtest as table
from alchemiser.entrypoints.cli.commands.shared import answer, day, progress, settings_if_any
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.origin import origin
from alchemiser.entrypoints.cli.speech import warn

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
        [chosen(text) for text in strategies],
        data=data,
        period=(day(period[0], "--start"), day(period[1], "--end")),
        risk=risk,
        benchmark=None if benchmark is None else _symbol(benchmark),
    )
    setup = replace(setup, kernels=build_kernels(say_compiling))
    with progress("sessions") as step:
        report = run(setup, step)
    if writer is not None:
        writer.write(backtest_document(report, origin()))
    warn_of_splits(report)
    answer(common, document(report), lambda console: table(console, report))
    return 0


def warn_of_splits(report: BacktestReport) -> None:
    """Say on the error stream where the source seems not to have adjusted for a split."""
    if report.problems:
        first, *others = report.problems
        more = f" There are {len(others) + 1} such moves: data check lists them." if others else ""
        warn(f"{first.text}{more}")


@cache  # once, whatever is compiled
def say_compiling() -> None:
    """Say on a terminal that it takes a while this time."""
    if sys.stderr.isatty():
        sys.stderr.write("Compiling the fast engine; this happens once.\n")


def chosen(text: str) -> tuple[str, Decimal | None]:
    """Return the strategy and the weight that `text` names, `ID` or `ID=WEIGHT`.

    Raises:
        SettingsError: When the weight is no number.
    """
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
