"""What several commands need: the settings, a day, a terminal."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from alchemiser.container import today
from alchemiser.domain.values.errors import SettingsError
from alchemiser.entrypoints.cli import as_json
from alchemiser.entrypoints.cli.options import DEFAULT_CONFIG, Common
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.settings import Settings

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def settings(common: Common) -> Settings:
    """Return the owner's settings.

    Raises:
        SettingsError: When there are none, or they cannot be used.
    """
    return Settings.load(common.config or DEFAULT_CONFIG)


def config_if_any(common: Common) -> Path | None:
    """Return the configuration that was named or is here, or None."""
    return common.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)


def settings_if_any(common: Common) -> Settings | None:
    """Return the owner's settings, or None when none were named and none are here.

    Raises:
        SettingsError: When they cannot be used.
    """
    return None if config_if_any(common) is None else settings(common)


def day(text: str | None, option: str) -> date | None:
    """Return the day in `text`, or None when nothing is written.

    Raises:
        SettingsError: When it is no day of the calendar.
    """
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    msg = f"{option} {text!r} is no day: write one such as 2024-08-05."
    raise SettingsError(msg)


def days(period: tuple[str | None, str | None]) -> tuple[date | None, date | None]:
    """Return the days that `--start` and `--end` name, each None when it names none.

    Raises:
        SettingsError: When one is no day of the calendar, or the first lies after the last.
    """
    first, last = day(period[0], "--start"), day(period[1], "--end")
    if first is not None and last is not None and first > last:
        msg = f"--start {first} lies after --end {last}: swap them."
        raise SettingsError(msg)
    return first, last


def day_or_today(text: str | None) -> date:
    """Return the session that `--as-of` names, today's when it names none.

    Raises:
        SettingsError: When it is no day of the calendar.
    """
    return day(text, "--as-of") or today()


def answer(common: Common, document: as_json.Document, tables: Callable[[Console], None]) -> None:
    """Print `document` for programs or `tables` for people.

    Raises:
        PortUnavailableError: When there is no room for the answer.
        BrokenPipeError: When its reader has left.
    """
    try:
        if common.as_json:
            sys.stdout.write(f"{as_json.dumps(document)}\n")
        else:
            tables(Console(highlight=False, markup=False, emoji=False))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        msg = f"The answer cannot be written ({error.strerror}): make room, then ask again."
        raise PortUnavailableError(msg) from error


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the error stream, on a terminal only; `what` names what is counted."""
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    shown = sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
