"""`journal verify`, `journal export` and `journal tail`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from alchemiser.container import build_offline
from alchemiser.domain.journal.chain import GENESIS, ChainReport, Head
from alchemiser.domain.journal.chain import verify as follow
from alchemiser.domain.values.errors import SettingsError
from alchemiser.entrypoints.cli import as_json, as_tables
from alchemiser.entrypoints.cli.commands.shared import answer, settings
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import warn
from alchemiser.ports.journal import JournalPort

BROKEN: Final = 1


def verify(common: Common) -> int:
    """Follow the whole chain."""
    report = follow(_journal(common).read())
    answer(common, as_json.chain(report), lambda console: as_tables.chain(console, report))
    return _verdict(report)


def export(common: Common, output: Path | None) -> int:
    """Write every record as a line of JSON, then follow the chain."""
    journal = _journal(common)
    with _opened(output) as file:
        for envelope in journal.read():
            file.write(f"{as_json.line(envelope)}\n")
    report = follow(journal.read())
    if output is not None:
        document = as_json.chain(report) | {"path": str(output)}
        answer(common, document, lambda console: as_tables.chain(console, report))
    return _verdict(report)


def tail(common: Common, lines: int) -> int:
    """Show the last records."""
    journal = _journal(common)
    last = list(journal.read(after=max(0, journal.head().sequence - lines)))
    start = Head(last[0].sequence - 1, last[0].previous) if last else GENESIS
    report = follow(last, start)
    document = as_json.chain(report) | {"entries": list(map(as_json.record, last))}
    answer(common, document, lambda console: as_tables.tail(console, last))
    return _verdict(report)


def _journal(common: Common) -> JournalPort:
    return build_offline(settings(common)).journal


def _verdict(report: ChainReport) -> int:
    if report.ok:
        return 0
    warn(f"The journal is broken: {report.problem} Restore it from a copy before you trade.")
    return BROKEN


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Open a new file, or the terminal.

    Raises:
        SettingsError: When the file exists or cannot be written.
    """
    if output is None:
        yield sys.stdout
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            yield file
    except OSError as error:
        msg = f"{output} cannot be written ({error.strerror}): name a new file with --output."
        raise SettingsError(msg) from error
