"""Splits and dividends are read from columns of their own, or splits from how two bases part."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError

SPY, TLT = Symbol("SPY"), Symbol("TLT")
FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
DAYS = ("2024-08-01", "2024-08-02", "2024-08-05", "2024-08-06", "2024-08-07")


def market(folder: Path, header: str, *rows: str, name: str = "SPY") -> FileMarketData:
    lines = [header, *(f"{day},{row}" for day, row in zip(DAYS, rows, strict=False))]
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return FileMarketData(folder, SessionTable())


def actions(source: FileMarketData) -> tuple[CorporateAction, ...]:
    return source.corporate_actions([SPY], first=FIRST, last=LAST)


def test_columns_tell_splits_and_dividends(tmp_path: Path) -> None:
    source = market(
        tmp_path,
        "session,close,raw_close,split,dividend",
        "100,100,,",
        "101,100.5,0,0.5",
        "100,50.1,2,",
        "103,25.8,1,0",
        "104,78,0.3333,0.25",
    )

    assert actions(source) == (
        CorporateAction(symbol=SPY, ex_day=date(2024, 8, 2), dividend=Decimal("0.5")),
        CorporateAction(symbol=SPY, ex_day=date(2024, 8, 5), split=Decimal(2)),
        CorporateAction(
            symbol=SPY,
            ex_day=date(2024, 8, 7),
            split=Decimal(1) / Decimal(3),
            dividend=Decimal("0.25"),
        ),
    )
    assert source.corporate_actions([TLT], first=FIRST, last=LAST) == ()
    assert len(source.corporate_actions([SPY], first=FIRST, last=date(2024, 8, 5))) == 2
    assert source.price_increment() == Decimal("0.01")


def test_split_is_read_from_how_the_bases_part_where_no_column_tells(tmp_path: Path) -> None:
    source = market(
        tmp_path,
        "session,close,raw_close",
        "100,400",
        "101,404",
        "100,100.2",
        "180,180.1",
        "9,180.2",
    )

    assert [(one.ex_day.day, one.split) for one in actions(source)] == [
        (5, Decimal(4)),
        (7, Decimal("0.05")),
    ]


def test_dividends_and_large_moves_are_no_splits(tmp_path: Path) -> None:
    source = market(
        tmp_path, "session,close,raw_close", "100,100", "101,100.1", "50,49.6", "150,148.7", "90,89"
    )

    assert actions(source) == ()


def test_total_return_units_have_no_actions(tmp_path: Path) -> None:
    assert actions(market(tmp_path, "session,close,split", "100,2", "101,3")) == ()


@pytest.mark.parametrize(("column", "value"), [("split", "-2"), ("dividend", "-0.1")])
def test_ratio_that_no_split_can_have_is_one_plain_sentence(
    tmp_path: Path, column: str, value: str
) -> None:
    source = market(tmp_path, f"session,close,raw_close,{column}", "100,100,", f"101,101,{value}")

    with pytest.raises(InputError, match=r"bars of SPY on 2024-08-02.*correct the file\.$"):
        source.check()


def test_new_columns_change_no_bar(tmp_path: Path) -> None:
    with_them = market(
        tmp_path, "session,close,raw_close,split,dividend", "100,100,2,1", "101,99,,"
    )
    panel = with_them.bars([SPY], through=LAST)

    assert panel.raw_close is not None
    assert panel.close[:2, 0].tolist() == [100, 101]
    (told,) = with_them.quotes([SPY], at=datetime(2024, 8, 2, 19, 45, tzinfo=UTC))
    assert told.last == 99
