"""Every source of market data of ours keeps the market data contract."""

from datetime import date, datetime, timedelta
from inspect import signature
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from alchemiser.adapters.alpaca.market import AlpacaMarketData
from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.contracts.market_data import MarketDataBench, MarketDataContract
from alchemiser.testing.contracts.market_prices import MarketPricesContract
from tests.alpaca_data import Broker, Row, bar, silent

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


class Cases(MarketDataContract, MarketPricesContract):
    """All that a source of ours must do (DA-14)."""


@pytest.mark.parametrize("source", [AlpacaMarketData, FileMarketData, SyntheticMarket])
def test_no_source_handles_a_key(source: type) -> None:
    """DA-14: whoever asks a server has a reader made for it, and knows no credentials."""
    taken = [name for name in signature(source).parameters if "key" in name or "secret" in name]

    assert taken == []


class TestFolderOfFiles(Cases):
    """A CSV file a symbol."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> MarketDataBench:
        for name, rows in closes().items():
            lines = [f"{day},{close}" for day, close in rows]
            (tmp_path / f"{name}.csv").write_text("\n".join(["session,close", *lines]))
        return bench_of(tmp_path)


class TestFolderWithEveryColumn(Cases):
    """Both bases, with a split of the first symbol and dividends of the others."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> MarketDataBench:
        columns = "session,open,high,low,close,volume,raw_close,split,dividend"
        for number, (name, rows) in enumerate(closes().items()):
            lines, units = [columns], 1.0
            for row, (day, close) in enumerate(rows):
                split = 2 if row == 6 and number == 0 else 1
                paid = 0.8 if row in {3, 9} and number else 0
                units /= split
                raw = round(close * units, 4)
                units *= raw / (raw + paid)  # what is paid stays in the signal basis
                low, high = round(close * 0.99, 4), round(close * 1.01, 4)
                traded = round(close * units, 4)
                prices = f"{close},{high},{low},{close},{1000 + row},{traded}"
                lines.append(f"{day},{prices},{split},{paid}")
            (tmp_path / f"{name}.csv").write_text("\n".join(lines))
        return bench_of(tmp_path)

    def test_its_actions_are_told(self, bench: MarketDataBench) -> None:
        """So that the cases about actions are about some."""
        told = bench.market.corporate_actions(
            bench.symbols, first=date(2024, 7, 1), last=bench.last
        )

        assert len(told) == 5


class TestOneParquetFile(Cases):
    """All symbols in one table."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> MarketDataBench:
        rows = [(name, *row) for name, own in closes().items() for row in own]
        symbol, session, close = zip(*rows, strict=True)
        table = pa.table({"symbol": symbol, "session": session, "close": close})
        pq.write_table(table, tmp_path / "bars.parquet")
        return bench_of(tmp_path / "bars.parquet")


class TestSyntheticMarket(Cases):
    """Made up from a seed."""

    @pytest.fixture
    def bench(self) -> MarketDataBench:
        return MarketDataBench(
            market=SyntheticMarket(11, CALENDAR, LAST),
            calendar=CALENDAR,
            symbols=(Symbol("AGG"), Symbol("SPY"), Symbol("UVXY")),
            last=LAST,
        )


class TestAlpaca(MarketDataContract):
    """The broker's data, of a broker in memory."""

    @pytest.fixture
    def bench(self) -> MarketDataBench:
        session = CALENDAR.session(LAST)
        assert session is not None
        rows = {
            name: [bar(date.fromisoformat(day), close) for day, close in own]
            for name, own in closes().items()
        }
        last = {name: own[-1][1] for name, own in closes().items()}

        def quoted(at: datetime) -> Row:
            return {"t": at.isoformat(), "c": ["R"]}

        moment = session.close_at - timedelta(minutes=15)
        broker = Broker(
            adjusted=rows,
            raw=rows,
            latest={
                "quotes": {
                    name: quoted(moment) | {"bp": price - 0.01, "ap": price + 0.01}
                    for name, price in last.items()
                },
                "trades": {name: quoted(moment) | {"p": price} for name, price in last.items()},
            },
            actions={
                "cash_dividends": [
                    {
                        "id": f"{name} {day}",
                        "symbol": name,
                        "ex_date": f"2024-07-{day}",
                        "process_date": f"2024-07-{day + 3}",
                        "rate": 0.25,
                    }
                    for name in reversed(SYMBOLS)
                    for day in (24, 17)
                ]
            },
            page=20,
        )
        market = AlpacaMarketData(broker, CALENDAR, tell=silent, first=date(2024, 7, 1))
        return MarketDataBench(market=market, calendar=CALENDAR, symbols=SYMBOLS, last=LAST)
