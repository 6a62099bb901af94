"""What SQLite's error codes mean to the caller."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alchemiser.ports.errors import InputError, PortUnavailableError

_BUSY = "is in use by another program: end that one, or try again"
_REMEDIES = {
    sqlite3.SQLITE_AUTH: "may not be used by this user: change its owner or its rights",
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: check that its folder exists and may be written",
    sqlite3.SQLITE_FULL: "cannot grow because the disk is full: free some space",
    sqlite3.SQLITE_IOERR: "met a disk error: stop the engine, check the disk, then start again",
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PERM: "may not be used by this user: change its owner or its rights",
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_READONLY: "is read-only: give this user the right to write it and its folder",
}
_PRIMARY = 0xFF
"""The part of an extended result code that tells its family."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite and of the file system into the ports' own.

    Raises:
        InputError: When the file is damaged or no journal.
        PortUnavailableError: When the file cannot be read or written now.
    """
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # Text that is not UTF-8 has no code: Python finds it, not SQLite.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        remedy = _REMEDIES.get(code & _PRIMARY)
        if remedy is None:
            msg = f"The journal {path} is damaged ({error}): restore it from a copy."
            raise InputError(msg) from error
        msg = f"The journal {path} {remedy}."
        raise PortUnavailableError(msg) from error
    except OSError as error:
        msg = f"The journal {path} cannot be reached ({error.strerror}): check its folder."
        raise PortUnavailableError(msg) from error
