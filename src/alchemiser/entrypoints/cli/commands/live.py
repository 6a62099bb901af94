"""`go-live`."""

import sys
from typing import Final

import typer

from alchemiser.application.going_live import GoneLive, go_live
from alchemiser.application.preflight import Check, preflight
from alchemiser.container import build_desk, build_probes
from alchemiser.domain.values.errors import SettingsError
from alchemiser.entrypoints.cli import as_json
from alchemiser.entrypoints.cli.commands.desk import actor
from alchemiser.entrypoints.cli.commands.shared import answer, config_if_any, settings
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import REFUSED, sentence, warn

OWN_CHECK: Final = "live"
SHOWN: Final = ("purse", "account", "capital_at_risk")
"""What a person should have read before typing."""


def confirm(common: Common, number: str | None) -> int:
    """Have a person confirm that the account is traded with real money.

    Args:
        common: What every command takes.
        number: The account's number, or None to ask for it.

    Raises:
        SettingsError: When the account is not traded live, or nobody can be asked.
    """
    if settings(common).account.mode != "live":
        msg = 'go-live is for real money alone: write [account] mode = "live" first.'
        raise SettingsError(msg)
    checks = [check for check in _looked(common) if check.id != OWN_CHECK]
    wrong = next((check for check in checks if not check.ok), None)
    if wrong is not None:
        warn(f"{wrong.message} Nothing was confirmed: `alchemiser preflight` shows every check.")
        return REFUSED
    typed = _typed(checks) if number is None else number
    outcome = go_live(build_desk(settings(common)), actor=actor(), typed=typed)
    answer(common, _document(outcome), lambda console: console.print(outcome.sentence()))
    if outcome.refused:
        warn(outcome.sentence())
    return REFUSED if outcome.refused else 0


def _looked(common: Common) -> tuple[Check, ...]:
    return preflight(build_probes(config_if_any(common))).checks


def _typed(checks: list[Check]) -> str:
    """Show what is at stake and return what the person at the terminal types.

    Raises:
        SettingsError: When there is none.
    """
    if not sys.stdin.isatty():
        msg = "go-live wants the account's number typed: run it at a terminal, or add --account."
        raise SettingsError(msg)
    for check in checks:
        if check.id in SHOWN:
            warn(check.message)
    asked = "To trade it with real money, type the account's number"
    return str(typer.prompt(asked, default="", show_default=False, err=True)).strip()


def _document(outcome: GoneLive) -> as_json.Document:
    return {
        "account": outcome.account,
        "confirmed": not outcome.refused,
        "reason": sentence(outcome.told),
    }
