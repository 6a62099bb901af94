"""`reconcile`."""

import asyncio

from rich.console import Console

from alchemiser.application.reconciling import Reconciliation, reconcile_account
from alchemiser.container import build_desk
from alchemiser.entrypoints.cli import as_json, pieces
from alchemiser.entrypoints.cli.commands.desk import actor
from alchemiser.entrypoints.cli.commands.shared import answer, settings
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import warn


def reconcile(common: Common, adopt: str | None, reason: str) -> int:
    """Compare books and broker, and take over what the owner names."""
    engine = build_desk(settings(common))
    report = asyncio.run(reconcile_account(engine, actor=actor(), adopt=adopt, reason=reason))
    answer(common, _document(report), lambda console: _print(console, report))
    if report.exit_code():
        warn(report.sentence())
    return report.exit_code()


def _document(report: Reconciliation) -> as_json.Document:
    return {
        "reconciled": not report.exit_code(),
        "booked": report.booked,
        "breaks": report.breaks,
        "adopted": [
            {"book": row.book, "symbol": row.symbol, "quantity": row.quantity, "cash": row.cash}
            for row in report.adopted
        ],
        "strangers": report.strangers,
        "reason": report.sentence(),
    }


def _print(console: Console, report: Reconciliation) -> None:
    for line in report.booked:
        console.print(pieces.plain(f"booked: {line}"))
    for row in report.adopted:
        what = f"{row.cash:+f} dollars" if row.symbol is None else f"{row.quantity:+f} {row.symbol}"
        console.print(pieces.plain(f"adopted: {row.book} {what}"))
    pieces.breaks(console, report.breaks)
    if not report.exit_code():
        console.print("books and broker agree")
