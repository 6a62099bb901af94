"""Bars are written as CSV and Parquet and read back bit for bit."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from alchemiser.adapters.files import writing
from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.files.writing import convert
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError, PortUnavailableError

CALENDAR = SessionTable()
LAST = date(2024, 8, 5)
SYMBOLS = (Symbol("BRK.B"), Symbol("SPY"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder of bars with every bit of a float in use, holes and actions."""
    folder = tmp_path / "source"
    folder.mkdir()
    draws = np.random.default_rng(7)
    for name in SYMBOLS:
        lines = ["session,close,open,high,low,volume,raw_close,split,dividend"]
        for session in CALENDAR.sessions(date(2024, 7, 1), LAST):
            numbers = [repr(float(one)) for one in np.exp(draws.normal(5, 3, 6))]
            lines.append(",".join([str(session.day), *numbers, "1", "0.125"]))
        lines[5] = lines[5].rsplit(",", 4)[0] + ",,,,"
        (folder / f"{name}.csv").write_text("\n".join(lines))
    return folder


def digest(path: Path) -> str:
    return panel_digest(FileMarketData(path, CALENDAR).bars(SYMBOLS, through=LAST))


@pytest.mark.parametrize("target", ["all.csv", "all.parquet", "folder"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_is_written_reads_back_bit_for_bit(source: Path, target: str, kind: str) -> None:
    there = source.parent / target
    back = source.parent / "back"

    symbols, rows = convert(source, there, kind, CALENDAR)
    convert(there, back, "csv", CALENDAR)

    assert (symbols, rows) == (2, 2 * len(CALENDAR.sessions(date(2024, 7, 1), LAST)))
    assert digest(there) == digest(back) == digest(source)
    first, last = date(2024, 7, 1), LAST
    actions = [
        FileMarketData(path, CALENDAR).corporate_actions(SYMBOLS, first=first, last=last)
        for path in (source, there, back)
    ]
    assert actions[0] == actions[1] == actions[2] != ()


def test_nothing_is_overwritten(source: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        convert(source, source, "csv", CALENDAR)


def test_a_place_that_cannot_be_written_is_said_so(source: Path) -> None:
    with pytest.raises(PortUnavailableError, match="cannot be written"):
        convert(source, source / "SPY.csv" / "deeper", "csv", CALENDAR)
    with pytest.raises(PortUnavailableError, match="cannot be written"):
        convert(source, source / "nowhere" / "all.parquet", "parquet", CALENDAR)


@pytest.mark.parametrize("name", ["bars.csv", "bars.parquet", "folder"])
def test_half_of_what_was_to_be_written_is_never_left(
    source: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DA-08: a file that was cut off by a full disk would be read as if it were all."""

    def full(target: Path, _: object) -> None:
        target.write_text("session,close\n2024-07-01,1\n", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_write", full)
    before = sorted(tmp_path.iterdir())

    with pytest.raises(PortUnavailableError, match=r"No space left on device.*make room"):
        convert(source, tmp_path / name, "csv", CALENDAR)

    assert sorted(tmp_path.iterdir()) == before
