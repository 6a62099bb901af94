"""Every source of market data of ours keeps the market data contract."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.contracts.market_data import MarketDataBench, MarketDataContract

CALENDAR = SessionTable()
LAST = date(2024, 8, 5)
SYMBOLS = (Symbol("AGG"), Symbol("BRK.B"), Symbol("SPY"))


def closes() -> dict[str, list[tuple[str, float]]]:
    days = [str(one.day) for one in CALENDAR.sessions(date(2024, 7, 15), LAST)]
    return {
        name: [(day, round(start * 1.003**row, 4)) for row, day in enumerate(days)]
        for name, start in zip(SYMBOLS, (98.17, 441.3, 551.9), strict=True)
    }


def bench_of(path: Path) -> MarketDataBench:
    return MarketDataBench(
        market=FileMarketData(path, CALENDAR), calendar=CALENDAR, symbols=SYMBOLS, last=LAST
    )


class TestFolderOfFiles(MarketDataContract):
    """A CSV file a symbol."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> MarketDataBench:
        for name, rows in closes().items():
            lines = [f"{day},{close}" for day, close in rows]
            (tmp_path / f"{name}.csv").write_text("\n".join(["session,close", *lines]))
        return bench_of(tmp_path)


class TestOneParquetFile(MarketDataContract):
    """All symbols in one table."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> MarketDataBench:
        rows = [(name, *row) for name, own in closes().items() for row in own]
        symbol, session, close = zip(*rows, strict=True)
        table = pa.table({"symbol": symbol, "session": session, "close": close})
        pq.write_table(table, tmp_path / "bars.parquet")
        return bench_of(tmp_path / "bars.parquet")


class TestSyntheticMarket(MarketDataContract):
    """Made up from a seed."""

    @pytest.fixture
    def bench(self) -> MarketDataBench:
        return MarketDataBench(
            market=SyntheticMarket(11, CALENDAR, LAST),
            calendar=CALENDAR,
            symbols=(Symbol("AGG"), Symbol("SPY"), Symbol("UVXY")),
            last=LAST,
        )
