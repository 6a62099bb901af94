"""The rows of the reference table agree with each other, with their names and with what is held."""

import csv
import re
from hashlib import sha256
from importlib.metadata import distributions
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest
from pyarrow import parquet

from alchemiser.adapters.plugin_loader import PluginLoader
from alchemiser.adapters.reference.table import VERSION, ReferenceTable
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import CASH_LIKE, AssetClass, Instrument, Sector
from alchemiser.ports.strategy_source import WantedStrategy

TABLE: Final = files("alchemiser.adapters.reference").joinpath("instruments.csv")

CONTENT: Final = {
    "2026-11-27": "3703ebb58f29558fc048dd39876974abc966a260713da6307e11e8a36fd7e508",
}
"""SHA-256 of the table by its version: append a line, never change one."""

BUNDLED: Final = (
    "alchemiser-klm",
    "alchemiser-nuclear",
    "alchemiser-sixty-forty",
    "alchemiser-tecl",
)

INDUSTRIES: Final = frozenset({
    Sector.TECHNOLOGY,
    Sector.COMMUNICATION,
    Sector.CONSUMER_DISCRETIONARY,
    Sector.CONSUMER_STAPLES,
    Sector.HEALTH_CARE,
    Sector.FINANCIALS,
    Sector.INDUSTRIALS,
    Sector.ENERGY,
    Sector.MATERIALS,
    Sector.UTILITIES,
    Sector.REAL_ESTATE,
})
SPREAD: Final = frozenset({
    Sector.DIVERSIFIED,
    Sector.INTERNATIONAL,
    Sector.TREASURIES,
    Sector.CREDIT,
    Sector.CASH,
})

MEMBERS: Final = {
    Sector.TECHNOLOGY: "AAPL MSFT NVDA XLK TECL TECS SOXL SOXS SMH FNGU FNGD FDN ARKK NVDL",
    Sector.COMMUNICATION: "GOOGL META XLC VOX",
    Sector.CONSUMER_DISCRETIONARY: "AMZN TSLA TSLL XLY RETL NAIL XHB",
    Sector.CONSUMER_STAPLES: "XLP UGE",
    Sector.HEALTH_CARE: "XLV CURE LABU LABD IBB",
    Sector.FINANCIALS: "BRK.B XLF FAS FAZ KRE PFF",
    Sector.INDUSTRIALS: "BWXT SMR XLI DFEN NUKZ",
    Sector.ENERGY: "LEU XLE ERX DRIP URA NLR FCG",
    Sector.MATERIALS: "XLB GDX NUGT JDST SIL XME",
    Sector.UTILITIES: "EXC OKLO XLU UTSL",
    Sector.REAL_ESTATE: "VNQ XLRE DRN DRV",
    Sector.DIVERSIFIED: "SPY QQQ TQQQ SQQQ UPRO IWM TZA IOO VT SPLV BTAL FTLS",
    Sector.INTERNATIONAL: "EFA EEM EDC VXUS EWJ FXI YANG KWEB",
    Sector.TREASURIES: "TLT IEF SHY TIP TMF TMV TBT ZROZ",
    Sector.CREDIT: "AGG BND BSV LQD HYG MUB MBB EMB BNDX",
    Sector.CASH: "BIL SGOV USFR",
    Sector.PRECIOUS_METALS: "GLD SLV GLL AGQ PPLT",
    Sector.COMMODITIES: "USO UCO UNG KOLD DBC PDBC CPER DBA",
    Sector.VOLATILITY: "VIXY VIXM VXX UVXY SVXY SVIX UVIX",
    Sector.CURRENCY: "UUP UDN FXE FXY",
    Sector.CRYPTO: "BITO BITX IBIT ETHA",
    Sector.MULTI_ASSET: "KMLM DBMF CTA",
}


def rows() -> dict[str, dict[str, str]]:
    text = TABLE.read_text(encoding="utf-8")
    return {row["symbol"]: row for row in csv.DictReader(text.splitlines())}


