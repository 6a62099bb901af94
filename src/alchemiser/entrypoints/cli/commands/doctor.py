"""`doctor` and `preflight`."""

from typing import Final

from alchemiser.application.preflight import Check
from alchemiser.application.preflight import preflight as look
from alchemiser.container import build_probes
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer, config_if_any
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import REFUSED, warn

FAILED: Final = 1
USAGE: Final = 2
MENDED_BY_WRITING: Final = frozenset({"configuration", "data", "key", "plugins"})


def doctor(common: Common) -> int:
    """Look at everything that a session needs."""
    wrong = _looked(common)
    if wrong is None:
        return 0
    return USAGE if wrong.id in MENDED_BY_WRITING else FAILED


def preflight(common: Common) -> int:
    """Look at the same before trading starts: whatever is wrong forbids it."""
    return 0 if _looked(common) is None else REFUSED


def _looked(common: Common) -> Check | None:
    """Show every check; return the first that failed, or None."""
    report = look(build_probes(config_if_any(common)))
    answer(common, as_json.preflight(report), lambda console: as_tables.preflight(console, report))
    wrong = next((check for check in report.checks if not check.ok), None)
    if wrong is not None:
        warn(wrong.message)
    return wrong
