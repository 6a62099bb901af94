"""Bars on disk are read as the contract states, and everything else is one plain sentence."""

import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.session import Session
from alchemiser.ports.errors import InputError

CALENDAR = SessionTable()
SPY, TLT = Symbol("SPY"), Symbol("TLT")
FRIDAY, MONDAY, TUESDAY = date(2024, 8, 2), date(2024, 8, 5), date(2024, 8, 6)
NEAR_CLOSE = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)

ONE_FILE = """symbol,session,close
TLT,2024-08-06,97.43
SPY,2024-08-02,532.9
SPY,2024-08-05,517.38
SPY,2024-08-06,522.15
TLT,2024-08-05,98.55
"""


def market(path: Path) -> FileMarketData:
    return FileMarketData(path, CALENDAR)


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def parquet(path: Path, **columns: Any) -> Path:  # noqa: ANN401 - whatever pyarrow takes
    pq.write_table(pa.table(columns), path)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        market(path).check()
    message = str(refused.value)
    assert str(path) in message
    assert "\n" not in message
    assert message.endswith(".")
    return message


# Reading


def test_source_in_any_order_becomes_a_panel_on_the_exchanges_axis(tmp_path: Path) -> None:
    """DA-09: a session that the source lacks is there, as NaN."""
    source = market(written(tmp_path / "bars.csv", ONE_FILE))

    panel = source.bars([TLT, SPY], through=date(2024, 8, 7))

    assert panel.sessions == (FRIDAY, MONDAY, TUESDAY, date(2024, 8, 7))
    assert panel.symbols == (SPY, TLT)
    np.testing.assert_array_equal(
        panel.close,
        [[532.9, np.nan], [517.38, 98.55], [522.15, 97.43], [np.nan, np.nan]],
    )
    assert (panel.open, panel.volume, panel.raw_close) == (None, None, None)


def test_axis_begins_with_the_first_session_of_what_is_asked_for(tmp_path: Path) -> None:
    source = market(written(tmp_path / "bars.csv", ONE_FILE))

    assert source.bars([TLT], through=TUESDAY).sessions == (MONDAY, TUESDAY)
    assert source.bars([Symbol("QQQ")], through=TUESDAY).sessions == (FRIDAY, MONDAY, TUESDAY)


def test_bars_before_the_first_session_are_an_empty_panel(tmp_path: Path) -> None:
    source = market(written(tmp_path / "bars.csv", ONE_FILE))

    assert source.bars([SPY], through=date(2024, 8, 1)).close.shape == (0, 1)


@pytest.mark.parametrize(
    "sessions",
    [
        pa.array(["2024-08-05", "2024-08-02"]),
        pa.array(["2024-08-05", "2024-08-02"]).dictionary_encode(),
        pa.array([MONDAY, FRIDAY], pa.date32()),
        pa.array([MONDAY, FRIDAY], pa.date64()),
        pa.array([datetime(2024, 8, 5), datetime(2024, 8, 2)], pa.timestamp("ns")),  # noqa: DTZ001
        pa.array(
            [datetime(2024, 8, 5, 4, tzinfo=UTC), datetime(2024, 8, 2, 4, tzinfo=UTC)],
            pa.timestamp("us", tz="America/New_York"),
        ),
    ],
    ids=lambda array: str(array.type),
)
def test_parquet_sessions_may_be_text_dates_or_midnights(
    tmp_path: Path, sessions: pa.Array
) -> None:
    """DA-10."""
    path = parquet(tmp_path / "SPY.parquet", session=sessions, close=[517.38, 532.9])

    panel = market(path.parent).bars([SPY], through=MONDAY)

    assert panel.sessions == (FRIDAY, MONDAY)
    assert panel.close[:, 0].tolist() == [532.9, 517.38]


def test_folder_and_single_files_of_both_kinds_agree(tmp_path: Path) -> None:
    """DA-08: to the last bit, whatever the rows' order and the suffix's case."""
    one = written(tmp_path / "bars.csv", ONE_FILE)
    folder = tmp_path / "folder"
    written(
        folder / "SPY.CSV",
        "\ufeffclose,session\n532.9,2024-08-02\n\n517.38,2024-08-05\n522.15,2024-08-06\n",
    )
    parquet(folder / "TLT.Parquet", close=[98.55, 97.43], session=["2024-08-05", "2024-08-06"])
    written(folder / "README.md", "not bars")
    written(folder / "._SPY.csv", "a shadow that some systems leave")

    panels = [market(path).bars([SPY, TLT], through=TUESDAY) for path in (one, folder)]

    assert panel_digest(panels[0]) == panel_digest(panels[1])


