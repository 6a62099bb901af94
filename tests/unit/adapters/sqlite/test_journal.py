"""The SQLite journal touches nothing too early, refuses what is not its own, and loses nothing."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from alchemiser.adapters.sqlite.failures import translated
from alchemiser.adapters.sqlite.journal import SqliteJournal, journal_path
from alchemiser.adapters.sqlite.mounts import refuse_network
from alchemiser.domain.journal.chain import GENESIS, verify
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import (
    ConcurrentWriteError,
    InputError,
    PortError,
    PortRejectedError,
    PortUnavailableError,
)
from alchemiser.testing.contracts.journal import envelopes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "odd #name? 100%.db"


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(path, busy_seconds=0.05)
    yield journal
    journal.close()


def edit(path: Path, *statements: str) -> None:
    """Change the file as a person with the sqlite3 shell would."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def ways_to_use(journal: SqliteJournal) -> list[PortError]:
    """Return what every method raises."""
    errors: list[PortError] = []
    for use in (
        journal.head,
        journal.epoch,
        lambda: list(journal.read()),
        journal.take_over,
        lambda: journal.append(envelopes(1, epoch=1)),
    ):
        with pytest.raises(PortError) as raised:
            use()
        errors.append(raised.value)
    return errors


def test_journal_is_not_made_by_opening_or_reading_it(journal: SqliteJournal, path: Path) -> None:
    """A command that only shows leaves no trace, and usage errors leave the journal untouched."""
    assert (journal.head(), journal.epoch(), list(journal.read())) == (GENESIS, 0, [])
    assert not journal.exists()
    journal.close()
    assert list(path.parent.iterdir()) == []

    journal.take_over()
    assert journal.exists()


def test_reading_leaves_every_byte_of_the_file(journal: SqliteJournal, path: Path) -> None:
    journal.append(envelopes(7, epoch=journal.take_over()))
    journal.close()
    before = (path.read_bytes(), path.stat().st_mtime_ns)

    reader = SqliteJournal(path)
    assert (reader.head().sequence, reader.epoch(), len(list(reader.read()))) == (7, 1, 7)

    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_an_empty_file_is_an_empty_journal(journal: SqliteJournal, path: Path) -> None:
    path.touch()

    assert (journal.head(), journal.epoch(), list(journal.read())) == (GENESIS, 0, [])
    assert path.read_bytes() == b""
    assert journal.take_over() == 1


def test_journal_waits_for_the_disk_at_each_commit(journal: SqliteJournal, path: Path) -> None:
    """RS-11: WAL with synchronous=FULL (2) survives a loss of power."""
    journal.take_over()

    assert journal._writer is not None
    assert journal._writer.execute("PRAGMA synchronous").fetchone() == (2,)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE envelope SET data = '{}' WHERE sequence = 2",
        "UPDATE envelope SET sequence = 9 WHERE sequence = 3",
        "DELETE FROM envelope WHERE sequence = 3",
        "DELETE FROM envelope",
        "INSERT OR REPLACE INTO envelope SELECT * FROM envelope WHERE sequence = 2",
        "REPLACE INTO envelope SELECT * FROM envelope WHERE sequence = 3",
        "INSERT OR IGNORE INTO envelope SELECT * FROM envelope WHERE sequence = 3",
        "INSERT INTO envelope SELECT 5, 1, at, '', '', 1, '', hash, '' FROM envelope LIMIT 1",
        "INSERT INTO envelope SELECT 4, 9, at, '', '', 1, '', hash, '' FROM envelope LIMIT 1",
        "INSERT INTO envelope SELECT 4, 1, at, '', '', 1, '', '', '' FROM envelope LIMIT 1",
        "UPDATE term SET epoch = 0",
        "UPDATE term SET sequence = 2",
        "DELETE FROM term",
        "INSERT INTO term VALUES (2, 7, 7, 'x')",
        "REPLACE INTO term VALUES (1, 0, 0, 'x')",
    ],
)
def test_triggers_refuse_every_change_but_an_append(
    journal: SqliteJournal, path: Path, statement: str
) -> None:
    """CA-01: append-only whoever writes."""
    written = envelopes(3, epoch=journal.take_over())
    journal.append(written)

    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|rises|epoch|follow"):
        edit(path, statement)

    assert (tuple(journal.read()), journal.epoch()) == (written, 1)


