"""`data pull`, `data prewarm`, `data check`, `data convert` and `data revisions`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from alchemiser.application.prewarm import prewarm as prewarmed
from alchemiser.container import (
    build_puller,
    build_study,
    check_data,
    convert_data,
    data_revisions,
)
from alchemiser.domain.market.gate import Finding
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.entrypoints.cli import data_tables
from alchemiser.entrypoints.cli.commands.shared import answer, day, settings, settings_if_any
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import warn
from alchemiser.settings import Settings

FAILED: Final = 1
_KINDS: Final = frozenset({"csv", "parquet"})


def pull(
    common: Common,
    symbols: str | None,
    through: str | None,
    whole: bool,  # noqa: FBT001 - the option's value
) -> int:
    """Bring the local copy of the source's bars up to date."""
    base = settings_if_any(common) or Settings()
    desk = build_puller(base, _named(symbols))
    last = day(through, "--through") or desk.last
    pulled = desk.puller.pull(desk.symbols, through=last, seen_at=desk.now, whole=whole)
    document = {
        "path": str(base.series_file()),
        "source": pulled.source,
        "symbols": list(pulled.symbols),
        "sessions": pulled.sessions,
        "new": pulled.new,
        "revised": dict(pulled.revised),
        "again": list(pulled.again),
        "problems": [],
    }
    answer(common, document, lambda console: data_tables.pulled(console, pulled))
    return 0


def prewarm(common: Common) -> int:
    """Bring what the next decision reads to this machine; 1 when a symbol could not be read."""
    warmed = prewarmed(build_study(settings(common)))
    document = {
        "session": warmed.session,
        "through": warmed.through,
        "symbols": list(warmed.symbols),
        "sessions": warmed.sessions,
        "problems": list(warmed.problems),
    }
    answer(common, document, lambda console: data_tables.prewarmed(console, warmed))
    return _blocked(warmed.problems, warmed.blocked)


def check(common: Common, data: Path | None) -> int:
    """Look through whole histories; 1 when a decision could not read a symbol."""
    checked = check_data(settings_if_any(common), data)
    document = {
        "path": checked.place,
        "symbols": list(checked.symbols),
        "sessions": checked.sessions,
        "problems": list(checked.problems),
    }
    answer(common, document, lambda console: data_tables.checked(console, checked))
    return _blocked(checked.problems, checked.blocked)


def convert(common: Common, data: Path, target: Path, kind: str) -> int:
    """Write bars as files of another kind.

    Raises:
        SettingsError: When it is no kind of file.
    """
    if kind not in _KINDS:
        msg = f"--to {kind!r} is no kind of file: write csv or parquet."
        raise SettingsError(msg)
    symbols, rows = convert_data(data, target, kind)
    document = {"path": str(target), "symbols": symbols, "rows": rows}
    answer(
        common,
        document,
        lambda console: data_tables.converted(console, target, symbols=symbols, rows=rows),
    )
    return 0


def revisions(common: Common) -> int:
    """Show how pulled bars were revised."""
    found, decisions = data_revisions(settings_if_any(common) or Settings())
    document = {"revisions": list(found), "touched": list(decisions)}
    answer(common, document, lambda console: data_tables.revised(console, found, decisions))
    return 0


def _blocked(problems: Sequence[Finding], blocked: Sequence[Symbol]) -> int:
    """Return the exit code, and warn of the first symbol that could not be read."""
    if not blocked:
        return 0
    first = next(one for one in problems if one.blocks)
    others = f" ({len(blocked)} symbols have such faults)" if blocked[1:] else ""
    warn(f"{first.text}{others}")
    return FAILED


def _named(text: str | None) -> list[Symbol]:
    """Return the symbols in `text`.

    Raises:
        SettingsError: When one of them is none.
    """
    try:
        return [symbol(name.strip()) for name in (text or "").split(",") if name.strip()]
    except InvalidValueError as error:
        msg = f"--symbols: {error}"
        raise SettingsError(msg) from error
