"""Pulled bars are kept as they were seen, and nothing is forgotten."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from alchemiser.adapters.bars_store.series import SqliteSeriesStore
from alchemiser.adapters.bars_store.sqlite import SqliteBarsStore
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns, panel_digest, panel_from_columns
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError, PortUnavailableError
from tests.panels import synthetic_panel

SEEN: Final = datetime(2024, 8, 5, 21, tzinfo=UTC)
BARS: Final = synthetic_panel(("QQQ", "SPY"), seed=7).until(99)
SOURCE: Final = "alpaca iex"


@pytest.fixture
def store(tmp_path: Path) -> SqliteSeriesStore:
    return SqliteSeriesStore(tmp_path / "data.db")


def changed(row: int, factor: float, name: str = "close") -> BarPanel:
    columns = {key: array.copy() for key, array in panel_columns(BARS).items()}
    columns[name][row, 1] *= factor
    return panel_from_columns(sessions=BARS.sessions, symbols=BARS.symbols, columns=columns)


def read(store: SqliteSeriesStore) -> BarPanel:
    return store.read(BARS.symbols, source=SOURCE, sessions=BARS.sessions)


def test_what_was_kept_is_read_bit_for_bit(store: SqliteSeriesStore) -> None:
    assert store.keep(BARS, source=SOURCE, seen_at=SEEN) == {}

    assert panel_digest(read(store)) == panel_digest(BARS)
    assert store.coverage(SOURCE) == dict.fromkeys(
        BARS.symbols, (BARS.sessions[0], BARS.sessions[-1])
    )


def test_keeping_the_same_again_adds_nothing(store: SqliteSeriesStore, tmp_path: Path) -> None:
    """DA-05: memory and disk are bounded by what is new."""
    store.keep(BARS, source=SOURCE, seen_at=SEEN)
    before = rows(tmp_path)

    store.keep(BARS, source=SOURCE, seen_at=SEEN + timedelta(days=1))
    store.keep(BARS.until(40), source=SOURCE, seen_at=SEEN + timedelta(days=1))

    assert rows(tmp_path) == before
    assert store.revisions() == ()


def rows(folder: Path) -> list[int]:
    with sqlite3.connect(folder / "data.db") as connection:
        return [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - ours
            for table in ("pulled", "seen", "revised")
        ]


def test_a_revision_is_told_and_the_bar_as_first_seen_stays(
    store: SqliteSeriesStore, tmp_path: Path
) -> None:
    """FAULTS C09."""
    store.keep(BARS, source=SOURCE, seen_at=SEEN)
    later = SEEN + timedelta(days=1)

    assert store.keep(changed(40, 1.02), source=SOURCE, seen_at=later) == {"SPY": 1}

    (told,) = store.revisions()
    assert (told.symbol, told.seen_at, told.first, told.bars) == (
        "SPY",
        later,
        BARS.sessions[40],
        1,
    )
    assert told.largest == pytest.approx(0.02)
    assert read(store).close[40, 1] == changed(40, 1.02).close[40, 1]
    with sqlite3.connect(tmp_path / "data.db") as connection:
        assert connection.execute("SELECT count(*) FROM seen").fetchone() == (2,)


def test_a_bar_that_vanished_is_a_revision(store: SqliteSeriesStore) -> None:
    """FAULTS C01."""
    store.keep(BARS, source=SOURCE, seen_at=SEEN)

    store.keep(changed(40, float("nan")), source=SOURCE, seen_at=SEEN)

    (told,) = store.revisions()
    assert told.largest == np.inf
    assert np.isnan(read(store).close[40, 1])


def test_a_change_of_volume_alone_is_a_revision(store: SqliteSeriesStore) -> None:
    store.keep(BARS, source=SOURCE, seen_at=SEEN)

    store.keep(changed(40, 2.0, "volume"), source=SOURCE, seen_at=SEEN)

    assert [(one.bars, one.largest) for one in store.revisions()] == [(1, 0.0)]


def test_sources_are_kept_apart(store: SqliteSeriesStore) -> None:
    """FAULTS C07, C11: adjusted and unadjusted, or two feeds, never mix."""
    store.keep(BARS, source=SOURCE, seen_at=SEEN)
    store.keep(changed(40, 1.5), source="alpaca sip", seen_at=SEEN)

    assert panel_digest(read(store)) == panel_digest(BARS)
    assert store.sources() == dict.fromkeys(BARS.symbols, (SOURCE, "alpaca sip"))
    assert store.revisions() == ()
    assert store.coverage("files here") == {}


@pytest.mark.parametrize("table", ["pulled", "seen", "revised"])
def test_nothing_is_ever_changed_or_deleted(
    table: str, store: SqliteSeriesStore, tmp_path: Path
) -> None:
    store.keep(BARS, source=SOURCE, seen_at=SEEN)
    store.keep(changed(40, 1.5), source=SOURCE, seen_at=SEEN)
    with sqlite3.connect(tmp_path / "data.db") as connection:
        for verb in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = 9"):  # noqa: S608 - ours
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(verb)


def test_nothing_kept_is_a_column_of_nan(store: SqliteSeriesStore) -> None:
    assert np.isnan(read(store).close).all()
    assert store.read((), source=SOURCE, sessions=BARS.sessions).close.shape == (100, 0)
    assert store.keep(BARS.until(0), source=SOURCE, seen_at=SEEN) == {}


def test_a_file_that_is_something_else_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    path.write_text("session,close\n" * 100)

    with pytest.raises(InputError, match="not a sound bars store"):
        SqliteSeriesStore(path).coverage(SOURCE)
    with pytest.raises(PortUnavailableError, match="folder"):
        SqliteSeriesStore(tmp_path / "nowhere" / "data.db").coverage(SOURCE)


def test_the_store_of_decisions_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "bars.db"
    SqliteBarsStore(path).record(BARS, seen_at=SEEN)

    with pytest.raises((InputError, PortUnavailableError)):
        SqliteSeriesStore(path).coverage(SOURCE)


def test_symbols_of_different_length_and_unknown_ones_come_together(
    store: SqliteSeriesStore,
) -> None:
    store.keep(BARS, source=SOURCE, seen_at=SEEN)

    panel = store.read(
        (Symbol("ZZZZ"), Symbol("SPY")), source=SOURCE, sessions=BARS.sessions[10:20]
    )

    assert panel.symbols == ("SPY", "ZZZZ")
    np.testing.assert_array_equal(panel.close[:, 0], BARS.close[10:20, 1])
    assert np.isnan(panel.close[:, 1]).all()
