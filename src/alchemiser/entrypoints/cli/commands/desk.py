"""What stands, what was done and how well, and the owner's brake between cycles."""

import asyncio
import getpass
from collections.abc import Callable

from rich.console import Console

from alchemiser.application import operate
from alchemiser.application.calibration import calibrate
from alchemiser.application.explain import explain as explained
from alchemiser.application.quality import quality as worked
from alchemiser.application.report import Overview, StateChange
from alchemiser.container import build_control, build_desk, build_offline, wall_clock
from alchemiser.domain.risk.limits import TradingState
from alchemiser.entrypoints.cli import as_json, as_tables, lots_tables
from alchemiser.entrypoints.cli.calibration_tables import print_calibration
from alchemiser.entrypoints.cli.commands.shared import answer, days, settings
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.quality_tables import print_quality
from alchemiser.entrypoints.cli.speech import REFUSED, warn
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import PortError
from alchemiser.settings import Settings


def status(common: Common) -> int:
    """Show everything."""
    return _show(common, as_tables.status)


def positions(common: Common) -> int:
    """Show what the account holds."""
    return _show(common, as_tables.positions)


def orders(common: Common) -> int:
    """Show the orders of the last traded session."""
    return _show(common, as_tables.orders)


def books(common: Common) -> int:
    """Show what belongs to which strategy, and what it gained."""
    return _show(common, lots_tables.books)


def quality(common: Common, period: tuple[str | None, str | None]) -> int:
    """Show how well orders were worked."""
    first, last = days(period)
    report = worked(build_offline(settings(common)), first, last)
    answer(common, as_json.quality(report), lambda console: print_quality(console, report))
    return 0


def calibration(common: Common, period: tuple[str | None, str | None]) -> int:
    """Show what the fills on record say about the settings."""
    first, last = days(period)
    wanted = settings(common)
    engine = build_offline(wanted)
    found = calibrate(engine, wanted.broker.venue_settings().impact, first, last)
    document = as_json.quality(worked(engine, first, last)) | {"calibration": found}
    answer(common, document, lambda console: print_calibration(console, found))
    return 0


def halt(common: Common, reason: str) -> int:
    """Stop trading."""
    return _tightened(common, TradingState.HALTED, reason)


def reduce_only(common: Common, reason: str) -> int:
    """Stop buying."""
    return _tightened(common, TradingState.REDUCING, reason)


def _tightened(common: Common, state: TradingState, reason: str) -> int:
    wanted = settings(common)
    try:
        engine = build_offline(wanted)
    except PortError as error:
        change = brake_alone(wanted, state, reason, error)
        warn(str(error))
        return _changed(common, change)
    tighten = operate.halt if state is TradingState.HALTED else operate.reduce_only
    return _changed(common, tighten(engine, actor=actor(), reason=reason))


def brake_alone(wanted: Settings, state: TradingState, reason: str, lost: PortError) -> StateChange:
    """Set the brake by itself: a journal that is `lost` must not keep an engine from stopping."""
    request = HaltRequest(actor=actor(), reason=reason, at=wall_clock().now(), state=state)
    return operate.brake_alone(build_control(wanted), request, lost)


def resume(common: Common, reason: str) -> int:
    """Let trading go on."""
    lifting = operate.resume(build_desk(settings(common)), actor=actor(), reason=reason)
    change = asyncio.run(lifting)
    return _changed(common, change)


def explain(common: Common, name: str) -> int:
    """Show why orders came to be."""
    report = explained(build_offline(settings(common)), name)
    answer(
        common, as_json.explanation(report), lambda console: as_tables.explanation(console, report)
    )
    return 0


def _show(common: Common, tables: Callable[[Console, Overview], None]) -> int:
    wanted = settings(common)
    report = operate.overview(build_desk(wanted), wanted.tax.terms())
    answer(common, as_json.overview(report), lambda console: tables(console, report))
    return 0


def _changed(common: Common, change: StateChange) -> int:
    document: as_json.Document = {
        "state": change.state,
        "reason": change.reason,
        "refused": change.refused,
    }
    answer(common, document, lambda console: console.print(f"Trading is {change.state}."))
    if change.refused:
        warn(change.reason)
    return REFUSED if change.refused else 0


def actor() -> str:
    """Return the name of the person at the terminal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "a user without a name"
