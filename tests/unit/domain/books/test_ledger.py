"""Books change by postings only, and what they trade among themselves sums to nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import (
    Book,
    Books,
    Posting,
    PostingKind,
    cross,
    post,
    total_cash,
    total_positions,
)
from alchemiser.domain.orders.plan import Claims, Crossing
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, is_multiple
from alchemiser.testing.builders import a_book, some_claims

SPY, AGG = Symbol("SPY"), Symbol("AGG")
KLM, TECL = BookId("klm"), BookId("tecl")


def fill(book: BookId, cash: str, name: Symbol = SPY, quantity: str = "3") -> Posting:
    return Posting(
        book=book,
        kind=PostingKind.FILL,
        cash=Decimal(cash),
        symbol=name,
        quantity=Decimal(quantity),
    )


def funding(book: BookId, cash: str) -> Posting:
    return Posting(book=book, kind=PostingKind.FUNDING, cash=Decimal(cash))


def test_new_book_starts_empty_and_takes_cash_and_shares() -> None:
    books: Books = {}

    post(books, [funding(KLM, "1000"), fill(KLM, "-300.07"), fill(KLM, "-99.50", AGG, "2.5")])

    assert books == {KLM: a_book("600.43", {"SPY": "3", "AGG": "2.5"})}


def test_closed_position_leaves_the_book() -> None:
    books = {KLM: a_book("10", {"SPY": "3", "AGG": "2.5"})}

    post(books, [fill(KLM, "300.07", SPY, "-3")])

    assert books == {KLM: a_book("310.07", {"AGG": "2.5"})}


@pytest.mark.parametrize(
    ("cash", "symbol", "quantity"),
    [("1.005", None, "0"), ("NaN", None, "0"), ("1", SPY, "0.0000000001"), ("1", None, "3")],
)
def test_posting_that_no_book_can_hold_is_refused(
    cash: str, symbol: Symbol | None, quantity: str
) -> None:
    """OS-05: broken cents, broken shares, shares of nothing."""
    with pytest.raises(InvalidValueError):
        Posting(
            book=KLM,
            kind=PostingKind.FILL,
            cash=Decimal(cash),
            symbol=symbol,
            quantity=Decimal(quantity),
        )


def test_equity_is_cash_and_shares_at_the_marks() -> None:
    book = a_book("-20.5", {"SPY": "3", "AGG": "2.5"})

    assert book.equity({SPY: Decimal("500.01"), AGG: Decimal("98.2")}) == Decimal("1725.03")
    assert Book(cash=Decimal(7)).equity({}) == 7


def test_equity_is_unknown_without_every_mark() -> None:
    book = a_book("20", {"SPY": "3", "AGG": "2.5"})

    assert book.equity({SPY: Decimal(500)}) is None


def test_totals_run_over_all_books_sorted_and_without_what_cancels_out() -> None:
    books = {
        TECL: a_book("2000.05", {"SPY": "3", "AGG": "2.5", "TLT": "4"}),
        KLM: a_book("-0.05", {"SPY": "1.000000001", "TLT": "-4"}),
    }

    assert total_cash(books) == 2000
    assert list(total_positions(books).items()) == [
        (AGG, Decimal("2.5")),
        (SPY, Decimal("4.000000001")),
    ]


def test_crossing_books_each_side_to_the_cent() -> None:
    """7.5 x 500.013 = 3750.0975; a third and two thirds of 3750.10 are 1250.03 and 2500.07."""
    crossing = Crossing(
        symbol=SPY,
        price=Decimal("500.013"),
        quantity=Decimal("7.5"),
        buys=some_claims(klm="2.5", tecl="5"),
        sells=some_claims(nuclear="7.5"),
    )
    books = {BookId("nuclear"): a_book("0", {"SPY": "8"}), KLM: a_book("2000")}

    post(books, cross(crossing))

    assert books == {
        BookId("nuclear"): a_book("3750.10", {"SPY": "0.5"}),
        KLM: a_book("749.97", {"SPY": "2.5"}),
        TECL: a_book("-2500.07", {"SPY": "5"}),
    }
    assert {one.kind for one in cross(crossing)} == {PostingKind.CROSSING}


SIDES = st.lists(st.integers(1, 10**13), min_size=1, max_size=4)


@given(buys=SIDES, sells=SIDES, price=st.decimals("0.0001", "5000", places=5))
def test_crossings_make_and_lose_nothing(buys: list[int], sells: list[int], price: Decimal) -> None:
    """FAULTS invariants 10 and 12: no cent and no share appears or vanishes between books."""
    quantity = min(sum(buys), sum(sells))
    crossing = Crossing(
        symbol=SPY,
        price=price,
        quantity=quantity * SHARE,
        buys=_shares("buyer", buys, quantity),
        sells=_shares("seller", sells, quantity),
    )

    postings = cross(crossing)

    assert sum(one.cash for one in postings) == 0
    assert sum(one.quantity for one in postings) == 0
    assert all(is_multiple(one.cash, CENT) for one in postings)
    bought = [one for one in postings if one.quantity > 0]
    assert [(one.book, one.quantity) for one in bought] == list(crossing.buys)
    for one in postings:
        assert abs(one.cash + one.quantity * price) <= CENT * Decimal("1.5")


def _shares(side: str, units: list[int], total: int) -> Claims:
    """Return claims in proportion to `units` that sum to `total` units, the rest on the first."""
    parts = [unit * total // sum(units) for unit in units]
    parts[0] += total - sum(parts)
    return tuple((BookId(f"{side}-{i}"), part * SHARE) for i, part in enumerate(parts) if part)
