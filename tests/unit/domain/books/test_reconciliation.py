"""Books and broker agree exactly, or every difference has a name (OS-24)."""

from decimal import Decimal

import pytest

from alchemiser.domain.books.reconciliation import Break, reconcile
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.testing.builders import a_book, an_account

BOOKS = {
    BookId("klm"): a_book("1000.10", {"SPY": "3", "TLT": "2"}),
    BookId("tecl"): a_book("-0.10", {"SPY": "1.5", "TLT": "-2"}),
    BookId("house"): a_book("70", {}),
}


def test_books_that_sum_to_the_broker_have_no_break() -> None:
    assert reconcile(BOOKS, an_account("1070.00", {"SPY": "4.500000000"})) == ()
    assert reconcile({}, an_account("0")) == ()


@pytest.mark.parametrize("observed", ["1069.99", "1070.01"])
def test_one_cent_is_a_break(observed: str) -> None:
    assert reconcile(BOOKS, an_account(observed, {"SPY": "4.5"})) == (
        Break(symbol=None, expected=Decimal(1070), observed=Decimal(observed)),
    )


@pytest.mark.parametrize("observed", ["4.499999999", "4.500000001", "-4.5"])
def test_one_unit_of_a_share_is_a_break(observed: str) -> None:
    assert reconcile(BOOKS, an_account("1070", {"SPY": observed})) == (
        Break(symbol=Symbol("SPY"), expected=Decimal("4.5"), observed=Decimal(observed)),
    )


def test_every_difference_is_named_cash_first_then_by_symbol() -> None:
    """A position only one side has is a break too, and what cancels out between books is none."""
    account = an_account("1071", {"TLT": "2", "AGG": "7"})

    assert reconcile(BOOKS, account) == (
        Break(symbol=None, expected=Decimal(1070), observed=Decimal(1071)),
        Break(symbol=Symbol("AGG"), expected=Decimal(0), observed=Decimal(7)),
        Break(symbol=Symbol("SPY"), expected=Decimal("4.5"), observed=Decimal(0)),
        Break(symbol=Symbol("TLT"), expected=Decimal(0), observed=Decimal(2)),
    )


def test_break_reads_as_a_sentence() -> None:
    cash, shares = reconcile(BOOKS, an_account("1071", {"SPY": "1E+1"}))

    assert cash.sentence() == "cash: the books say 1070.00, the broker 1071"
    assert shares.sentence() == "SPY: the books say 4.5, the broker 10"
