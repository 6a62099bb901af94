"""Worked examples that the tax office has published, from the books' postings to gain and basis.

Sources: IRS Publication 550, "More or less stock bought than sold" and "Stock dividends"
(fractional-share example); 26 CFR 1.356-1 and 1.358-1, their examples.
"""

from datetime import date
from decimal import Decimal

import pytest

from alchemiser.domain.books.history import Exchange, Movement, Repayment, Split
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import LotMethod
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.tax import Gains, Term, account_lots, gains, term
from alchemiser.domain.books.terms import Merger, with_terms
from tests.traded import NEW, M, bought, entry, sold, whole

FILL = PostingKind.FILL


def test_publication_550_less_bought_than_sold_by_three_books() -> None:
    """100 for $5,000, then 50 for $2,750 and 25 for $1,125; the 100 are sold for $4,000.

    No book has both sold and bought; the account has: $750 are put off, $250 count.
    """
    lots = account_lots(
        [
            entry("2023-09-24", FILL, "-5000", "100", M, book="klm", order="a"),
            entry("2023-12-21", FILL, "-2750", "50", M, book="tecl", order="b"),
            entry("2023-12-26", PostingKind.MANUAL, "-1125", "25", M, reference="c"),
            entry("2024-01-03", FILL, "4000", "-100", M, book="klm", order="d"),
        ],
        LotMethod.FIFO,
    )

    assert gains(lots.disposals) == Gains(
        short=Decimal(-250), long=Decimal(0), disallowed=Decimal(750)
    )
    assert [(whole(lot.quantity), whole(lot.cost)) for lot in lots.open] == [(50, 3250), (25, 1375)]
    # The days of the shares that were sold go over: held from September, less the gap.
    gap = date(2024, 1, 3) - date(2023, 9, 24)
    assert [lot.acquired - lot.held_since for lot in lots.open] == [gap, gap]


def test_dividend_that_is_reinvested_replaces_shares_sold_at_a_loss() -> None:
    """Publication 550: what is bought by a plan is bought; 2 of 100 shares are replaced."""
    lots = account_lots(
        [
            entry("2023-03-01", FILL, "-5000", "100", M, order="a"),
            entry("2024-06-03", FILL, "4000", "-100", M, order="b"),
            entry("2024-06-28", PostingKind.DIVIDEND, "81", symbol=M, reference="d"),
            entry("2024-06-28", PostingKind.MANUAL, "-81", "2", M, reference="e"),
        ],
        LotMethod.FIFO,
    )

    assert gains(lots.disposals) == Gains(
        short=Decimal(0), long=Decimal(-980), disallowed=Decimal(20)
    )
    assert [(whole(lot.quantity), whole(lot.cost)) for lot in lots.open] == [(2, 101)]


def test_publication_550_stock_dividend_with_cash_for_the_fraction() -> None:
    """One share for $100, five per cent in stock, $10 paid for the fraction.

    The fraction has cost 10/210 of $100, $4.76; the gain is $5.24; $95.24 stay with the share.
    """
    lots = match([
        bought("2015-01-03", "1", "100"),
        Split(day=date(2023, 6, 30), symbol=M, quantity=Decimal("0.05")),
        Exchange(
            day=date(2023, 6, 30), given=((M, Decimal("0.05")),), received=(), cash=Decimal(10)
        ),
    ])

    (gone,) = lots.disposals
    assert (gone.lot.cost, gone.gain(), term(gone)) == (
        Decimal("4.76"),
        Decimal("5.24"),
        Term.LONG,
    )
    assert [(lot.quantity, lot.cost) for lot in lots.open] == [(Decimal(1), Decimal("95.24"))]


@pytest.mark.parametrize(
    ("cost", "repaid", "cash", "gain", "basis"),
    [
        # 1.356-1: basis 85, a share worth 100, cash 25 and property worth 50: 75 of 90 count.
        ("85", "0", "75", 75, 85),
        # 1.358-1: bought for 150, 60 paid back before; worth 100, cash 10 and property worth 30.
        ("150", "60", "40", 40, 90),
    ],
)
def test_regulations_on_what_comes_beside_the_shares_of_a_merger(
    cost: str, repaid: str, cash: str, gain: int, basis: int
) -> None:
    """Property beside the shares counts like money; whether it is a dividend is not asked here."""
    movements: list[Movement] = [
        bought("1935-01-15", "1", cost),
        Repayment(day=date(1954, 6, 1), paid=date(1954, 6, 1), symbol=M, cash=Decimal(repaid)),
        Exchange(
            day=date(1955, 1, 15),
            given=((M, Decimal(1)),),
            received=((NEW, Decimal(1)),),
            cash=Decimal(cash),
        ),
    ]

    lots = match(with_terms(movements, [Merger(symbol=M, value=Decimal(100))]))

    assert sum(whole(one.gain()) for one in lots.disposals) == gain
    assert [(lot.symbol, whole(lot.cost), lot.held_since) for lot in lots.open] == [
        (NEW, basis, date(1935, 1, 15))
    ]


def test_short_sale_is_short_term_however_long_it_stands_and_lots_begin_anew() -> None:
    """Publication 550, "Short sales": what closes the sale ends it, and nothing of it is held.

    Shares bought beyond what is owed are held from their own day.
    """
    lots = match([
        sold("2022-01-03", "100", "4000"),
        bought("2023-06-01", "150", "4500"),
        sold("2024-06-03", "50", "2000"),
    ])

    assert [(whole(one.gain()), term(one)) for one in lots.disposals] == [
        (1000, Term.SHORT),
        (500, Term.LONG),
    ]
