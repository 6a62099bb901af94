"""Files of bars are read with patience: every fault is told, and the rest is read."""

from datetime import date
from pathlib import Path

import pytest

from alchemiser.adapters.files.examining import ExaminedFiles
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market.gate import FindingCode
from alchemiser.ports.errors import InputError

CALENDAR = SessionTable()
MONDAY = date(2024, 8, 5)


def examined(path: Path) -> ExaminedFiles:
    return ExaminedFiles(path, CALENDAR)


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    """DA-01."""
    write(
        tmp_path,
        AGG="session,close\n2024-08-04,98\n",
        QQQ="session,last\n2024-08-05,440\n",
        SPY="session,close\n2024-08-02,530\n2024-08-05,517\n",
        TLT="session,close\n2024-08-05,cheap\n",
    )

    files = examined(tmp_path)

    assert files.symbols() == ("SPY",)
    assert files.last() == MONDAY
    assert files.bars(files.symbols(), through=MONDAY).close[:, 0].tolist() == [530.0, 517.0]
    assert [(one.symbol, one.code, one.blocks) for one in files.problems()] == [
        ("AGG", FindingCode.UNREADABLE, True),
        ("QQQ", FindingCode.UNREADABLE, True),
        ("TLT", FindingCode.UNREADABLE, True),
    ]


def test_rows_that_come_twice_or_out_of_order_are_told(tmp_path: Path) -> None:
    """DA-01, FAULTS C13: the first of two rows is shown, and the symbol blocked."""
    write(tmp_path, SPY="session,close\n2024-08-05,517\n2024-08-02,530\n2024-08-05,9\n")

    files = examined(tmp_path)

    found = [(one.code, one.session, one.blocks) for one in files.problems()]
    assert found == [
        (FindingCode.DUPLICATE, MONDAY, True),
        (FindingCode.DISORDER, date(2024, 8, 2), False),
    ]
    assert files.bars(files.symbols(), through=MONDAY).close[:, 0].tolist() == [530.0, 517.0]


def test_one_table_of_many_symbols_is_examined_by_symbol(tmp_path: Path) -> None:
    text = "symbol,session,close\nSPY,2024-08-05,517\nAGG,2024-08-05,98\nSPY,2024-08-05,518\n"
    write(tmp_path, all=text)

    files = examined(tmp_path / "all.csv")

    assert files.symbols() == ("AGG", "SPY")
    assert [one.symbol for one in files.problems()] == ["SPY"]


def test_a_symbol_in_two_files_is_told(tmp_path: Path) -> None:
    write(tmp_path, SPY="session,close\n2024-08-05,517\n")
    (tmp_path / "SPY.CSV").write_text("session,close\n2024-08-05,518\n")

    (problem,) = examined(tmp_path).problems()

    assert problem.code is FindingCode.UNREADABLE


def test_nothing_to_examine_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "nowhere.csv"):
        with pytest.raises(InputError, match="put the bars there"):
            examined(path).symbols()


def test_nothing_readable_has_no_last_session(tmp_path: Path) -> None:
    write(tmp_path, SPY="session,close\n")

    files = examined(tmp_path)

    assert files.last() is None
    assert files.symbols() == ()