def test_second_writer_is_refused_while_the_first_writes(
    journal: SqliteJournal, path: Path
) -> None:
    """CC-01."""
    epoch = journal.take_over()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(PortUnavailableError, match="in use by another program"):
        journal.append(envelopes(1, epoch=epoch))

    other.execute("ROLLBACK")
    other.close()
    journal.append(envelopes(1, epoch=epoch))
    assert journal.head().sequence == 1


def test_appends_of_many_threads_make_one_chain(journal: SqliteJournal, path: Path) -> None:
    """CC-01: stale heads are refused, and none of the winners is lost."""
    epoch = journal.take_over()

    def write(handle: SqliteJournal) -> int:
        done = 0
        for _ in range(30):
            try:
                handle.append(envelopes(1, epoch=epoch, head=handle.head()))
            except (ConcurrentWriteError, PortUnavailableError):
                continue
            done += 1
        return done

    handles = [SqliteJournal(path), SqliteJournal(path)]
    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(write, handles * 2))
    for handle in handles:
        handle.close()

    report = verify(journal.read())
    assert (report.ok, report.records) == (True, done)
    assert done >= 30


def test_journal_of_a_newer_release_is_refused(journal: SqliteJournal, path: Path) -> None:
    journal.take_over()
    journal.close()
    edit(path, "PRAGMA user_version = 2")
    before = path.read_bytes()

    for error in ways_to_use(SqliteJournal(path)):
        assert isinstance(error, InputError)
        assert str(error).endswith(
            "was written by a newer release (schema 2; this one knows up to 1): "
            "update The Alchemiser."
        )
    assert path.read_bytes() == before


def test_database_of_another_program_is_refused_and_kept(
    journal: SqliteJournal, path: Path
) -> None:
    edit(path, "CREATE TABLE positions (symbol TEXT)")
    before = path.read_bytes()

    for error in ways_to_use(journal):
        assert isinstance(error, InputError)
        assert "another program's database" in str(error)
    assert path.read_bytes() == before


def test_garbage_is_refused_and_kept(journal: SqliteJournal, path: Path) -> None:
    garbage = b"This is a letter to my bank, not a database.\n" * 400
    path.write_bytes(garbage)

    for error in ways_to_use(journal):
        assert isinstance(error, InputError)
        assert "damaged (file is not a database): restore it from a copy" in str(error)
    assert path.read_bytes() == garbage


def test_journal_in_a_missing_folder_reads_as_empty_and_cannot_be_written(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "unmounted" / "journal.db")

    assert journal.head() == GENESIS
    with pytest.raises(PortUnavailableError, match="check that its folder exists"):
        journal.take_over()
    assert list(tmp_path.iterdir()) == []


def test_folder_in_place_of_a_journal_is_refused(tmp_path: Path) -> None:
    for error in ways_to_use(SqliteJournal(tmp_path)):
        assert isinstance(error, PortUnavailableError)
        assert str(error).endswith("is a folder: name a file.")


def test_full_disk_adds_nothing_and_is_not_for_ever(journal: SqliteJournal) -> None:
    """RS-03: a storage error is a typed outcome."""
    epoch = journal.take_over()
    written = envelopes(200, epoch=epoch)
    journal.append(written[:1])
    assert journal._writer is not None
    (pages,) = journal._writer.execute("PRAGMA page_count").fetchone()
    journal._writer.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(PortUnavailableError, match="disk is full: free some space"):
        journal.append(written[1:])
    assert tuple(journal.read()) == written[:1]

    journal._writer.execute("PRAGMA max_page_count = 100000")
    journal.append(written[1:])
    assert tuple(journal.read()) == written


@pytest.mark.parametrize("replaced", [True, False])
def test_journal_that_was_moved_away_is_not_written_on(
    journal: SqliteJournal, path: Path, *, replaced: bool
) -> None:
    """RS-11: a record in a file without a name would be lost."""
    epoch = journal.take_over()
    path.rename(path.with_suffix(".old"))
    if replaced:
        shutil.copy(path.with_suffix(".old"), path)

    with pytest.raises(PortUnavailableError, match=r"replaced while in use|cannot be reached"):
        journal.append(envelopes(1, epoch=epoch))


