"""`plugins list`."""

from alchemiser.container import find_strategies
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer
from alchemiser.entrypoints.cli.options import Common


def plugins_list(common: Common) -> int:
    """Show what is installed."""
    installed = find_strategies().installed()
    answer(
        common, as_json.plugins(installed), lambda console: as_tables.plugins(console, installed)
    )
    return 0