def test_prices_are_read_to_the_last_bit(tmp_path: Path) -> None:
    """BT-10: shortest decimal of an awkward float, and back."""
    price = 0.1 + 0.2
    path = written(tmp_path / "SPY.csv", f"session,close\n2024-08-05,{price!r}\n")

    assert market(path.parent).bars([SPY], through=MONDAY).close[0, 0] == price


def test_every_column_of_the_contract_is_read(tmp_path: Path) -> None:
    """DA-08."""
    header = "session,open,high,low,close,volume,raw_close,note"
    path = written(
        tmp_path / "SPY.csv", f"{header}\n2024-08-05,511.64,523.58,510.27,517.38,,519.1,x\n"
    )

    panel = market(path.parent).bars([SPY], through=MONDAY)

    arrays = (panel.open, panel.high, panel.low, panel.close, panel.volume, panel.raw_close)
    row = [float("nan") if array is None else float(array[0, 0]) for array in arrays]
    np.testing.assert_array_equal(row, [511.64, 523.58, 510.27, 517.38, np.nan, 519.1])
    assert panel.volume is not None


@pytest.mark.parametrize("price", ["", "nan", "0", "-3.5", "inf"])
def test_bad_prices_are_left_to_the_gate(tmp_path: Path, price: str) -> None:
    """DA-01: one bad price blocks a symbol, it does not stop the day."""
    source = market(written(tmp_path / "bars.csv", f"{ONE_FILE}AGG,2024-08-05,{price}\n"))

    source.check()

    close = source.bars([Symbol("AGG")], through=MONDAY).close[0, 0]
    np.testing.assert_array_equal(close, float(price or "nan"))
    assert source.quotes([Symbol("AGG")], at=NEAR_CLOSE) == ()


def test_blanks_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    """DA-08: as exports have them."""
    text = "\n" + ONE_FILE.replace(",", ", ").replace("close", "close ").replace("\n", "\n  \n")

    panels = [
        market(written(tmp_path / name, one)).bars([SPY, TLT], through=TUESDAY)
        for name, one in (("plain.csv", ONE_FILE), ("wide.csv", text))
    ]

    assert panel_digest(panels[0]) == panel_digest(panels[1])


def test_file_of_one_symbol_may_name_no_other(tmp_path: Path) -> None:
    """DA-08: bars of QQQ are not taken for those of SPY, whatever the file is called."""
    rows = "2024-08-05,BRK/B,427.13\n"
    own = written(tmp_path / "own" / "BRK.B.csv", f"session,symbol,close\n{rows}").parent
    other = written(tmp_path / "other" / "SPY.csv", f"session,symbol,close\n{rows}").parent
    parquet(tmp_path / "SPY.parquet", session=[MONDAY], symbol=["QQQ"], close=[517.38])

    assert market(own).bars([Symbol("BRK.B")], through=MONDAY).close[0, 0] == 427.13
    assert "SPY.csv has rows of BRK.B: name it after its symbol" in refusal(other)
    with pytest.raises(InputError, match=r"SPY\.parquet has rows of QQQ"):
        market(tmp_path).check()


@pytest.mark.parametrize("name", ["spy.csv", "^GSPC.csv", "7203.T.parquet", "notes.csv"])
def test_file_that_is_not_named_after_a_symbol_is_refused(tmp_path: Path, name: str) -> None:
    written(tmp_path / name, "session,close\n2024-08-05,1\n")

    with pytest.raises(
        InputError, match=r"is not named after a ticker symbol.*: rename it, or take"
    ):
        market(tmp_path).check()


def test_other_writing_of_a_ticker_is_the_same_symbol(tmp_path: Path) -> None:
    path = written(tmp_path / "bars.csv", "symbol,session,close\nBRK/B,2024-08-05,427.13\n")

    assert market(path).bars([Symbol("BRK.B")], through=MONDAY).close[0, 0] == 427.13


# Quotes


def test_quote_is_the_close_of_the_session_that_has_opened(tmp_path: Path) -> None:
    """DA-02: with the age of what it is taken from."""
    source = market(written(tmp_path / "bars.csv", ONE_FILE))
    close = datetime(2024, 8, 5, 20, 0, tzinfo=UTC)

    during = source.quotes([TLT, SPY], at=NEAR_CLOSE)
    next_morning = source.quotes([SPY], at=close + timedelta(hours=17))
    weekend = source.quotes([SPY, TLT], at=datetime(2024, 8, 4, 12, 0, tzinfo=UTC))

    assert [(one.symbol, one.bid, one.ask, one.last, one.at) for one in during] == [
        (SPY, Decimal("517.38"), Decimal("517.38"), Decimal("517.38"), NEAR_CLOSE),
        (TLT, Decimal("98.55"), Decimal("98.55"), Decimal("98.55"), NEAR_CLOSE),
    ]
    assert [(one.last, one.at) for one in next_morning] == [(Decimal("517.38"), close)]
    assert [one.symbol for one in weekend] == [SPY]


