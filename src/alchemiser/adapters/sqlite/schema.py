"""The journal's tables; what an append has to satisfy is held by the file itself."""

import sqlite3
from pathlib import Path

from alchemiser.ports.errors import InputError

APPLICATION_ID = 0x414C4348
"""What SQLite files name their owner by: "ALCH"."""

SCHEMA_VERSION = 1

INSERT = "INSERT INTO envelope VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
SELECT_AFTER = "SELECT * FROM envelope WHERE sequence > ? ORDER BY sequence"
SELECT_TERM = "SELECT epoch, sequence, hash FROM term"
RAISE_EPOCH = "UPDATE term SET epoch = epoch + 1"

# The head stands a second time in `term`, so that a tail that got lost is missed. BEFORE INSERT
# also stops INSERT OR REPLACE, which would not fire the triggers on UPDATE and DELETE.
_STATEMENTS = (
    """CREATE TABLE envelope (
        sequence INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL,
        at TEXT NOT NULL,
        cycle_id TEXT,
        type TEXT NOT NULL,
        version INTEGER NOT NULL,
        data TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
    )""",
    """CREATE TABLE term (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        epoch INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        hash TEXT NOT NULL
    )""",
    "INSERT INTO term VALUES (1, 0, 0, printf('%064d', 0))",
    """CREATE TRIGGER envelope_follows BEFORE INSERT ON envelope BEGIN
        SELECT RAISE(ABORT, 'its epoch is not the present one')
        FROM term WHERE NEW.epoch <> term.epoch;
        SELECT RAISE(ABORT, 'it does not follow the last record')
        FROM term WHERE NEW.sequence <> term.sequence + 1 OR NEW.previous <> term.hash;
    END""",
    """CREATE TRIGGER envelope_leads AFTER INSERT ON envelope BEGIN
        UPDATE term SET sequence = NEW.sequence, hash = NEW.hash;
    END""",
    """CREATE TRIGGER envelope_stays BEFORE UPDATE ON envelope BEGIN
        SELECT RAISE(ABORT, 'the journal is append-only');
    END""",
    """CREATE TRIGGER envelope_remains BEFORE DELETE ON envelope BEGIN
        SELECT RAISE(ABORT, 'the journal is append-only');
    END""",
    """CREATE TRIGGER term_is_one BEFORE INSERT ON term BEGIN
        SELECT RAISE(ABORT, 'the term only rises');
    END""",
    """CREATE TRIGGER term_rises BEFORE UPDATE ON term
    WHEN NEW.epoch < OLD.epoch OR NEW.sequence < OLD.sequence BEGIN
        SELECT RAISE(ABORT, 'the term only rises');
    END""",
    """CREATE TRIGGER term_remains BEFORE DELETE ON term BEGIN
        SELECT RAISE(ABORT, 'the term only rises');
    END""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


def is_present(connection: sqlite3.Connection, path: Path) -> bool:
    """Say whether the file holds a journal; False when it holds nothing at all.

    Raises:
        InputError: When it belongs to another program or to a newer release.
    """
    owner, version = _number(connection, "application_id"), _number(connection, "user_version")
    if owner != APPLICATION_ID:
        if connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
            return False
        msg = f"{path} is another program's database: name another file for the journal."
        raise InputError(msg)
    if version > SCHEMA_VERSION:
        msg = (
            f"{path} was written by a newer release (schema {version}; this one knows up to "
            f"{SCHEMA_VERSION}): update The Alchemiser."
        )
        raise InputError(msg)
    return True


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, inside the caller's transaction."""
    for statement in _STATEMENTS:
        connection.execute(statement)


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    value: int = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return value
