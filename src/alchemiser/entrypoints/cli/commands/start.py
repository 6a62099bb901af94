"""`demo` and `init`: the first minutes."""

import asyncio
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from alchemiser.application.cycle import run_cycle
from alchemiser.container import build_engine, wall_clock
from alchemiser.domain.values.errors import SettingsError
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer
from alchemiser.entrypoints.cli.options import DEFAULT_CONFIG, Common
from alchemiser.entrypoints.cli.speech import warn
from alchemiser.settings import Settings, template

DEMO_DAY: Final = date(2025, 6, 16)
INIT_SEED: Final = 7


def demo(common: Common, seed: int, home: Path | None) -> int:
    """Run one whole trading day on a synthetic market.

    Raises:
        SettingsError: When `home` is in use or cannot be written.
    """
    clock = wall_clock()
    begun = clock.now()
    folder = _new_folder(home)
    file = folder / DEFAULT_CONFIG
    _write(file, template(seed=seed))
    report = asyncio.run(run_cycle(build_engine(Settings.load(file), DEMO_DAY), DEMO_DAY))
    seconds = (clock.now() - begun).total_seconds()
    document = as_json.cycle(report) | {"seed": seed, "home": str(folder), "seconds": seconds}
    answer(
        common, document, lambda console: as_tables.demo(console, report, seed=seed, home=folder)
    )
    if report.exit_code:
        warn(report.reason)
    return report.exit_code


def init(common: Common, force: bool) -> int:  # noqa: FBT001 - the option's value
    """Write a commented configuration.

    Raises:
        SettingsError: When the file exists, or cannot be written.
    """
    file = common.config or DEFAULT_CONFIG
    if file.exists() and not force:
        msg = f"{file} exists already: keep it, or overwrite it with --force."
        raise SettingsError(msg)
    _write(file, template(seed=INIT_SEED))
    answer(common, {"path": str(file)}, lambda console: as_tables.init(console, file))
    return 0


def _new_folder(home: Path | None) -> Path:
    if home is None:
        return Path(tempfile.mkdtemp(prefix="alchemiser-demo-"))
    try:
        home.mkdir(parents=True, exist_ok=True)
        used = any(home.iterdir())
    except OSError as error:
        msg = f"{home} cannot be used ({error.strerror}): name a new folder with --home."
        raise SettingsError(msg) from error
    if used:
        msg = f"{home} is not empty: name a new folder with --home."
        raise SettingsError(msg)
    return home


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{file} cannot be written ({error.strerror}): choose a folder that can be."
        raise SettingsError(msg) from error