def listed() -> list[Instrument]:
    return [ReferenceTable().instrument(Symbol(name)) for name in rows()]


def test_rows_change_only_with_their_version() -> None:
    """RC-02: whoever changes a row raises VERSION and appends the hash of the table to CONTENT."""
    assert list(CONTENT) == sorted(CONTENT)
    assert list(CONTENT)[-1] == VERSION
    assert CONTENT[VERSION] == sha256(TABLE.read_bytes()).hexdigest()


@pytest.mark.parametrize("plugin", BUNDLED)
def test_every_symbol_of_a_bundled_strategy_is_listed(plugin: str) -> None:
    """RC-02."""
    if not any(one.name == plugin for one in distributions()):
        pytest.skip(f"{plugin} is not installed: `make setup` installs it")
    wanted = WantedStrategy(strategy_id=StrategyId("any"), plugin=plugin, strategy="", params={})

    needed = PluginLoader().built(wanted).requirements.symbols()

    assert len(needed) > 1
    assert sorted(set(needed) - rows().keys()) == []


def test_cash_is_what_a_strategy_may_fall_back_to() -> None:
    """RC-02: each is listed, and nothing else counts as cash."""
    assert {row.symbol for row in listed() if row.sector is Sector.CASH} == CASH_LIKE


def test_every_symbol_of_the_recorded_data_is_listed(shared_data: Path) -> None:
    """RC-02."""
    recorded = {
        name
        for file in shared_data.glob("*.parquet")
        for name in parquet.read_table(file, columns=["symbol"])["symbol"].unique().to_pylist()
    }
    with (shared_data / "corporate_actions.csv").open(encoding="utf-8", newline="") as file:
        recorded |= {row["ticker"] for row in csv.DictReader(file)}

    assert len(recorded) > 80
    assert sorted(recorded - rows().keys()) == []


def test_every_row_is_full_and_classified() -> None:
    """RC-02."""
    for name, row in rows().items():
        assert all(row.values()), name
        assert None not in row, name
    for instrument in listed():
        assert instrument.sector is not Sector.UNCLASSIFIED, instrument.symbol
        assert instrument.leverage != 0, instrument.symbol


def test_every_sector_has_a_member() -> None:
    """RC-02: but the one for what is not listed."""
    assert {row.sector for row in listed()} == set(Sector) - {Sector.UNCLASSIFIED}


@pytest.mark.parametrize("sector", MEMBERS)
def test_sector_has_these_members(sector: Sector) -> None:
    """RC-02."""
    found = {name: ReferenceTable().instrument(Symbol(name)) for name in MEMBERS[sector].split()}

    assert {name: row.sector for name, row in found.items()} == dict.fromkeys(found, sector)


def test_fund_has_the_sector_of_what_it_multiplies() -> None:
    """RC-02."""
    for row in listed():
        assert row.underlying is not None
        assert ReferenceTable().instrument(row.underlying).sector is row.sector, row.symbol


def test_leveraged_class_is_what_is_levered_inverse_or_volatile() -> None:
    """RC-02: and nothing else."""
    for row in listed():
        wild = row.leverage != 1 or row.sector is Sector.VOLATILITY
        assert wild == (row.asset_class is AssetClass.LEVERAGED_FUND), row.symbol


def test_class_and_sector_agree() -> None:
    """RC-02: shares have an industry, broad funds have none."""
    for row in listed():
        if row.asset_class is AssetClass.STOCK:
            assert row.sector in INDUSTRIES, row.symbol
        elif row.asset_class is AssetClass.BROAD_FUND:
            assert row.sector in SPREAD, row.symbol


def test_leverage_is_what_the_name_says() -> None:
    """RC-02: a name ends in its multiple, or in "inverse" for -1."""
    for name, row in rows().items():
        told = re.search(r", (-?\d+(?:\.\d+)?)x$", row["name"])
        if told is not None:
            assert row["leverage"] == told[1], name
        else:
            inverse = row["name"].endswith(", inverse")
            assert row["leverage"] == ("-1" if inverse else "1"), name
