"""What people and programs read of the tax view when everything there is to tell is told."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from alchemiser.application.tax import HeldLot, TaxReport
from alchemiser.domain.books.history import Trade
from alchemiser.domain.books.holding import long_from
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import LotMethod
from alchemiser.domain.books.tax import (
    Proposal,
    TaxRates,
    drag,
    gains,
    no_buying,
    no_loss_selling,
)
from alchemiser.domain.books.wash import wash
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.entrypoints.cli import as_json, lots_json, lots_tables
from alchemiser.entrypoints.cli.commands.tax import tax
from alchemiser.entrypoints.cli.options import Common
from tests.traded import M, bought, sold

TODAY = date(2024, 6, 12)
FREE, N = Symbol("FREE"), Symbol("N")


@pytest.fixture
def report() -> TaxReport:
    """Return a report with a wash sale, a loss at stake, a fresh purchase and an unknown cost."""
    lots = wash([
        bought("2023-01-03", "30", "1234567.89"),
        sold("2024-06-03", "20", "523456.78"),
        bought("2024-06-05", "4", "100000"),
        bought("2024-06-10", "9", "300000"),
        bought("2023-01-03", "5", "50", N),
        bought("2024-06-11", "2", "30", N),
        Trade(
            day=date(2024, 6, 11),
            symbol=FREE,
            quantity=Decimal(1),
            cash=None,
            kind=PostingKind.TRANSFER,
        ),
    ])
    sale = Proposal(symbol=M, quantity=Decimal(12), price=Decimal(30000), day=TODAY)
    held = (
        HeldLot(lot=lot, long_from=long_from(lot.held_since), unrealised=None) for lot in lots.open
    )
    return TaxReport(
        as_of=TODAY,
        year=2024,
        method=LotMethod.FIFO,
        rates=TaxRates(),
        disposals=lots.disposals,
        gains=gains(lots.disposals),
        lots=tuple(held),
        no_buying=no_buying(lots, TODAY),
        no_loss_selling=no_loss_selling(lots, TODAY),
        proposed=drag(lots, sale, TaxRates()),
    )


def test_people_read_every_part_in_80_columns(report: TaxReport) -> None:
    out = StringIO()
    lots_tables.tax(Console(file=out, width=80, highlight=False), report)
    text = out.getvalue()

    assert max(map(len, text.splitlines())) <= 80
    for part in ("2024-07-03", "2024-07-11", "Selling others at a loss", "of the proceeds"):
        assert part in text, text
    assert text.endswith("Planning information, not advice.\n")


def test_programs_read_the_same(report: TaxReport) -> None:
    told = json.loads(as_json.dumps(lots_json.tax(report)))

    assert told["gains"]["disallowed"] + told["no_buying"][0]["loss"] == 299588.48
    assert [lot["cost"] for lot in told["lots"] if lot["symbol"] == "FREE"] == [None]
    assert {row["term"] for row in told["disposals"]} == {"long"}
    assert told["no_loss_selling"][0]["until"] == "2024-07-11"
    assert told["proposed"].keys() == {"sale", "proceeds", "gains", "tax", "drag", "disposals"}


@pytest.mark.parametrize(
    "sale", ["SPY", "SPY=ten", "SPY=nan", "SPY=1e400", "spy=1", "=1", "SPY=1=2"]
)
def test_sale_that_is_none_is_refused(sale: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("home") / "alchemiser.toml"
    file.write_text("")

    with pytest.raises(SettingsError, match="such as"):
        tax(Common(config=file), None, None, sale)
