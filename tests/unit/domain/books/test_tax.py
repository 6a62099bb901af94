"""The tax view rests on lots of the account and on nothing else (planning information)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.history import Trade
from alchemiser.domain.books.holding import long_from
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import LotMethod
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.tax import (
    Gains,
    Proposal,
    TaxRates,
    Term,
    account_lots,
    drag,
    gains,
    no_buying,
    no_loss_selling,
    term,
)
from alchemiser.domain.books.wash import wash
from alchemiser.domain.values.errors import InvalidValueError
from tests.traded import M, bought, entry, sold, whole

RATES = TaxRates()


@pytest.mark.parametrize(
    ("bought_on", "first_long"),
    [
        ("2008-02-05", "2009-02-06"),  # Publication 550, "Holding Period", its example
        ("2015-02-28", "2016-03-01"),  # the last of February, then a leap year: not its 29th
        ("2016-02-29", "2017-03-01"),
        ("2016-02-28", "2017-03-01"),
        ("2016-03-01", "2017-03-02"),
        ("2012-09-19", "2013-09-20"),  # J. K. Lasser's Your Income Tax 2013, 5.9
        ("2023-12-31", "2025-01-01"),
    ],
)
def test_long_term_begins_when_a_year_is_over(bought_on: str, first_long: str) -> None:
    day = date.fromisoformat(first_long)

    assert long_from(date.fromisoformat(bought_on)) == day
    for sale, expected in ((day - timedelta(days=1), Term.SHORT), (day, Term.LONG)):
        lots = match([bought(bought_on, "1", "1"), sold(str(sale), "1", "2")])
        assert term(lots.disposals[0]) is expected


@given(day=st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_year_has_passed_and_no_more_than_two_days_beside_it(day: date) -> None:
    assert timedelta(days=366) <= long_from(day) - day <= timedelta(days=367)


def test_books_do_not_matter_and_crossings_are_no_trades() -> None:
    """DESIGN: tax views use account lots. What one book sells another has just bought."""
    trade = PostingKind.FILL
    entries = [
        entry("2024-01-02", trade, "-100", "10", M, book="klm", order="x"),
        entry("2024-02-01", PostingKind.CROSSING, "60", "-10", M, book="klm"),
        entry("2024-02-01", PostingKind.CROSSING, "-60", "10", M, book="tecl"),
        entry("2024-03-01", trade, "50", "-10", M, book="tecl", order="y"),
        entry("2024-03-15", trade, "-40", "5", M, book="klm", order="z"),
    ]

    lots = account_lots(entries, LotMethod.FIFO)

    sales = [(one.disposed, whole(one.counted()), whole(one.disallowed)) for one in lots.disposals]
    assert sales == [(date(2024, 3, 1), 0, 25), (date(2024, 3, 1), -25, 0)]
    assert [(whole(lot.quantity), whole(lot.cost)) for lot in lots.open] == [(5, 65)]


def test_gains_are_summed_by_term_and_unknown_ones_are_not_guessed() -> None:
    known = wash([
        bought("2022-01-03", "10", "100"),
        bought("2024-01-03", "20", "300"),
        sold("2024-03-01", "20", "240"),
        bought("2024-03-05", "4", "40"),
    ])
    kind = PostingKind.OPENING
    opening = Trade(day=date(2024, 1, 2), symbol=M, quantity=Decimal(1), cash=None, kind=kind)
    unknown = match([opening, sold("2024-03-01", "1", "9")])

    assert gains(known.disposals) == Gains(
        short=Decimal(-18), long=Decimal(20), disallowed=Decimal(12)
    )
    assert gains(unknown.disposals) == Gains(short=None, long=Decimal(0), disallowed=Decimal(0))


def test_calendar_names_the_last_day_of_each_window_and_forgets_it_afterwards() -> None:
    lots = wash([
        bought("2024-01-02", "20", "200"),
        sold("2024-06-03", "10", "60"),
        bought("2024-06-10", "4", "28"),
    ])

    last = date(2024, 7, 3)
    (window,) = no_buying(lots, last)
    assert (window.symbol, window.until) == (M, last)
    assert (whole(window.quantity), whole(window.loss)) == (6, 24)
    assert no_buying(lots, last + timedelta(days=1)) == ()
    # What was bought has replaced shares already: it can wash no second loss.
    assert no_loss_selling(lots, date(2024, 6, 11)) == ()

    more = wash([bought("2024-01-02", "20", "200"), bought("2024-06-10", "4", "28")])
    (other,) = no_loss_selling(more, date(2024, 7, 10))
    assert (other.day, other.until) == (date(2024, 6, 10), date(2024, 7, 10))
    assert other.quantity == 4
    assert no_loss_selling(more, date(2024, 7, 11)) == ()
    # With nothing else to sell there is nothing to wash.
    assert no_loss_selling(match([bought("2024-06-10", "4", "28")]), date(2024, 6, 11)) == ()


def test_short_positions_are_short_term_and_in_no_calendar() -> None:
    lots = wash([
        sold("2022-01-03", "10", "100"),
        bought("2024-06-03", "10", "150"),
        bought("2024-06-10", "5", "80"),
    ])

    assert gains(lots.disposals) == Gains(
        short=Decimal(-50), long=Decimal(0), disallowed=Decimal(0)
    )
    assert no_buying(lots, date(2024, 6, 11)) == ()


HELD = wash([
    bought("2022-01-03", "10", "100"),
    bought("2024-06-03", "10", "300"),
    bought("2024-06-10", "2", "50"),
])


def proposal(quantity: str, price: str = "20", day: str = "2024-06-28") -> Proposal:
    when = date.fromisoformat(day)
    return Proposal(symbol=M, quantity=Decimal(quantity), price=Decimal(price), day=when)


def test_drag_taxes_each_gain_at_its_rate() -> None:
    """10 long-term shares gain 100, at 20 %; 4 of the others lose 40, of which half is washed."""
    found = drag(HELD, proposal("14"), RATES)

    assert found.proceeds == 280
    assert found.gains == Gains(short=Decimal(-20), long=Decimal(100), disallowed=Decimal(20))
    assert found.tax == Decimal("12.60") == 100 * RATES.long - 20 * RATES.short
    assert found.drag == Decimal("12.60") / 280


def test_drag_of_the_dearest_lots_saves_tax_that_purchases_do_not_wash_later_on() -> None:
    found = drag(HELD, proposal("10", day="2024-09-02"), RATES, LotMethod.HIGHEST_COST)

    assert found.gains == Gains(short=Decimal(-100), long=Decimal(0), disallowed=Decimal(0))
    assert found.tax == Decimal("-37.00")


@pytest.mark.parametrize("quantity", ["0", "-1", "22.000000001"])
def test_what_is_not_held_cannot_be_proposed(quantity: str) -> None:
    with pytest.raises(InvalidValueError, match="of 22 shares of M cannot be sold"):
        drag(HELD, proposal(quantity), RATES)
