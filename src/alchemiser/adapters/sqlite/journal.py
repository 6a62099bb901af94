"""The journal in one SQLite file: WAL, synchronous=FULL, one writer, append-only by trigger."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

from alchemiser.adapters.sqlite import rows, schema
from alchemiser.adapters.sqlite.connections import open_reader, open_writer
from alchemiser.adapters.sqlite.failures import translated
from alchemiser.domain.journal.chain import GENESIS, Envelope, Head
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import ConcurrentWriteError, InputError, PortUnavailableError

BUSY_SECONDS = 2.0
"""How long a call waits for another program to let go of the file."""

_URL = "sqlite:///"


def journal_path(url: str) -> Path:
    """Return the file that a bare path or `sqlite:///path` names.

    Raises:
        SettingsError: When `url` is empty or of another scheme.
    """
    path = url.removeprefix(_URL)
    if not path or "://" in path:
        msg = f"{url!r} names no SQLite journal: write a path, or {_URL} and a path."
        raise SettingsError(msg)
    return Path(path)


class SqliteJournal:
    """Keep the journal in the file at `path`; implements JournalPort.

    Nothing is touched before the first `take_over` or `append`, which make the file. Reading
    opens it read-only, and an absent file reads as an empty journal. Calls may come from any
    thread. Every method raises InputError when the file is damaged or no journal, and
    PortUnavailableError when it cannot be reached now.
    """

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._lock = Lock()
        self._writer: sqlite3.Connection | None = None
        self._written_file = (0, 0)

    def exists(self) -> bool:
        """Say whether the file is there."""
        with translated(self._path):
            return self._path.exists()

    def head(self) -> Head:
        """Return the sequence number and hash of the last envelope; (0, genesis) when empty."""
        return self._term().head

    def epoch(self) -> int:
        """Return the present epoch; 0 in a journal that nobody has written yet."""
        return self._term().epoch

    def take_over(self) -> int:
        """Raise the epoch by one, durably, and return it; every older writer is shut out."""
        with self._writing() as connection:
            connection.execute(schema.RAISE_EPOCH)
            return self._term_in(connection).epoch

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Add `envelopes` as one transaction; durable when it returns.

        Raises:
            ConcurrentWriteError: When their epoch is not the present one, or one does not follow
                the record before it; nothing was added.
        """
        added = [rows.cells(envelope) for envelope in envelopes]
        with self._writing() as connection:
            try:
                connection.executemany(schema.INSERT, added)
            except sqlite3.IntegrityError as error:
                msg = (
                    f"The journal {self._path} refuses a record ({error}): another engine has "
                    "taken over, so stop this one."
                )
                raise ConcurrentWriteError(msg) from error

    def read(self, *, after: int = 0) -> Iterator[Envelope]:
        """Yield the envelopes with a sequence number above `after`, ascending.

        Raises:
            InputError: When a record is damaged, or the last one is not the head.
        """
        with self._reading() as connection:
            if connection is None:
                return
            head = self._term_in(connection).head
            last = head if after >= head.sequence else GENESIS
            for row in connection.execute(schema.SELECT_AFTER, (after,)):
                envelope = rows.envelope(row, self._path)
                last = envelope.head()
                yield envelope
        if last != head:
            msg = (
                f"The journal {self._path} ends with record {last.sequence}, not with record "
                f"{head.sequence} that was written last: restore it from a copy."
            )
            raise InputError(msg)

    def close(self) -> None:
        """Let go of the file; the next write opens it again."""
        with self._lock, translated(self._path):
            if self._writer is not None:
                self._writer.close()
            self._writer = None

    def _term(self) -> rows.Term:
        with self._reading() as connection:
            return rows.UNWRITTEN if connection is None else self._term_in(connection)

    def _term_in(self, connection: sqlite3.Connection) -> rows.Term:
        return rows.term(connection.execute(schema.SELECT_TERM).fetchone(), self._path)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        with translated(self._path):
            connection = open_reader(self._path, self._busy_seconds)
            if connection is None:
                yield None
                return
            with closing(connection):
                connection.execute("BEGIN")
                yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self._path):
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = open_writer(self._path, self._busy_seconds)
            self._written_file = self._identity()
        # SQLite would go on writing to a file that has no name any more.
        if self._identity() != self._written_file:
            msg = f"The journal {self._path} was replaced while in use: stop and start again."
            raise PortUnavailableError(msg)
        return self._writer

    def _identity(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_dev, status.st_ino
