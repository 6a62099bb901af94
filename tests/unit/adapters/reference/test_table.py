"""The reference table classifies what the strategies trade, and takes the rest for stocks."""

import csv
from decimal import Decimal
from importlib.resources import files

import pytest

from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, Sector

# Every symbol of the three old strategies, held or read.
NEEDED = """\
SPY IOO TQQQ VTV XLF VOX TLT IEF PSQ QQQ SMR BWXT LEU EXC NLR OKLO UVXY BTAL UPRO SQQQ
XLK KMLM SPXL BSV TECL BIL AGG QQQE VOOG VOOV XLP XLY FAS RETL SOXL SPLV FNGU VIXY VXX VIXM SVIX
SVXY BND LABD TZA LABU UUP FTLS SSO UVIX FNGO TSLA MSFT AAPL NVDA GOOGL AMZN ERX GLD SLV PDBC XLE
QID TMF TMV SPXU
"""


def rows() -> list[dict[str, str]]:
    text = files("alchemiser.adapters.reference").joinpath("instruments.csv").read_text()
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    ("name", "asset_class", "leverage", "underlying", "sector"),
    [
        ("SPY", AssetClass.BROAD_FUND, "1", "SPY", Sector.DIVERSIFIED),
        ("TLT", AssetClass.BROAD_FUND, "1", "TLT", Sector.TREASURIES),
        ("XLF", AssetClass.SECTOR_FUND, "1", "XLF", Sector.FINANCIALS),
        ("GLD", AssetClass.SECTOR_FUND, "1", "GLD", Sector.PRECIOUS_METALS),
        ("TQQQ", AssetClass.LEVERAGED_FUND, "3", "QQQ", Sector.DIVERSIFIED),
        ("PSQ", AssetClass.LEVERAGED_FUND, "-1", "QQQ", Sector.DIVERSIFIED),
        ("UVXY", AssetClass.LEVERAGED_FUND, "1.5", "VIXY", Sector.VOLATILITY),
        ("SVXY", AssetClass.LEVERAGED_FUND, "-0.5", "VIXY", Sector.VOLATILITY),
        ("VIXM", AssetClass.LEVERAGED_FUND, "1", "VIXM", Sector.VOLATILITY),
        ("OKLO", AssetClass.STOCK, "1", "OKLO", Sector.UTILITIES),
    ],
)
def test_listed_symbol_has_its_class_leverage_and_sector(
    name: str, asset_class: AssetClass, leverage: str, underlying: str, sector: Sector
) -> None:
    """RC-02."""
    assert ReferenceTable().instrument(Symbol(name)) == Instrument(
        symbol=Symbol(name),
        asset_class=asset_class,
        leverage=Decimal(leverage),
        underlying=Symbol(underlying),
        sector=sector,
    )


def test_unlisted_symbol_is_an_unclassified_unlevered_stock() -> None:
    """RC-02: the strictest unlevered class, and the one sector of all that is not listed."""
    found = ReferenceTable().instrument(Symbol("ZZZZ"))

    assert (found.asset_class, found.leverage, found.underlying, found.sector) == (
        AssetClass.STOCK,
        Decimal(1),
        "ZZZZ",
        Sector.UNCLASSIFIED,
    )


def test_price_increment_is_a_cent_unless_told() -> None:
    millionth = Decimal("0.000001")

    for name in (Symbol("SPY"), Symbol("ZZZZ")):
        assert ReferenceTable().instrument(name).price_increment == Decimal("0.01")
        assert ReferenceTable(millionth).instrument(name).price_increment == millionth


def test_table_lists_what_the_strategies_need() -> None:
    assert sorted(set(NEEDED.split()) - {row["symbol"] for row in rows()}) == []


def test_table_is_sorted_sound_and_complete_in_itself() -> None:
    """Every underlying is listed, unlevered, and only leveraged funds have another one."""
    table = {row["symbol"]: row for row in rows()}

    assert list(table) == sorted(table)
    assert len(table) == len(rows())
    for name, row in table.items():
        assert symbol(name) == name
        assert table[row["underlying"]]["leverage"] == "1"
        levered = row["underlying"] != name
        assert not levered or row["asset_class"] == AssetClass.LEVERAGED_FUND
        assert levered == (row["leverage"] != "1")
        assert ReferenceTable().instrument(Symbol(name)).symbol == name
