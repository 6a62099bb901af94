"""`doctor`."""

from typing import Final

from alchemiser.application.preflight import preflight
from alchemiser.container import build_probes
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer, config_if_any
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import warn

FAILED: Final = 1
USAGE: Final = 2
MENDED_BY_WRITING: Final = frozenset({"configuration", "data", "plugins"})


def doctor(common: Common) -> int:
    """Look at everything that a session needs."""
    report = preflight(build_probes(config_if_any(common)))
    answer(common, as_json.preflight(report), lambda console: as_tables.preflight(console, report))
    wrong = [check for check in report.checks if not check.ok]
    if not wrong:
        return 0
    warn(wrong[0].message)
    return USAGE if wrong[0].id in MENDED_BY_WRITING else FAILED
