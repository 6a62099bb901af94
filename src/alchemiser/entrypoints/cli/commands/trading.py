"""`signals`, `plan` and `run`."""

import asyncio
from datetime import date

from alchemiser.application import cycle, dry_run
from alchemiser.application.engine import Engine
from alchemiser.container import build_engine, build_study, exchange_day
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer, day, settings
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import warn


def signals(common: Common, as_of: str | None) -> int:
    """Show what each strategy wants."""
    engine, session = _study(common, as_of)
    report = asyncio.run(dry_run.read_signals(engine, session))
    answer(common, as_json.signals(report), lambda console: as_tables.signals(console, report))
    return 0


def plan(common: Common, as_of: str | None) -> int:
    """Show what a session would bring."""
    engine, session = _study(common, as_of)
    report = asyncio.run(dry_run.dry_plan(engine, session))
    answer(common, as_json.plan(report), lambda console: as_tables.plan(console, report))
    return 0


def run(common: Common, as_of: str | None) -> int:
    """Trade one session."""
    engine = build_engine(settings(common), day(as_of, "--as-of"))
    report = asyncio.run(cycle.run_cycle(engine, exchange_day(engine.clock.now())))
    answer(common, as_json.cycle(report), lambda console: as_tables.cycle(console, report))
    if report.exit_code:
        warn(report.reason)
    return report.exit_code


def _study(common: Common, as_of: str | None) -> tuple[Engine, date]:
    engine = build_study(settings(common), day(as_of, "--as-of"))
    return engine, exchange_day(engine.clock.now())
