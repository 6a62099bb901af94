"""`signals`, `plan` and `run`."""

import asyncio

from alchemiser.application import cycle, dry_run
from alchemiser.container import build_engine, build_study
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer, day_or_today, settings
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import warn


def signals(common: Common, as_of: str | None) -> int:
    """Show what each strategy wants."""
    day = day_or_today(as_of)
    engine = build_study(settings(common), day)
    report = asyncio.run(dry_run.read_signals(engine, day))
    answer(common, as_json.signals(report), lambda console: as_tables.signals(console, report))
    return 0


def plan(common: Common, as_of: str | None) -> int:
    """Show what a session would bring."""
    day = day_or_today(as_of)
    engine = build_study(settings(common), day)
    report = asyncio.run(dry_run.dry_plan(engine, day))
    answer(common, as_json.plan(report), lambda console: as_tables.plan(console, report))
    return 0


def run(common: Common, as_of: str | None) -> int:
    """Trade one session."""
    day = day_or_today(as_of)
    engine = build_engine(settings(common), day)
    report = asyncio.run(cycle.run_cycle(engine, day))
    answer(common, as_json.cycle(report), lambda console: as_tables.cycle(console, report))
    if report.exit_code:
        warn(report.reason)
    return report.exit_code
