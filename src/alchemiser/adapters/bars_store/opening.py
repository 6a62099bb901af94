"""Open a SQLite file that only grows, and say what is wrong with it in one sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from alchemiser.ports.errors import InputError, PortUnavailableError

_SCHEMA_VERSION: Final = 1
_LOCK_SECONDS_MAX: Final = 10.0


@contextmanager
def opened(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """Yield a connection to the file at `path`, made with `schema` when it is new.

    Raises:
        PortUnavailableError: When the file cannot be used now.
        InputError: When it is no sound store, or one of a newer release.
    """
    try:
        with closing(
            sqlite3.connect(path, timeout=_LOCK_SECONDS_MAX, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            _prepare(connection, path, schema)
            yield connection
    except sqlite3.OperationalError as error:
        msg = (
            f"The bars store {path} cannot be used ({error}): make sure that its folder "
            "exists, can be written and has space, and that no other program locks the file."
        )
        raise PortUnavailableError(msg) from error
    except (sqlite3.DatabaseError, ValueError) as error:
        msg = (
            f"{path} is not a sound bars store ({error}): restore it from a backup or "
            "name another file."
        )
        raise InputError(msg) from error


def _prepare(connection: sqlite3.Connection, path: Path, schema: str) -> None:
    """Make the tables of a new file.

    Raises:
        InputError: When a newer release wrote the file.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > _SCHEMA_VERSION:
        msg = (
            f"The bars store {path} was written by a newer release (format {version}): "
            "install that release."
        )
        raise InputError(msg)
    if version < _SCHEMA_VERSION:
        connection.executescript(f"{schema} PRAGMA user_version = {_SCHEMA_VERSION};")
