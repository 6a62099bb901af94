"""A whole day of the command line at a venue that others wrote."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.domain.values.numbers import cents
from tests.e2e.conftest import Cli, Ended
from tests.foreign.habits import REFUSING, SENDING, STREAMING, TRADING, WRITING
from tests.foreign.serving import configuration, serving
from tests.foreign.venue import Venue

FLOATS = frozenset({
    *("keys backwards", "fields unheard of", "nulls left out", "numbers as floats"),
    *("stamps with nanoseconds", "chunked", "closing after each answer", "headers in capitals"),
    *("errors without code", "crumbs of a share", "fills before the answer", "text frames"),
    *("small pages", "orders of others", "null for no channels", "drop by drop"),
    *("a mark before the text", "rows told twice", "authorised twice"),
})
"""As a venue in a language without decimals."""
COARSE = frozenset({
    *("nulls where nothing is", "numbers padded", "stamps without fraction", "zipped"),
    *("ids in capitals", "rare states", "half the fills late", "a dividend in session"),
    *("empty pages", "errors with an unknown code", "many messages a frame", "unheard events"),
    *("cancels answered with 207", "headers in small letters", "no parts of a share"),
    *("fills of no share", "speaking HTTP/1.0", "busy until a date", "frames of the other kind"),
    *("numbers with exponents", "no pongs"),
})
"""As a venue that tells whole seconds."""
ROUND_ABOUT = frozenset({
    *("numbers quoted", "stamps of New York", "empty token at the end", "gateway pages"),
    *("absence as a page", "errors with a text for a code", "money to the last digit"),
    *("fills in capitals over the stream", "a line for each message", "channels left out"),
    *("rows in disorder", "positions of nothing"),
})
"""As a venue behind others."""
NOT_TOGETHER = {
    *("numbers bare", "stamps with +00:00", "packed updates", "pings only"),
    *("early close", "nothing tradable", "lines and spaces", "busy without a word"),
}


def _document(ended: Ended) -> dict[str, object]:
    document: dict[str, object] = json.loads(ended.out, parse_float=Decimal, parse_int=Decimal)
    return document


def _agrees(status: dict[str, object], venue: Venue) -> bool:
    held = status["positions"]
    assert isinstance(held, list)
    positions = {row["symbol"]: row["quantity"] for row in held}
    return positions == venue.ledger.held and status["cash"] == cents(venue.cash())


def test_every_habit_has_its_day() -> None:
    habits = {*WRITING, *SENDING, *REFUSING, *TRADING, *STREAMING}

    assert habits == FLOATS | COARSE | ROUND_ABOUT | NOT_TOGETHER


@pytest.mark.parametrize("habits", [FLOATS, COARSE, ROUND_ABOUT])
def test_a_day_is_traded_once_and_got_out_of(cli: Cli, home: Path, habits: frozenset[str]) -> None:
    """SX-08, RS-15, RC-11: books equal what is true at the venue, and no order comes twice."""
    with serving(habits) as (venue, address):
        home.joinpath("alchemiser.toml").write_text(configuration(address))
        run = cli("run", "--json")

        assert (run.code, run.err) == (0, "")
        report = run.json()
        assert (report["status"], report["reconciled"]) == ("completed", True)
        assert [row["symbol"] for row in report["orders"]] == ["AGG", "SPY"]
        assert _agrees(_document(cli("status", "--json")), venue)

        reconciled = cli("reconcile", "--json").json()
        assert (reconciled["reconciled"], reconciled["breaks"]) == (True, [])
        sold = cli("liquidate", "--yes", "--reason", "done", "--json")
        assert (sold.code, venue.ledger.held) == (0, {})
        names = venue.ledger.posts
        assert len(names) == len(set(names)) == 4


def test_answers_that_are_lost_on_their_way_order_nothing_twice(cli: Cli, home: Path) -> None:
    """FAULTS A01, OS-08: the venue has taken both orders, and told of neither."""
    with serving(frozenset({"half the fills late"})) as (venue, address):
        home.joinpath("alchemiser.toml").write_text(configuration(address))
        venue.lost_answers = 2
        run = cli("run", "--json")

        assert (run.code, run.json()["reconciled"]) == (0, True)
        assert len(venue.ledger.orders) == 2
        assert _agrees(_document(cli("status", "--json")), venue)


@pytest.mark.parametrize(
    ("habit", "code", "told"),
    [("early close", 3, "is not open"), ("nothing tradable", 1, "symbol_not_tradable")],
)
def test_what_cannot_be_traded_is_not_ordered(
    cli: Cli, home: Path, habit: str, code: int, told: str
) -> None:
    """Hours and assets are those of the venue."""
    with serving(frozenset({habit})) as (venue, address):
        home.joinpath("alchemiser.toml").write_text(configuration(address))
        run = cli("run", "--json")

        assert run.code == code
        assert told in run.err
        assert venue.ledger.posts == []


def test_the_tax_year_is_that_of_the_exchange(cli: Cli, home: Path) -> None:
    """On the evening of New Year's Eve it is the year after in London."""
    evening = datetime.fromisoformat("2024-12-31T20:00:00-05:00")
    with serving(frozenset(), evening) as (_, address):
        home.joinpath("alchemiser.toml").write_text(configuration(address))
        asked = cli("tax", "--json").json()

    assert (asked["as_of"], asked["year"]) == ("2024-12-31", 2024)
