"""Lots, gains and the tax view, on days that were traded."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.conftest import Cli, World

pytestmark = pytest.mark.usefixtures("world")


def _exact(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return document


def _positions(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["symbol"]] = sums.get(row["symbol"], Decimal(0)) + row["quantity"]
    return sums


def test_books_tell_lots_and_gains_that_add_up_to_their_equity(cli: Cli) -> None:
    for day in ("2024-07-09", "2024-07-19", "2024-08-26"):
        assert cli("run", "--as-of", day).code == 0

    overview = _exact(cli("books", "--json").out)

    for book in overview["books"]:
        gained = book["realised"] + book["unrealised"] + book["dividends"] + book["interest"]
        assert book["contributed"] + gained - book["other_fees"] == book["equity"]
        assert _positions(book["lots"]) == _positions(book["positions"])
    (traded,) = (book for book in overview["books"] if book["id"] == "sixty-forty")
    assert traded["fees"] >= 0
    assert traded["unrealised"] > 0
    assert {lot["acquired"] for lot in traded["lots"]} >= {"2024-07-09"}


def test_tax_view_has_the_lots_of_the_account_and_estimates_a_sale(cli: Cli) -> None:
    cli("run", "--as-of", "2024-07-09")
    cli("run", "--as-of", "2024-08-26")

    view = _exact(cli("tax", "--json").out)
    asked = _exact(cli("tax", "--json", "--sell", "SPY=2", "--method", "highest-cost").out)

    assert view["notice"] == "planning information, not advice"
    assert (view["as_of"], view["year"], view["method"]) == ("2024-08-26", 2024, "fifo")
    assert view["rates"] == {"short": Decimal("0.37"), "long": Decimal("0.20")}
    assert _positions(view["lots"]) == _positions(
        _exact(cli("positions", "--json").out)["positions"]
    )
    oldest = view["lots"][0]
    assert (oldest["acquired"], oldest["long_from"]) == ("2024-07-09", "2025-07-10")
    assert view["proposed"] is None
    sold = asked["proposed"]
    assert sold["sale"]["quantity"] == 2
    (part,) = sold["disposals"]
    assert part["term"] == "short"
    assert sold["gains"]["short"] == part["gain"] == part["proceeds"] - part["cost"]
    assert sold["tax"] == round(part["gain"] * Decimal("0.37"), 2)
    assert cli("tax", "--year", "2023", "--json").json()["disposals"] == []


def test_tax_view_reads_rates_and_method_from_the_configuration(cli: Cli, world: World) -> None:
    world.config('[tax]\nmethod = "highest-cost"\nshort_rate = 0.5\nlong_rate = 0\n')

    view = _exact(cli("tax", "--json").out)

    assert (view["method"], view["rates"]["short"], view["rates"]["long"]) == (
        "highest-cost",
        Decimal("0.5"),
        0,
    )
    assert view["lots"] == view["disposals"] == []
    assert "No lots are held." in cli("tax").out


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ('"new!" = { kept = "SPY", basis = 0.1 }', "new!"),
        ('NEW = { kept = "", basis = 0.1 }', "NEW"),
        ('NEW = { kept = "SPY", basis = 1.1 }', "basis"),
        ('NEW = { kept = "SPY", basis = nan }', "basis"),
        ('NEW = { kept = "SPY" }', "basis"),
        ('SPY = { kept = "SPY", basis = 0.1 }', "SPY cannot be spun off from itself"),
        ("NEW = 0.1", "NEW"),
        ('X = { kept = "SPY", basis = 0.1 }\n[tax.mergers]\nOLD = { value = 0 }', "value"),
    ],
)
def test_spin_off_that_cannot_be_is_one_clear_sentence(
    cli: Cli, world: World, told: str, named: str
) -> None:
    world.config(f"[tax.spin_offs]\n{told}\n")

    result = cli("tax")

    assert result.code == 2
    assert named in result.err
    assert "Traceback" not in result.err


def test_spin_off_is_read_from_the_configuration(cli: Cli, world: World) -> None:
    spin_off = '[tax.spin_offs]\nNEW = { kept = "SPY", basis = 0.125 }\n'
    world.config(spin_off + "[tax.mergers]\nOLD = { value = 90.25 }\n")

    assert cli("tax").code == 0


def test_question_that_cannot_be_answered_is_one_sentence(cli: Cli) -> None:
    """AR-05."""
    cli("run", "--as-of", "2024-07-09")
    remedies = {
        ("--sell", "SPY=ten"): "write one, such as SPY=10",
        ("--sell", "spy=1"): "write it in capitals",
        ("--sell", "TSLA=1"): "is not held",
        ("--sell", "SPY=100000"): "Propose fewer",
        ("--method", "lifo"): "write fifo or highest-cost",
        ("--year", "24"): "greater than or equal to 1990",
    }

    for options, remedy in remedies.items():
        ended = cli("tax", *options)

        assert (ended.code, ended.out) == (2, ""), options
        assert remedy in ended.sentence()
