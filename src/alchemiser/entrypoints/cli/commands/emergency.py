"""`liquidate`."""

import asyncio
import sys

import typer

from alchemiser.application import emergency
from alchemiser.application.liquidation import LiquidationReport
from alchemiser.application.outcome import fill_line
from alchemiser.container import build_desk, build_offline, wall_clock
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import SettingsError
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.desk import actor, brake_alone
from alchemiser.entrypoints.cli.commands.shared import answer, day_or_today, settings
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import REFUSED, warn
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import PortError
from alchemiser.settings import Settings


def liquidate(common: Common, reason: str, as_of: str | None, *sure: bool) -> int:
    """Sell everything.

    Args:
        common: What every command takes.
        reason: Why; it is recorded.
        as_of: The day, in a simulated account.
        sure: Whether to go on although another engine hangs, and whether not to ask.

    Raises:
        SettingsError: When nobody can be asked and was not said not to ask.
        PortError: When the journal cannot be read; trading is halted all the same.
    """
    take_over, yes = sure
    chosen = settings(common)
    day = None if as_of is None else day_or_today(as_of)
    if day is not None and chosen.account.mode != "simulated":
        msg = "--as-of is for simulated accounts: leave it out, to sell at this moment."
        raise SettingsError(msg)
    if not yes and not _agreed():
        warn("Nothing was done.")
        return REFUSED
    _brake(chosen, reason)
    report = asyncio.run(
        emergency.liquidate(
            build_desk(chosen, day),
            wall_clock(),
            actor=actor(),
            reason=reason,
            take_over=take_over,
        )
    )
    answer(
        common,
        _document(report),
        lambda console: as_tables.liquidation(console, report),
    )
    if report.overtaken:
        warn(
            f"{report.overtaken} It was taken over: end it with kill -9, since when it wakes it "
            "may still hand over the one order that it was about to send."
        )
    if report.exit_code():
        warn(report.sentence())
    return report.exit_code()


def _brake(chosen: Settings, reason: str) -> None:
    """Pull the brake before a broker is asked, which may not answer.

    Raises:
        PortError: When the journal cannot be read: the brake is set, and nothing can be sold.
    """
    try:
        offline = build_offline(chosen)
    except PortError as error:
        brake_alone(chosen, TradingState.HALTED, reason, error)
        warn("Trading is halted. Nothing was sold, since no sale could be recorded: sell by hand.")
        raise
    if chosen.account.mode != "simulated":
        now = offline.clock.now()
        offline.control.request_halt(HaltRequest(actor=actor(), reason=reason, at=now))


def _agreed() -> bool:
    """Ask the person at the terminal.

    Raises:
        SettingsError: When there is none.
    """
    if not sys.stdin.isatty():
        msg = "liquidate closes every position: add --yes to say that this is wanted."
        raise SettingsError(msg)
    return typer.confirm("Close everything that the account holds, and stay halted?", err=True)


def _document(report: LiquidationReport) -> as_json.Document:
    return {
        "state": TradingState.HALTED,
        "sold": [fill_line(one) for one in report.fills if one.side is Side.SELL],
        "covered": [fill_line(one) for one in report.fills if one.side is Side.BUY],
        "left": [
            {"symbol": row.symbol, "quantity": row.quantity, "reason": why}
            for row, why in report.left
        ],
        "unresolved": report.unresolved,
        "breaks": report.breaks,
        "strangers": report.strangers,
        "reason": report.sentence(),
    }
