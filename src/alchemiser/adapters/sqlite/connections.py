"""Opening the journal's file: read-only for readers, WAL with full durability for the writer."""

import sqlite3
from contextlib import ExitStack
from pathlib import Path

from alchemiser.adapters.sqlite import schema
from alchemiser.adapters.sqlite.mounts import refuse_network
from alchemiser.ports.errors import PortRejectedError, PortUnavailableError


def open_reader(path: Path, busy_seconds: float) -> sqlite3.Connection | None:
    """Return a connection that cannot write, or None when no journal is there.

    The file itself stays as it is; SQLite puts its shared-memory files beside it.
    """
    if not path.exists():
        return None
    with ExitStack() as on_failure:
        connection = _connect(path, "ro", busy_seconds)
        on_failure.callback(connection.close)
        if schema.is_present(connection, path):
            on_failure.pop_all()
            return connection
    return None


def open_writer(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Return a connection whose commits survive a loss of power; makes the tables once.

    Raises:
        PortRejectedError: When the filesystem cannot keep a journal safe.
    """
    refuse_network(path)
    with ExitStack() as on_failure:
        connection = _connect(path, "rwc", busy_seconds)
        on_failure.callback(connection.close)
        present = schema.is_present(connection, path)
        if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
            msg = f"The filesystem of {path} does not support a journal: use a local disk."
            raise PortRejectedError(msg)
        connection.execute("PRAGMA synchronous = FULL")
        # macOS keeps data in the drive's cache unless told otherwise; elsewhere this is nothing.
        connection.execute("PRAGMA fullfsync = ON")
        if not present:
            _create(connection, path)
        on_failure.pop_all()
    return connection


def _create(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    # Asked again under the lock: another process may have been first.
    if not schema.is_present(connection, path):
        schema.create(connection)
    connection.execute("COMMIT")


def _connect(path: Path, mode: str, busy_seconds: float) -> sqlite3.Connection:
    if path.is_dir():
        msg = f"The journal {path} is a folder: name a file."
        raise PortUnavailableError(msg)
    # Calls come from a pool of threads, one at a time.
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
    )