@pytest.mark.parametrize(
    ("code", "error", "remedy"),
    [
        (sqlite3.SQLITE_BUSY, PortUnavailableError, "in use by another program"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, PortUnavailableError, "in use by another program"),
        (sqlite3.SQLITE_LOCKED, PortUnavailableError, "in use by another program"),
        (sqlite3.SQLITE_PROTOCOL, PortUnavailableError, "in use by another program"),
        (sqlite3.SQLITE_CANTOPEN, PortUnavailableError, "check that its folder exists"),
        (sqlite3.SQLITE_FULL, PortUnavailableError, "free some space"),
        (sqlite3.SQLITE_IOERR, PortUnavailableError, "check the disk"),
        (sqlite3.SQLITE_IOERR_FSYNC, PortUnavailableError, "check the disk"),
        (sqlite3.SQLITE_READONLY, PortUnavailableError, "give this user the right to write it"),
        (sqlite3.SQLITE_READONLY_DBMOVED, PortUnavailableError, "is read-only"),
        (sqlite3.SQLITE_AUTH, PortUnavailableError, "change its owner or its rights"),
        (sqlite3.SQLITE_PERM, PortUnavailableError, "change its owner or its rights"),
        (sqlite3.SQLITE_CORRUPT, InputError, "restore it from a copy"),
        (sqlite3.SQLITE_NOTADB, InputError, "restore it from a copy"),
        (sqlite3.SQLITE_ERROR, InputError, "restore it from a copy"),
        (None, InputError, "restore it from a copy"),
    ],
)
def test_sqlite_errors_become_ours_with_a_remedy(
    path: Path, code: int | None, error: type[PortError], remedy: str
) -> None:
    """RS-03, AR-09."""
    foreign = sqlite3.OperationalError("its own words")
    if code is not None:
        foreign.sqlite_errorcode = code

    with pytest.raises(error, match=remedy) as raised, translated(path):
        raise foreign

    assert raised.value.__cause__ is foreign
    assert str(path) in str(raised.value)


MOUNTS = r"""
/dev/vda / ext4 rw,relatime 0 0
server:/export /mnt/nas nfs4 rw 0 0
//server/share /mnt/my\040share cifs rw 0 0
tmpfs /mnt/nas/fast tmpfs rw 0 0
/dev/vdb /mnt/covered ext4 rw 0 0
server:/more /mnt/covered nfs rw 0 0
""".lstrip()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/journal.db", None),
        ("/mnt/nasty/journal.db", None),
        ("/mnt/nas/fast/journal.db", None),
        ("/mnt/nas/journal.db", "nfs4"),
        ("/mnt/nas/deep/er/journal.db", "nfs4"),
        ("/mnt/nas/fast/../journal.db", "nfs4"),
        ("/mnt/my share/journal.db", "cifs"),
        ("/mnt/covered/journal.db", "nfs"),
    ],
)
def test_network_filesystem_is_refused(tmp_path: Path, path: str, kind: str | None) -> None:
    """CC-01: its locks do not keep a second writer out."""
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)

    if kind is None:
        refuse_network(Path(path), mounts)
    else:
        with pytest.raises(PortRejectedError, match=rf"\({kind}\).*put it on a local disk"):
            refuse_network(Path(path), mounts)


def test_without_a_table_of_mounts_no_filesystem_is_refused(tmp_path: Path) -> None:
    refuse_network(tmp_path / "journal.db", tmp_path / "no mounts")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("journal.db", "journal.db"),
        ("/var/lib/journal.db", "/var/lib/journal.db"),
        ("sqlite:///journal.db", "journal.db"),
        ("sqlite:////var/lib/journal.db", "/var/lib/journal.db"),
    ],
)
def test_journal_path_takes_a_path_or_a_url(url: str, path: str) -> None:
    assert journal_path(url) == Path(path)


@pytest.mark.parametrize("url", ["", "sqlite:///", "sqlite://journal.db", "postgres://host/name"])
def test_journal_path_refuses_another_url(url: str) -> None:
    with pytest.raises(SettingsError, match="write a path, or sqlite:///"):
        journal_path(url)


WRITER = """
import sys
from pathlib import Path
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.testing.contracts.journal import envelopes

journal = SqliteJournal(Path(sys.argv[1]))
epoch = journal.take_over()
while True:
    journal.append(envelopes(2, epoch=epoch, head=journal.head()))
    print(journal.head().sequence, flush=True)
"""


def test_killed_writer_loses_nothing_that_it_acknowledged(path: Path) -> None:
    """RS-11: kill -9 at any moment leaves whole transactions, and the next writer goes on."""
    for term in range(1, 6):
        with subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            told = [int(writer.stdout.readline()) for _ in range(3 * term)]
            os.kill(writer.pid, signal.SIGKILL)
            told += [int(line) for line in writer.stdout if line.endswith("\n")]

        survivor = SqliteJournal(path)
        report = verify(survivor.read())
        assert (report.ok, survivor.epoch()) == (True, term)
        assert report.records >= told[-1]
        assert report.records % 2 == 0
        assert survivor.head() == report.head
