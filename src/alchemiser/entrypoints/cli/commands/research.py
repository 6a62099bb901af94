"""`sweep` and `walk-forward`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from alchemiser.application.backtest import backtest
from alchemiser.application.backtest_report import BacktestReport, EngineName
from alchemiser.application.fast import fast_report
from alchemiser.application.fast_inputs import Follower
from alchemiser.application.reports.research import sweep_document, walk_forward_document
from alchemiser.application.research import sweep as sweeping
from alchemiser.application.research import walk_forward as walking
from alchemiser.application.research.trials import Strategies, decided_by
from alchemiser.container import (
    build_executor,
    build_finished_work,
    build_plan,
    build_report_writer,
)
from alchemiser.container.trying import Asked, Fresh
from alchemiser.domain.research.grid import Axis, values_of
from alchemiser.domain.research.selection import FIGURES
from alchemiser.domain.research.splits import Walk, Window, folds, walk
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.numbers import Floats
from alchemiser.entrypoints.cli import research_json, research_tables
from alchemiser.entrypoints.cli.commands.backtest import chosen, say_compiling, warn_of_splits
from alchemiser.entrypoints.cli.commands.shared import answer, day, progress, settings_if_any
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.origin import origin
from alchemiser.ports.report_writer import ReportWriterPort

Tried = tuple[list[str], list[str], bool]
Period = tuple[str | None, str | None]
World = tuple[Period, Path | None, Path | None, str, str, Path | None]
Lengths = tuple[int | None, int | None, int | None]
Windows = tuple[Lengths, int, int, bool, int | None]
Who = tuple[int | None, str | None, Path | None]

FAILED: Final = 1
TRAIN: Final = 756
TEST: Final = 252
"""Sessions that are looked at, and that a choice is tested on, unless others are asked for."""


def sweep(common: Common, tried: Tried, world: World, who: Who) -> int:
    """Try many variants on the same past.

    Args:
        common: What every command takes.
        tried: Strategies, parameters, and whether every set of strategies is tried.
        world: Sessions, bars, limits, what runs the best, what it is chosen by, and where a report
            goes.
        who: Processes, cluster, and the file of results.

    Raises:
        SettingsError: When an option cannot be honoured.
    """
    writer = _writer(world)
    plan, fresh = _planned(common, tried, world, who)
    with progress("variants") as step:
        found, place = sweeping.sweep(plan, step)
    run = _run(plan, fresh, plan.variants[place].strategies, world[3])
    report = sweeping.report_of(plan, found, place, run)
    warn_of_splits(run)
    if writer is not None:
        writer.write(sweep_document(report, origin()))
    answer(
        common,
        research_json.sweep(report),
        lambda console: research_tables.sweep(console, report),
    )
    return FAILED if report.failures else 0


def walk_forward(common: Common, tried: Tried, world: World, windows: Windows, who: Who) -> int:
    """Choose by the past again and again.

    Args:
        common: What every command takes.
        tried: As for `sweep`.
        world: As for `sweep`.
        windows: Sessions to train and to test on and the step, None for what is usual; sessions to
            leave out before and after a test, whether training is anchored, and folds instead.
        who: As for `sweep`.

    Raises:
        SettingsError: When an option cannot be honoured.
    """
    writer = _writer(world)
    plan, fresh = _planned(common, tried, world, who)
    split = _windows(len(plan.world.grounds.days), windows)
    with progress("variants") as step:
        found = sweeping.tried(plan, step)
    choice = walking.choose(plan, found, split)
    course = _walked(plan, choice, fresh, world[3])
    report = walking.report_of(plan, found, choice, course, _equity(course))
    warn_of_splits(course)
    if writer is not None:
        writer.write(walk_forward_document(report, origin()))
    answer(
        common,
        research_json.walk_forward(report),
        lambda console: research_tables.walk_forward(console, report),
    )
    return FAILED if report.failures else 0


def _writer(world: World) -> ReportWriterPort | None:
    target = world[-1]
    return None if target is None else build_report_writer(target)


def _planned(common: Common, tried: Tried, world: World, who: Who) -> tuple[sweeping.Plan, Fresh]:
    (strategies, params, sets), (period, data, risk, engine, by, _) = tried, world
    if engine not in set(EngineName):
        msg = f"there is no engine {engine}: write --engine exact or --engine fast."
        raise SettingsError(msg)
    if by not in FIGURES:
        msg = f"--select {by} is no figure to choose by: write one of {', '.join(FIGURES)}."
        raise SettingsError(msg)
    workers, cluster, resume = who
    names = [chosen(text) for text in strategies]
    asked = Asked(
        strategies=names,
        axes=tuple(_axis(text, [name for name, _ in names]) for text in params),
        sets=sets,
        data=data,
        period=(day(period[0], "--start"), day(period[1], "--end")),
        risk=risk,
        by=by,
    )
    try:
        return build_plan(
            settings_if_any(common),
            asked,
            build_executor(workers, cluster),
            build_finished_work(resume),
            say_compiling,
        )
    except InvalidValueError as error:
        raise SettingsError(str(error)) from error


def _axis(text: str, strategies: Sequence[str]) -> Axis:
    """Return the axis that `text` describes, `[ID.]NAME=VALUES`.

    Raises:
        SettingsError: When it describes none.
    """
    label, given, values = text.partition("=")
    owner, dot, name = label.rpartition(".")
    if not given or not name:
        msg = f"--param {text} has no values: write NAME=5,10,20 or NAME=5:50:5."
        raise SettingsError(msg)
    if not dot and len(strategies) != 1:
        msg = f"--param {text} does not say whose it is: write ID.{name}=…"
        raise SettingsError(msg)
    try:
        return Axis(strategy=owner or strategies[0], name=name, values=values_of(values))
    except InvalidValueError as error:
        msg = f"--param {label}: {error}"
        raise SettingsError(msg) from error


def _windows(sessions: int, asked: Windows) -> tuple[Window, ...]:
    lengths, purge, embargo, anchored, parts = asked
    if parts is None and embargo:
        msg = "--embargo is for --folds: walking forward never trains on what comes after a test."
        raise SettingsError(msg)
    if parts is not None and (anchored or any(lengths)):
        msg = (
            "--train, --test, --step and --anchored are for walking forward, and --folds trains on "
            "all parts but the tested one: leave them out, or --folds."
        )
        raise SettingsError(msg)
    try:
        if parts is not None:
            return folds(sessions, parts, purge=purge, embargo=embargo)
        return walk(sessions, _walk(lengths, purge, anchored=anchored))
    except InvalidValueError as error:
        raise SettingsError(str(error)) from error


def _walk(lengths: Lengths, purge: int, *, anchored: bool) -> Walk:
    train, test = lengths[0] or TRAIN, lengths[1] or TEST
    step = lengths[2] or test
    return Walk(train=train, test=test, step=step, purge=purge, anchored=anchored)


def _run(plan: sweeping.Plan, fresh: Fresh, strategies: Strategies, engine: str) -> BacktestReport:
    setup = fresh(strategies)
    if engine == EngineName.EXACT:
        with progress("sessions") as step:
            return backtest(setup, step)
    wanted = decided_by(plan.world, strategies)
    followers = [Follower.of(one) for one in strategies]
    past = (plan.world.grounds, plan.evaluator)
    return fast_report(setup, past, followers, wanted)


def _walked(
    plan: sweeping.Plan, choice: walking.Chosen, fresh: Fresh, engine: str
) -> BacktestReport:
    strategies, wanted = plan.variants[0].strategies, walking.stitched(plan, choice)
    setup, rows = fresh(strategies), choice.rows()
    if engine == EngineName.EXACT:
        with progress("sessions") as step:
            return backtest(walking.exact_setup(plan, choice, wanted, setup), step)
    grounds = walking.part_of(plan.world.grounds, rows)
    tests = {name: weights[rows] for name, weights in wanted.items()}
    followers = [Follower.of(one) for one in strategies]
    part = replace(setup, sessions=setup.sessions[rows])
    return fast_report(part, (grounds, plan.evaluator), followers, tests)


def _equity(course: BacktestReport) -> Floats:
    return np.array([float(course.start_equity), *(float(one) for _, one in course.equity)])