def test_quote_is_on_the_trading_basis_where_there_is_one(tmp_path: Path) -> None:
    """DA-11: never on the other one, not even for a day without it."""
    text = "session,close,raw_close\n2024-08-05,517.38,519.11\n2024-08-06,522.15,\n"
    source = market(written(tmp_path / "folder" / "SPY.csv", text).parent)

    assert source.price_increment() == Decimal("0.01")
    assert [one.last for one in source.quotes([SPY], at=NEAR_CLOSE)] == [Decimal("519.11")]
    assert source.quotes([SPY], at=NEAR_CLOSE + timedelta(days=1)) == ()


def test_quote_before_the_last_hour_is_the_opening_price(tmp_path: Path) -> None:
    """BT-02: a price that is not known yet is not quoted; half of the signal basis is traded."""
    text = "session,open,close,raw_close\n2024-08-05,500.5,520,260\n"
    source = market(written(tmp_path / "folder" / "SPY.csv", text).parent)
    close = datetime(2024, 8, 5, 20, 0, tzinfo=UTC)

    quoted = [
        source.quotes([SPY], at=close - timedelta(minutes=minutes))[0].last
        for minutes in (389, 61, 60)
    ]

    assert quoted == [Decimal("250.25"), Decimal("250.25"), Decimal(260)]


def test_source_without_opening_prices_quotes_nothing_before_the_last_hour(
    tmp_path: Path,
) -> None:
    """BT-02."""
    source = market(written(tmp_path / "bars.csv", ONE_FILE))

    assert source.quotes([SPY], at=NEAR_CLOSE - timedelta(hours=1)) == ()


def test_price_step_is_a_millionth_without_a_trading_basis(tmp_path: Path) -> None:
    source = market(written(tmp_path / "bars.csv", ONE_FILE))

    assert source.price_increment() == Decimal("0.000001")


class Closed(SessionTable):
    """An exchange that has not been open for weeks."""

    def sessions(self, start: date, end: date) -> tuple[Session, ...]:
        del start, end
        return ()


def test_quotes_without_a_recent_session_are_none(tmp_path: Path) -> None:
    """DA-02."""
    source = FileMarketData(written(tmp_path / "bars.csv", ONE_FILE), Closed())

    assert source.quotes([SPY], at=NEAR_CLOSE) == ()


# Refusals


def test_missing_source_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere") == (
        f"{tmp_path / 'nowhere'} does not exist: put the bars there or correct the data path."
    )


def test_path_that_cannot_be_looked_up_is_refused() -> None:
    assert "cannot be opened (File name too long)" in refusal(Path("x" * 5_000))


