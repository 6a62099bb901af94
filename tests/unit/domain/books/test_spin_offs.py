"""Shares of another company that come beside those that are kept.

Sources: 26 U.S.C. 358(c) and 1223(1); IRS Publication 550, "Holding Period".
"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.entries import entries
from alchemiser.domain.books.history import (
    Entry,
    Movement,
    Trade,
    of_account,
    of_book,
)
from alchemiser.domain.books.ledger import PostingKind, post
from alchemiser.domain.books.lots import LotMethod
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.tax import Term, account_lots, term
from alchemiser.domain.books.terms import SpinOff, with_terms
from alchemiser.domain.books.wash import wash
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import HOUSE, BookId, Symbol
from alchemiser.domain.values.numbers import CENT
from alchemiser.testing.builders import a_book
from tests.traded import NEW, M, bought, costs, entry, sold, spun_off, whole

KLM = BookId("klm")


def test_spin_off_takes_over_the_days_and_the_part_of_the_cost_that_is_told() -> None:
    """GE gave one GE Vernova for four; suppose 17 % of the cost of GE goes over."""
    lots = match([
        bought("2020-01-02", "100", "10000"),
        bought("2024-01-02", "300", "60000"),
        spun_off("2024-04-02", "100", "0.17"),
    ])

    assert costs(lots) == [
        (M, Decimal(8300), "2020-01-02"),
        (M, Decimal(49800), "2024-01-02"),
        (NEW, Decimal(1700), "2020-01-02"),
        (NEW, Decimal(10200), "2024-01-02"),
    ]
    assert [lot.quantity for lot in lots.open] == [100, 300, 25, 75]
    assert {lot.kind for lot in lots.open[2:]} == {PostingKind.REORGANISATION}


def test_spin_off_of_which_no_part_is_told_has_the_days_and_no_cost() -> None:
    lots = match([bought("2020-01-02", "100", "10000"), spun_off("2024-04-02", "25")])

    assert costs(lots) == [(M, Decimal(10000), "2020-01-02"), (NEW, Decimal(0), "2020-01-02")]
    gone = match([
        bought("2020-01-02", "100", "10000"),
        spun_off("2024-04-02", "25"),
        sold("2024-04-03", "25", "3000", NEW),
    ])
    assert [(one.gain(), term(one)) for one in gone.disposals] == [(Decimal(3000), Term.LONG)]


def test_spin_off_from_shares_of_unknown_cost_has_an_unknown_cost() -> None:
    kind = PostingKind.OPENING
    opening = Trade(day=date(2024, 1, 2), symbol=M, quantity=Decimal(10), cash=None, kind=kind)

    assert [lot.cost for lot in match([opening, spun_off("2024-04-02", "5", "0.5")]).open] == [
        None,
        None,
    ]


def test_spin_off_is_no_purchase_and_washes_nothing() -> None:
    """The shares that replaced others keep their part of the loss on both sides."""
    lots = wash([
        bought("2024-01-02", "10", "100"),
        sold("2024-02-01", "10", "60"),
        bought("2024-02-10", "10", "60"),
        spun_off("2024-02-20", "5", "0.25"),
    ])

    assert [(whole(lot.cost), whole(lot.washed)) for lot in lots.open] == [(75, 30), (25, 10)]
    assert len({lot.held_since for lot in lots.open}) == 1


@given(
    amounts=st.lists(
        st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=4
    ),
    part=st.integers(0, 10**9).map(lambda units: f"{units}E-9"),
    shares=st.integers(1, 10**9),
    method=st.sampled_from(LotMethod),
)
def test_spin_off_loses_no_cent_and_no_share(
    amounts: list[tuple[int, int]], part: str, shares: int, method: LotMethod
) -> None:
    told: list[Movement] = [
        bought(f"2024-01-{2 + number:02}", f"{units}E-9", f"{cents}E-2")
        for number, (units, cents) in enumerate(amounts)
    ]

    lots = match([*told, spun_off("2024-02-01", f"{shares}E-9", part)], method)

    assert (
        sum(lot.cost or Decimal(0) for lot in lots.open)
        == sum(cents for _, cents in amounts) * CENT
    )
    new = [lot for lot in lots.open if lot.symbol == NEW]
    assert sum(lot.quantity for lot in new) == Decimal(f"{shares}E-9")


def spin_off_of_the_broker() -> list[Entry]:
    """Return a purchase, and the postings of a spin-off in which no old share moves."""
    books = {HOUSE: a_book("0", {}), KLM: a_book("0", {"M": "100"})}
    activity = Activity(
        activity_id="s-1",
        kind=ActivityKind.REORGANISATION,
        day=date(2024, 4, 2),
        symbol=M,
        received=NEW,
        received_quantity=Decimal(25),
    )
    postings = entries(activity, books, ())
    post(books, postings)
    assert books[KLM] == a_book("0", {"M": "100", "NEW": "25"})
    return [
        entry("2020-01-02", PostingKind.FILL, "-10000", "100", M, book="klm", order="x"),
        *(Entry(day=activity.day, posting=one) for one in postings),
    ]


def test_broker_names_the_share_that_was_kept_and_the_owner_the_part_of_the_cost() -> None:
    told = spin_off_of_the_broker()
    basis = SpinOff(symbol=NEW, kept=M, basis=Decimal("0.17"))

    plain = account_lots(told, LotMethod.FIFO)
    divided = account_lots(told, LotMethod.FIFO, (basis,))

    assert costs(plain) == [(M, Decimal(10000), "2020-01-02"), (NEW, Decimal(0), "2020-01-02")]
    assert [lot.cost for lot in divided.open] == [8300, 1700]
    assert of_book(told, KLM).movements == of_account(told).movements


def test_owner_names_the_share_that_was_kept_where_the_broker_does_not() -> None:
    told = [
        entry("2020-01-02", PostingKind.FILL, "-10000", "100", M, book="klm", order="x"),
        entry("2024-04-02", PostingKind.REORGANISATION, "0", "25", NEW, reference="s-1"),
    ]
    basis = SpinOff(symbol=NEW, kept=M, basis=Decimal("0.17"))

    assert costs(account_lots(told, LotMethod.FIFO))[1] == (NEW, Decimal(0), "2024-04-02")
    assert costs(account_lots(told, LotMethod.FIFO, (basis,))) == [
        (M, Decimal(8300), "2020-01-02"),
        (NEW, Decimal(1700), "2020-01-02"),
    ]


def test_what_is_told_of_another_spin_off_changes_nothing() -> None:
    movements = of_account(spin_off_of_the_broker()).movements

    for kept, name in (("OTHER", NEW), (M, "SAME")):
        told = SpinOff(symbol=Symbol(name), kept=Symbol(kept), basis=Decimal(1))
        assert tuple(with_terms(movements, [told])) == movements


@pytest.mark.parametrize(("kept", "basis"), [("NEW", "0.1"), ("M", "1.01"), ("M", "-0.1")])
def test_spin_off_that_cannot_be_is_refused(kept: str, basis: str) -> None:
    with pytest.raises(InvalidValueError):
        SpinOff(symbol=NEW, kept=Symbol(kept), basis=Decimal(basis))
