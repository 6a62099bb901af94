"""Damage to the journal's file is found: never a wrong record, and never a foreign error."""

import sqlite3
from pathlib import Path

import pytest

from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.domain.journal.chain import Envelope, verify
from alchemiser.ports.errors import InputError, PortError
from alchemiser.testing.contracts.journal import envelopes

WRITTEN = envelopes(25, epoch=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path)
    journal.take_over()
    journal.append(WRITTEN)
    journal.close()
    return path


def sound(path: Path) -> tuple[Envelope, ...] | None:
    """Return what a journal holds that finds nothing wrong with itself; None when it does."""
    journal = SqliteJournal(path)
    try:
        held = tuple(journal.read())
        journal.epoch()
    except PortError:
        return None
    return held if verify(held).ok else None


def forge(path: Path, *statements: str) -> None:
    """Change the file as somebody would who has removed what forbids it."""
    connection = sqlite3.connect(path)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_every_flipped_bit_is_harmless_or_found(path: Path) -> None:
    """CA-05: one bit in every 29th byte."""
    whole = path.read_bytes()
    found = 0
    for place in range(0, len(whole), 29):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)

        held = sound(path)

        assert held in (None, WRITTEN), f"byte {place} changed the past unseen"
        found += held is None

    assert found > 100


def test_every_torn_file_is_found(path: Path) -> None:
    """CA-05: cut at every quarter of a page; only the bare name of a journal looks new."""
    whole = path.read_bytes()
    for length in range(1_024, len(whole), 1_024):
        path.write_bytes(whole[:length])

        assert sound(path) is None, f"{length} bytes passed for a whole journal"


def test_zeroed_tail_is_found(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(4_096, len(whole), 4_096):
        path.write_bytes(whole[:length].ljust(len(whole), b"\0"))

        assert sound(path) is None, f"{length} bytes passed for a whole journal"


def test_torn_log_gives_whole_transactions(tmp_path: Path) -> None:
    """RS-11: what power loss leaves of the write-ahead log is a beginning of the journal."""
    path = tmp_path / "live.db"
    journal = SqliteJournal(path)
    journal.take_over()
    for envelope in WRITTEN[:10]:
        journal.append((envelope,))
    main = path.read_bytes()
    log = Path(f"{path}-wal").read_bytes()
    journal.close()

    counts = set()
    for length in range(0, len(log) + 1, 1_000):
        copy = tmp_path / f"torn{length}.db"
        copy.write_bytes(main)
        Path(f"{copy}-wal").write_bytes(log[:length])
        held = sound(copy)
        assert held is not None
        assert held == WRITTEN[: len(held)]
        counts.add(len(held))

    assert counts >= set(range(10))


@pytest.mark.parametrize("number", [1, 2, 13, 25])
@pytest.mark.parametrize(
    "change",
    [
        "data = '{}'",
        "epoch = 2",
        "at = '2024-08-05T13:30:00.000018Z'",
        "at = 'yesterday'",
        "cycle_id = 'cycle-0'",
        "type = 'Other'",
        "version = 4",
        "previous = 'x'",
        "hash = 'x'",
        "sequence = 99",
        "data = x'7b7d'",
        "data = CAST(x'ff' AS TEXT)",
        "version = 'three'",
        "epoch = 1.5",
    ],
)
def test_every_forged_cell_is_found(path: Path, change: str, number: int) -> None:
    """CA-05."""
    forge(path, f"UPDATE envelope SET {change} WHERE sequence = {number}")  # noqa: S608

    assert sound(path) is None


@pytest.mark.parametrize("number", range(1, 26))
def test_every_dropped_record_is_found_and_the_last_too(path: Path, number: int) -> None:
    """CA-05."""
    forge(path, f"DELETE FROM envelope WHERE sequence = {number}")  # noqa: S608

    assert sound(path) is None


def test_lost_tail_names_both_ends(path: Path) -> None:
    forge(path, "DELETE FROM envelope WHERE sequence > 23")

    with pytest.raises(InputError, match="ends with record 23, not with record 25"):
        list(SqliteJournal(path).read())
    with pytest.raises(InputError, match="ends with record 0, not with record 25"):
        list(SqliteJournal(path).read(after=24))


def test_added_record_is_found(path: Path) -> None:
    (more,) = envelopes(1, epoch=1, head=WRITTEN[-1].head())
    forge(
        path,
        "INSERT INTO envelope SELECT 26, 1, at, cycle_id, type, version, data, "  # noqa: S608
        f"'{more.previous}', '{more.hash}' FROM envelope WHERE sequence = 24",
    )

    assert sound(path) is None
    with pytest.raises(InputError, match="ends with record 26"):
        list(SqliteJournal(path).read(after=25))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM term",
        "DROP TABLE term",
        "DROP TABLE envelope",
        "UPDATE term SET epoch = 'one'",
        "UPDATE term SET sequence = 24",
        "UPDATE term SET hash = 'x'",
    ],
)
def test_damaged_term_is_found(path: Path, statement: str) -> None:
    """CC-06: no epoch is taken for granted."""
    forge(path, statement)

    assert sound(path) is None


def test_unreadable_record_is_named(path: Path) -> None:
    forge(path, "UPDATE envelope SET at = 'noon' WHERE sequence = 13")
    journal = SqliteJournal(path)
    reading = journal.read()

    assert [next(reading).sequence for _ in range(12)] == list(range(1, 13))
    with pytest.raises(InputError, match=r"^Record 13 of the journal .* is damaged: restore"):
        next(reading)