def test_missing_column_is_refused_with_what_was_found(tmp_path: Path) -> None:
    """DA-08."""
    for path in (
        written(tmp_path / "bars.csv", "symbol,session,Close\nSPY,2024-08-05,517.38\n"),
        parquet(tmp_path / "bars.parquet", symbol=["SPY"], session=[MONDAY], Close=[517.38]),
    ):
        assert "has no column close (found: symbol, session, Close)" in refusal(path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty: fill it"),
        ("\n \n", "is empty: fill it"),
        ("symbol;session;close\nSPY;2024-08-05;517,38\n", "parts its fields by semicolons: write"),
        ("symbol\tsession\tclose\nSPY\t2024-08-05\t517\n", "parts its fields by tabs: write"),
        ("a,b\nSPY,517.38\n", "no column symbol and no column session and no column close (found"),
        ("symbol,session,close\n", "has a header but no rows"),
        ("symbol,session,close,close\nSPY,2024-08-05,517.38,1\n", "close more than once"),
        ("symbol,session,close\nSPY,2024-08-05\n", "row 2, has 2 fields and the header 3"),
        ("symbol,session,close\nSPY,2024-08-05,5l7\n", "row 2, has '5l7' in the column close"),
        ("symbol,session,close\nSPY,2024-08-05,5_17\n", "row 2, has '5_17' in the column close"),
        (
            "symbol,session,close\nSPY,2024-08-05,\u0665\n",
            "row 2, has '\u0665' in the column close",
        ),
        ("symbol,session,close\nSPY,5.8.2024,517.38\n", "the session '5.8.2024', which is not a"),
        ("symbol,session,close\nSPY,20240805,517.38\n", "the session '20240805', which is not a"),
        ("symbol,session,close\nSPY,2024-02-30,517.38\n", "the session '2024-02-30', which is"),
        ("symbol,session,close\nSPY,,517.38\n", "the session '', which is not a date"),
        ("symbol,session,close\nSPY,2024-08-04,517.38\n", "2024-08-04, on which the exchange was"),
        ("symbol,session,close\nSPY,1987-10-19,224.8\n", "1987-10-19 lies outside the exchange"),
        ("\n\nsymbol,session,close\n\nSPY,2024-08-05,5l7\n", "row 5, has '5l7' in the column"),
        ("symbol,session,close\n\n\nSPY,2024-08-05\n", "row 4, has 2 fields and the header 3"),
        ("symbol,session,close\nspy,2024-08-05,517.38\n", "'spy' is not a ticker symbol"),
        ("symbol,session,close\n,2024-08-05,517.38\n", "'' is not a ticker symbol"),
        (ONE_FILE + "SPY,2024-08-05,517.38\n", "has SPY on 2024-08-05 more than once"),
        (ONE_FILE + "BRK.B,2024-08-05,1\nBRK/B,2024-08-05,1\n", "BRK.B on 2024-08-05 more than"),
        ('symbol,session,close\nSPY,2024-08-05,"517\n', "cannot be read as CSV"),
    ],
)
def test_broken_table_is_refused_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    """DA-10: what no price could excuse."""
    assert problem in refusal(written(tmp_path / "bars.csv", text))


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"session": [MONDAY], "close": ["517.38"]}, "has string in the column close"),
        ({"session": [20_240_805], "close": [517.38]}, "has int64 in the column session"),
        ({"session": [None, "2024-08-05"], "close": [1.5, 2.5]}, "1 rows with no session"),
        ({"session": [NEAR_CLOSE], "close": [517.38]}, "'2024-08-05 19:45:00', which is not a"),
        ({"session": pa.array([10**13], pa.timestamp("s")), "close": [1.5]}, "cannot be read as"),
        ({"session": pa.array([], pa.string()), "close": pa.array([], pa.float64())}, "no rows"),
    ],
)
def test_wrong_type_in_parquet_is_refused(
    tmp_path: Path, columns: dict[str, Any], problem: str
) -> None:
    """DA-10."""
    path = parquet(tmp_path / "SPY.parquet", **columns)

    with pytest.raises(InputError, match=problem) as refused:
        market(tmp_path).check()
    assert str(path) in str(refused.value)


def test_garbage_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bars.parquet").write_bytes(b"PAR1" + bytes(range(200)) + b"PAR1")
    (tmp_path / "bars.csv").write_bytes(b"symbol,session,close\n\xff\xfe\x00")

    assert "cannot be read as Parquet" in refusal(tmp_path / "bars.parquet")
    assert "cannot be read as CSV" in refusal(tmp_path / "bars.csv")


def test_folder_in_place_of_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "SPY.csv").mkdir()

    assert "SPY.csv cannot be opened (Is a directory): correct" in refusal(tmp_path)


def test_other_kinds_of_files_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "bars.xlsx", "x")

    assert "is neither .csv nor .parquet" in refusal(path)


def test_folder_without_bars_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "README.md", "nothing here")

    assert "holds no SYMBOL.csv and no SYMBOL.parquet" in refusal(tmp_path)


def test_folder_with_a_symbol_twice_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "SPY.csv", "session,close\n2024-08-05,517.38\n")
    parquet(tmp_path / "SPY.parquet", session=["2024-08-05"], close=[517.38])

    assert "holds SPY in more than one file" in refusal(tmp_path)


def test_folder_with_two_bases_is_refused(tmp_path: Path) -> None:
    """FAULTS C07: adjusted and unadjusted prices never stand side by side unmarked."""
    written(tmp_path / "SPY.csv", "session,close,raw_close\n2024-08-05,517.38,519.1\n")
    written(tmp_path / "TLT.csv", "session,close\n2024-08-05,98.55\n")

    assert "has the column raw_close for SPY and not for TLT" in refusal(tmp_path)


def test_parquet_without_pyarrow_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = parquet(tmp_path / "bars.parquet", symbol=["SPY"], session=[MONDAY], close=[517.38])
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "alchemiser.adapters.files.parquet", raising=False)

    assert "install the extra alchemiser[parquet]" in refusal(path)


# Recorded data


def test_recorded_total_returns_are_read(shared_data: Path) -> None:
    """DA-08: 81 symbols, 358 thousand rows; closes as the vendor gave them."""
    source = market(shared_data / "total_return_2005_2026.parquet")

    source.check()
    panel = source.bars([SPY, Symbol("OKLO"), Symbol("TQQQ")], through=MONDAY)

    assert panel.sessions[0] == date(2005, 1, 3)
    assert np.isnan(panel.close[0]).tolist() == [True, False, True]
    assert (panel.close[-1] > 0).all()
