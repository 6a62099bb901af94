"""The bars store only grows, survives a killed writer and notices damage."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.bars_store.null import NullBarsStore
from alchemiser.adapters.bars_store.segments import ordinals, pack_days, unpack_days
from alchemiser.adapters.bars_store.sqlite import SqliteBarsStore
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError, PortUnavailableError
from alchemiser.testing.contracts.bars_store import panel

AT = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)
ROWS = [[98.11, 542.0], [98.73, 550.81]]

KILLED_WRITER = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute(
    "INSERT INTO segment SELECT NULL, 'torn', first_day, days, symbols, columns, bars FROM segment"
)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bars.db"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_only_what_is_new_or_revised_is_stored(path: Path) -> None:
    """DA-06: a day more costs a row, a revised symbol its column."""
    store = SqliteBarsStore(path)
    for close in (ROWS, [*ROWS, [99.5, 543.01]], [[97.0, 542.0], [97.6, 550.81], [99.5, 543.01]]):
        store.record(panel(close), seen_at=AT)

    stored = rows(path, "SELECT symbols, length(bars) / 8 FROM segment ORDER BY revision")

    assert stored == [('["AGG", "SPY"]', 4), ('["AGG", "SPY"]', 2), ('["AGG"]', 2)]


@pytest.mark.parametrize("table", ["segment", "panel"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET seen_at = 'never'"])
def test_nothing_can_be_changed_or_removed(path: Path, table: str, change: str) -> None:
    """CA-01: not even by hand."""
    SqliteBarsStore(path).record(panel(ROWS), seen_at=AT)

    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(change.format(table))


def test_killed_writer_leaves_nothing_behind(path: Path) -> None:
    """FAULTS J01: a torn transaction is gone, and the next one goes on."""
    store = SqliteBarsStore(path)
    first = store.record(panel(ROWS), seen_at=AT)

    subprocess.run([sys.executable, "-c", KILLED_WRITER, str(path)], check=False)  # noqa: S603
    second = store.record(panel([*ROWS, [99.5, 543.01]]), seen_at=AT)

    assert rows(path, "SELECT count(*) FROM segment WHERE seen_at = 'torn'") == [(0,)]
    assert panel_digest(store.read(first)) == panel_digest(panel(ROWS))
    assert store.read(second).close[-1].tolist() == [99.5, 543.01]


def test_changed_bars_are_noticed(path: Path) -> None:
    """CA-02: a digest stands over what a decision was made of."""
    store = SqliteBarsStore(path)
    reference = store.record(panel(ROWS), seen_at=AT)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER segment_is_final")
        forged = np.array([98.11, 542.0, 98.73, 550.82]).tobytes()
        connection.execute("UPDATE segment SET bars = ?", (forged,))

    with pytest.raises(InputError, match="restore it from a backup"):
        store.read(reference)


def test_missing_file_is_not_made_by_reading(path: Path, tmp_path: Path) -> None:
    reference = SqliteBarsStore(path).record(panel(ROWS), seen_at=AT)
    elsewhere = tmp_path / "other.db"

    with pytest.raises(InputError, match="no longer holds the bars"):
        SqliteBarsStore(elsewhere).read(reference)
    assert not elsewhere.exists()


def test_file_of_another_kind_is_refused(path: Path) -> None:
    path.write_text("session,close\n" * 100)

    with pytest.raises(InputError, match="is not a sound bars store"):
        SqliteBarsStore(path).record(panel(ROWS), seen_at=AT)


def test_file_of_a_newer_release_is_refused(path: Path) -> None:
    """FAULTS F10."""
    SqliteBarsStore(path).record(panel(ROWS), seen_at=AT)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")

    with pytest.raises(InputError, match=r"newer release \(format 7\): install that release"):
        SqliteBarsStore(path).record(panel(ROWS), seen_at=AT)


def test_place_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    store = SqliteBarsStore(tmp_path / "missing" / "bars.db")

    with pytest.raises(PortUnavailableError, match="make sure that its folder exists"):
        store.record(panel(ROWS), seen_at=AT)


def test_store_is_written_through_to_the_disk(path: Path) -> None:
    """FAULTS F07."""
    SqliteBarsStore(path).record(panel(ROWS), seen_at=AT)

    with SqliteBarsStore(path)._opened() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_store_can_be_copied_as_one_file(path: Path, tmp_path: Path) -> None:
    """OP-01: nothing is left in a side file once a call has returned."""
    reference = SqliteBarsStore(path).record(panel(ROWS), seen_at=AT)

    copy = Path(shutil.copy(path, tmp_path / "copy.db"))

    assert SqliteBarsStore(copy).read(reference).close.tolist() == ROWS


@pytest.mark.parametrize(
    "wrong",
    [
        panel([]),
        replace(panel(ROWS), blocked=np.zeros((2, 2), dtype=np.bool_)),
    ],
    ids=["empty", "judged"],
)
def test_panel_that_is_no_raw_input_is_refused(path: Path, wrong: BarPanel) -> None:
    with pytest.raises(InvalidValueError):
        SqliteBarsStore(path).record(wrong, seen_at=AT)
    assert not path.exists()


@given(st.sets(st.dates(date(1990, 1, 1), date(2030, 12, 31)), min_size=1, max_size=60))
def test_days_survive_packing(days: set[date]) -> None:
    packed = ordinals(sorted(days))

    assert unpack_days(int(packed[0]), pack_days(packed)).tolist() == packed.tolist()


VALUES = st.sampled_from([98.11, 98.73, 0.0, -0.0, float("inf"), float("nan")])
PANELS = st.sampled_from(["AGG", "SPY", "AGG SPY", "AGG SPY TLT"]).flatmap(
    lambda names: st.lists(
        st.lists(VALUES, min_size=len(names.split()), max_size=len(names.split())),
        min_size=1,
        max_size=5,
    ).map(lambda close: panel(close, names))
)


@given(st.lists(PANELS, min_size=1, max_size=6))
def test_every_panel_ever_seen_can_be_read_again(seen: list[BarPanel]) -> None:
    """CA-02: whatever was revised, forgotten or added in between."""
    with TemporaryDirectory() as folder:
        store = SqliteBarsStore(Path(folder) / "bars.db")

        references = [store.record(one, seen_at=AT) for one in seen]

        for one, reference in zip(seen, references, strict=True):
            again = store.read(reference)
            assert panel_digest(again) == panel_digest(one) == reference.digest
            assert store.record(seen[-1], seen_at=AT) == references[-1]


def test_null_store_refers_to_the_last_session_and_keeps_nothing() -> None:
    """BT-10: what a backtest's digest rests on costs no more on later days."""
    store = NullBarsStore()

    reference = store.record(panel(ROWS), seen_at=AT)

    assert reference == store.record(panel(ROWS), seen_at=AT)
    assert (reference.first, reference.last) == (date(2024, 7, 29), date(2024, 7, 30))
    changed = store.record(panel([ROWS[0], [98.73, 550.82]]), seen_at=AT)
    assert changed.digest != reference.digest
    with pytest.raises(InputError, match="were not kept"):
        store.read(reference)
    with pytest.raises(InvalidValueError):
        store.record(panel([]), seen_at=AT)


def test_many_symbols_cost_little_on_the_first_day_and_after(path: Path) -> None:
    """PF-01: forty symbols over twenty-one years, then one day more."""
    names = tuple(Symbol(f"A{i:02d}") for i in range(40))
    days = tuple(date.fromordinal(732_000 + i) for i in range(5_401))
    close = np.linspace(9.5, 512.25, 5_401 * 40).reshape(5_401, 40)
    whole = BarPanel(sessions=days, symbols=names, close=close)
    store = SqliteBarsStore(path)

    store.record(whole.until(5_399), seen_at=AT)
    before = path.stat().st_size
    reference = store.record(whole, seen_at=AT)

    assert before < 1.1 * 8 * close.size
    assert path.stat().st_size - before < 30_000
    assert panel_digest(store.read(reference)) == reference.digest
