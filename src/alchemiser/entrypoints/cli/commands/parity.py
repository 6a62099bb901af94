"""`parity`."""

from typing import Final

from alchemiser.application.parity.compare import parity as compared
from alchemiser.application.parity.compare import parity_alerts
from alchemiser.container import build_parity
from alchemiser.entrypoints.cli import parity_answers
from alchemiser.entrypoints.cli.commands.shared import answer, day, settings
from alchemiser.entrypoints.cli.options import Common

DIFFERENT: Final = 1
UNEXPLAINED: Final = 4


def parity(
    common: Common,
    period: tuple[str | None, str | None],
    alpha: float,
    alert: bool,  # noqa: FBT001 - the option's value
) -> int:
    """Compare live with its shadow; alarms of drift are told and change no exit code.

    Raises:
        SettingsError: When an option cannot be honoured, or nothing was decided in the period.
    """
    first, last = day(period[0], "--from"), day(period[1], "--to")
    setup = build_parity(settings(common), alpha)
    report = compared(setup, first, last)
    if alert:
        for one in parity_alerts(report):
            setup.engine.notifier.notify(one)
    answer(
        common,
        parity_answers.document(report),
        lambda console: parity_answers.tables(console, report),
    )
    if report.unexplained():
        return UNEXPLAINED
    return DIFFERENT if report.differing else 0
