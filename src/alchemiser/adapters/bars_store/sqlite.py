"""Bars in a SQLite file that only grows."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Final

from alchemiser.adapters.bars_store.opening import opened
from alchemiser.adapters.bars_store.segments import (
    Segment,
    differences,
    ordinals,
    overlay,
    pack_days,
    pack_values,
    unpack_days,
    unpack_values,
)
from alchemiser.domain.market.bars import BarPanel, BarsReference
from alchemiser.domain.market.columns import panel_columns, panel_digest, panel_from_columns
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS segment (
    revision INTEGER PRIMARY KEY,
    seen_at TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    days BLOB NOT NULL,
    symbols TEXT NOT NULL,
    columns TEXT NOT NULL,
    bars BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS panel (
    digest TEXT NOT NULL,
    revision INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    days BLOB NOT NULL,
    symbols TEXT NOT NULL,
    columns TEXT NOT NULL,
    provisional INTEGER NOT NULL,
    PRIMARY KEY (digest, revision)
);
CREATE TRIGGER IF NOT EXISTS segment_is_final BEFORE UPDATE ON segment
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
CREATE TRIGGER IF NOT EXISTS segment_stays BEFORE DELETE ON segment
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
CREATE TRIGGER IF NOT EXISTS panel_is_final BEFORE UPDATE ON panel
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
CREATE TRIGGER IF NOT EXISTS panel_stays BEFORE DELETE ON panel
    BEGIN SELECT RAISE(ABORT, 'bars are append-only'); END;
"""


class SqliteBarsStore:
    """Keep bars in the file at `path`, written through to the disk, one transaction a panel.

    Each call opens and closes the file, so that it works from any thread and leaves no lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def record(self, panel: BarPanel, *, seen_at: datetime) -> BarsReference:
        """Store what of `panel` is new or revised and return a reference that gives it back.

        Durable when it returns. Storing the same panel again adds nothing. The errors of a file
        that cannot be written or is no bars store are those of the port.

        Raises:
            InvalidValueError: When `panel` has no session, or carries the gate's judgement.
        """
        if not panel.sessions:
            msg = "a panel without a session cannot be recorded: ask for bars through a later day."
            raise InvalidValueError(msg)
        if panel.blocked is not None:
            msg = "record bars as the source gave them: before the data gate, not after it."
            raise InvalidValueError(msg)
        digest = panel_digest(panel)
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            revision = _append(connection, panel, digest, seen_at.isoformat())
            connection.execute("COMMIT")
        return BarsReference(
            revision=revision,
            digest=digest,
            symbols=panel.symbols,
            first=panel.sessions[0],
            last=panel.sessions[-1],
        )

    def read(self, reference: BarsReference) -> BarPanel:
        """Return the panel that `reference` was given for, bit for bit, later revisions ignored.

        Raises:
            InputError: When the store does not hold these bars, or not with this digest.
        """
        panel = None
        if self._path.exists():
            with self._opened() as connection:
                panel = _panel_at(connection, reference)
        if panel is None or panel_digest(panel) != reference.digest:
            msg = (
                f"The bars store {self._path} no longer holds the bars with digest "
                f"{reference.digest[:12]} (revision {reference.revision}): restore it from a "
                "backup."
            )
            raise InputError(msg)
        return panel

    def _opened(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self._path, _SCHEMA)


def _append(connection: sqlite3.Connection, panel: BarPanel, digest: str, seen_at: str) -> int:
    seen = Segment(ordinals(panel.sessions), panel.symbols, panel_columns(panel))
    known = overlay(_segments(connection), days=seen.days, symbols=seen.symbols, names=seen.columns)
    fresh = list(differences(seen, known))
    for segment in fresh:
        connection.execute(
            "INSERT INTO segment (seen_at, first_day, days, symbols, columns, bars)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (seen_at, *_axes(segment), pack_values(segment)),
        )
    same = "SELECT max(revision) FROM panel WHERE digest = ?"
    if not fresh and (found := connection.execute(same, (digest,)).fetchone()[0]) is not None:
        return int(found)
    (revision,) = connection.execute("SELECT coalesce(max(revision), 0) FROM segment").fetchone()
    connection.execute(
        "INSERT INTO panel VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (digest, revision, seen_at, *_axes(seen), panel.provisional),
    )
    return int(revision)


def _axes(segment: Segment) -> tuple[int, bytes, str, str]:
    return (
        int(segment.days[0]),
        pack_days(segment.days),
        json.dumps(segment.symbols),
        json.dumps(list(segment.columns)),
    )


def _panel_at(connection: sqlite3.Connection, reference: BarsReference) -> BarPanel | None:
    row = connection.execute(
        "SELECT first_day, days, symbols, columns, provisional FROM panel"
        " WHERE digest = ? AND revision = ?",
        (reference.digest, reference.revision),
    ).fetchone()
    if row is None:
        return None
    days = unpack_days(row[0], row[1])
    symbols = tuple(Symbol(name) for name in json.loads(row[2]))
    columns = overlay(
        _segments(connection, through=reference.revision),
        days=days,
        symbols=symbols,
        names=json.loads(row[3]),
    )
    return panel_from_columns(
        sessions=tuple(date.fromordinal(day) for day in days.tolist()),
        symbols=symbols,
        columns=columns,
        provisional=bool(row[4]),
    )


def _segments(connection: sqlite3.Connection, through: int | None = None) -> Iterator[Segment]:
    rows = connection.execute(
        "SELECT first_day, days, symbols, columns, bars FROM segment"
        " WHERE ?1 IS NULL OR revision <= ?1 ORDER BY revision",
        (through,),
    )
    for first, bitmap, names, columns, blob in rows:
        days = unpack_days(first, bitmap)
        symbols = tuple(Symbol(name) for name in json.loads(names))
        values = unpack_values(blob, json.loads(columns), (len(days), len(symbols)))
        yield Segment(days, symbols, values)
