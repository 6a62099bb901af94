"""`plugins list` and `plugins new`."""

from pathlib import Path

from alchemiser.container import find_strategies, new_package
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import StrategyId, strategy_id
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


def plugins_new(common: Common, name: str, folder: Path | None, code: bool) -> int:  # noqa: FBT001
    """Write a strategy package that runs as it is."""
    chosen = _wanted(name)
    files = new_package(chosen, folder or Path(), code=code)
    target = (folder or Path()) / chosen
    answer(
        common,
        {"path": str(target), "files": [str(file.relative_to(target)) for file in files]},
        lambda console: as_tables.package(console, chosen, target),
    )
    return 0


def _wanted(name: str) -> StrategyId:
    """Return `name` as the name of a strategy, a distribution and a package.

    Raises:
        SettingsError: When it cannot be all three.
    """
    try:
        chosen = strategy_id(name)
    except InvalidValueError as error:
        raise SettingsError(str(error)) from error
    if not chosen[-1].isalnum():
        msg = f"{name!r} is no package name: end it with a letter or digit."
        raise SettingsError(msg)
    return chosen
