"""What `doctor` looks at."""

import os
import platform
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from alchemiser.application.preflight import Probe, declared_excess
from alchemiser.container.assembly import UNBEGUN, code_hash, today, wall_clock
from alchemiser.container.parts import Parts
from alchemiser.domain.journal.chain import verify
from alchemiser.domain.values.errors import AlchemiserError, SettingsError
from alchemiser.ports.errors import InputError, PortUnavailableError
from alchemiser.settings import Settings


def build_probes(config: Path | None) -> list[Probe]:
    """Return everything to look at, with the configuration at `config` or without one."""
    machine = [
        Probe(id="python", look=lambda: f"Python {platform.python_version()}"),
        Probe(id="sqlite", look=lambda: f"SQLite {sqlite3.sqlite_version}"),
        Probe(id="calendar", look=_calendar),
    ]
    if config is None:
        text = "there is none here, so that defaults hold: write one with `alchemiser init`"
        return [*machine, Probe(id="configuration", look=lambda: text), _plugins_probe()]
    try:
        settings = Settings.load(config)
    except SettingsError as error:
        return [*machine, Probe(id="configuration", look=partial(_raise, error))]
    parts = Parts(settings=settings, day=today(), code=code_hash(), start=wall_clock().now())
    return [
        *machine,
        Probe(id="configuration", look=lambda: f"{config} is valid"),
        Probe(id="plugins", look=partial(_strategies, parts)),
        Probe(id="data", look=partial(_data, parts)),
        Probe(id="limits", look=partial(_limits, parts)),
        Probe(id="journal", look=partial(_journal, parts)),
        Probe(id="folders", look=partial(_folders, settings)),
    ]
