"""`symphony check` and `symphony import`."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from alchemiser.application.tree_import import TreeReport, document_text, examined
from alchemiser.container import find_strategies
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import StrategyId, strategy_id
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import REFUSED, warn
from alchemiser.ports.errors import InputError

SYMPHONY: Final = "symphony"
PLUGIN: Final = "alchemiser-symphony"
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that are read at most; whoever understands it has a smaller limit of its own."""

_NAME_LENGTH_MAX: Final = 32


def check(common: Common, file: Path) -> int:
    """Show whether a symphony is supported, and everything in it that is not."""
    report = _examined(file)
    _show(common, report, file)
    return REFUSED if report.imported.problems else 0


def import_(
    common: Common,
    file: Path,
    output: Path | None,
    name: str | None,
    force: bool,  # noqa: FBT001 - the option's value
) -> int:
    """Write the rules of a symphony, and show how to switch them on."""
    report = _examined(file)
    if report.imported.tree is None:
        _show(common, report, file)
        return REFUSED
    chosen = _named(report.imported.name, file) if name is None else _wanted(name)
    folder = Path() if common.config is None else common.config.parent
    target = folder / f"{chosen}.rules.json" if output is None else output
    text = document_text(report.imported, report.imported.tree)
    _write(target, text, source=file, force=force)
    lines = _configuration(chosen, _seen_from(folder, target))
    answer(
        common,
        {"path": str(target), "id": chosen, "config": lines} | as_json.imported(report),
        lambda console: as_tables.written(console, report, file=target, lines=lines),
    )
    return 0


def _examined(file: Path) -> TreeReport:
    """Return what is in `file`.

    Raises:
        InputError: When it cannot be read.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST)
    except OSError as error:
        msg = f"{file} cannot be read ({error.strerror}): name a symphony."
        raise InputError(msg) from error
    return examined(find_strategies().import_tree(SYMPHONY, content, str(file)))


def _show(common: Common, report: TreeReport, file: Path) -> None:
    answer(
        common,
        as_json.imported(report),
        lambda console: as_tables.imported(console, report, file=file),
    )
    problems = report.imported.problems
    if problems:
        first = problems[0]
        others = f" and {len(problems) - 1} more" if problems[1:] else ""
        warn(
            f"{file} is refused at {first.place} ({first.block}){others}: change these blocks, or "
            "leave the symphony out."
        )


def _named(title: str, file: Path) -> StrategyId:
    """Return a strategy's name made of the symphony's, or of its file's."""
    for text in (title, file.stem):
        words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        with suppress(InvalidValueError):
            return strategy_id(words.lstrip("0123456789-")[:_NAME_LENGTH_MAX].rstrip("-"))
    return StrategyId(SYMPHONY)


def _wanted(name: str) -> StrategyId:
    """Return the name that the owner wants.

    Raises:
        SettingsError: When it is none.
    """
    try:
        return strategy_id(name)
    except InvalidValueError as error:
        msg = f"--id {error}"
        raise SettingsError(msg) from error


def _write(target: Path, text: str, *, source: Path, force: bool) -> None:
    """Write `target` whole or not at all.

    Raises:
        SettingsError: When it exists, is the symphony itself, or cannot be written.
    """
    try:
        same = target.exists() and target.samefile(source)
        if same or (target.exists() and not force):
            remedy = "name a new file with --output" + ("" if same else ", or write --force")
            msg = f"{target} exists already: {remedy}."
            raise SettingsError(msg)
        _replace(target, text)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}): name another file with --output."
        raise SettingsError(msg) from error


def _replace(target: Path, text: str) -> None:
    """Put `text` where `target` is, or leave everything as it was.

    Raises:
        OSError: When there is no room, or no right to write.
    """
    draft = target.parent / f".{target.name}.draft"
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _configuration(name: StrategyId, file: str) -> str:
    """Return the lines of a configuration that switch the symphony on."""
    return (
        f"[strategies.{name}]\n"
        f'plugin = "{PLUGIN}"\n'
        f'strategy = "{SYMPHONY}"\n'
        "weight = 0.1 # its share of the account: choose it\n"
        f"params = {{ file = {json.dumps(file, ensure_ascii=False)} }}"
    )


def _seen_from(folder: Path, target: Path) -> str:
    """Return the path to `target` as a configuration in `folder` names it."""
    whole, base = target.absolute(), folder.absolute()
    return (whole.relative_to(base) if whole.is_relative_to(base) else whole).as_posix()
