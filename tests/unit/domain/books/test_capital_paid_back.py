"""Capital that a company pays back to those who hold its shares.

Sources: IRS Publication 550, "Nondividend Distributions"; 26 U.S.C. 301(c).
"""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.history import (
    Entry,
    Repayment,
    Trade,
    of_account,
    of_book,
)
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.profit import profit
from alchemiser.domain.books.tax import Term, term
from alchemiser.domain.books.wash import wash
from alchemiser.domain.values.identifiers import ACCRUALS, HOUSE, BookId
from alchemiser.domain.values.numbers import CENT
from tests.traded import M, bought, costs, entry, sold, whole

KLM = BookId("klm")
BACK = PostingKind.RETURN_OF_CAPITAL


def back(day: str, cash: str, paid: str | None = None) -> Repayment:
    return Repayment(
        day=date.fromisoformat(day),
        paid=date.fromisoformat(paid or day),
        symbol=M,
        cash=Decimal(cash),
    )


def test_publication_550_nondividend_distribution() -> None:
    """Stock of $100; $80 come back, then $30: the basis is nothing and $10 are a long-term gain."""
    lots = match([bought("2010-03-01", "1", "100"), back("2014-06-02", "80")])
    assert costs(lots) == [(M, Decimal(20), "2010-03-01")]
    assert lots.disposals == ()

    later = match([
        bought("2010-03-01", "1", "100"),
        back("2014-06-02", "80"),
        back("2024-06-03", "30"),
    ])

    assert costs(later) == [(M, Decimal(0), "2010-03-01")]
    (gain,) = later.disposals
    assert (gain.gain(), term(gain)) == (Decimal(10), Term.LONG)
    assert gain.disposed == date(2024, 6, 3)


def test_each_share_gets_as_much_and_each_lot_has_its_own_gain_and_term() -> None:
    """10 dollars a share on lots of 4 and of 50 dollars a share: 6 a share are gained on one."""
    lots = match([
        bought("2020-01-02", "10", "40"),
        bought("2024-01-02", "10", "500"),
        back("2024-02-01", "200"),
    ])

    assert [lot.cost for lot in lots.open] == [0, 400]
    assert [(one.gain(), term(one)) for one in lots.disposals] == [(Decimal(60), Term.LONG)]
    assert [lot.quantity for lot in lots.open] == [10, 10]


def test_sale_after_it_gains_what_it_left_of_the_cost() -> None:
    lots = match([
        bought("2024-01-02", "10", "100"),
        back("2024-02-01", "30"),
        sold("2024-03-01", "10", "100"),
    ])

    assert [one.gain() for one in lots.disposals] == [30]


def test_capital_that_is_taken_back_is_cost_again() -> None:
    lots = match([
        bought("2024-01-02", "10", "100"),
        back("2024-02-01", "30"),
        back("2024-02-09", "-30"),
    ])

    assert [lot.cost for lot in lots.open] == [100]
    assert lots.disposals == ()


def test_capital_on_shares_that_are_gone_is_a_gain() -> None:
    lots = match([back("2024-02-01", "30", paid="2025-01-10")])

    assert [(one.gain(), one.disposed) for one in lots.disposals] == [
        (Decimal(30), date(2025, 1, 10))
    ]
    assert lots.open == ()


def test_capital_on_shares_of_unknown_cost_invents_none() -> None:
    kind = PostingKind.OPENING
    opening = Trade(day=date(2024, 1, 2), symbol=M, quantity=Decimal(10), cash=None, kind=kind)

    lots = match([opening, back("2024-02-01", "30")])

    assert [lot.cost for lot in lots.open] == [None]
    assert lots.disposals == ()


def test_capital_paid_back_makes_no_wash_sale_of_what_it_gained() -> None:
    lots = wash([
        bought("2024-01-02", "10", "20"),
        back("2024-02-01", "30"),
        bought("2024-02-02", "10", "50"),
    ])

    assert [lot.cost for lot in lots.open] == [0, 50]
    assert [(whole(one.gain()), whole(one.disallowed)) for one in lots.disposals] == [(10, 0)]


def owed(day: str, cash: str, book: str, kind: PostingKind = PostingKind.DIVIDEND) -> Entry:
    return entry(day, kind, cash, symbol=M, book=book, reference="dividend of 2023-12-20")


def test_capital_belongs_to_those_who_held_the_share_as_its_ex_day_began() -> None:
    """Counted as a dividend in December, sold in part, and told to be capital in January."""
    told = [
        entry("2023-12-01", PostingKind.FILL, "-1000", "100", M, book="klm", order="x"),
        owed("2023-12-20", "50", "klm"),
        owed("2023-12-20", "-50", ACCRUALS),
        entry("2023-12-27", PostingKind.FILL, "540", "-60", M, book="klm", order="y"),
        owed("2024-01-12", "-50", "klm"),
        owed("2024-01-12", "50", ACCRUALS),
        owed("2024-01-12", "50", "klm", BACK),
    ]

    for history in (of_account(told), of_book(told, KLM)):
        lots = match(history.movements)
        assert history.movements[1] == back("2023-12-20", "50", paid="2024-01-12")
        assert [one.gain() for one in lots.disposals] == [Decimal(540 - 570)]
        assert [lot.cost for lot in lots.open] == [380]
        assert not any(history.loose.values())


def test_a_dividend_with_capital_in_it_is_both() -> None:
    told = [
        entry("2023-12-01", PostingKind.FILL, "-1000", "100", M, order="x"),
        owed("2023-12-20", "50", HOUSE),
        owed("2024-01-12", "-20", HOUSE),
        owed("2024-01-12", "20", HOUSE, BACK),
    ]

    history = of_account(told)

    assert history.loose[PostingKind.DIVIDEND] == 30
    assert [lot.cost for lot in match(history.movements).open] == [980]


@given(
    data=st.data(),
    held=st.lists(st.integers(1, 10**6), min_size=1, max_size=4),
    paid=st.lists(st.integers(-(10**5), 10**6), min_size=1, max_size=4),
)
def test_equity_is_what_was_gained_whatever_capital_comes_back(
    data: st.DataObject, held: list[int], paid: list[int]
) -> None:
    """Every dollar is cost or gain, and no cost falls below nothing."""
    days = [f"2024-01-{2 + number:02}" for number in range(len(held) + len(paid))]
    purchases = [("buy", units) for units in held]
    order = data.draw(st.permutations([*purchases, *(("back", cents) for cents in paid)]))
    told = []
    for day, (what, size) in zip(days, order, strict=True):
        if what == "buy":
            cash = data.draw(st.integers(1, 10**5))
            told.append(entry(day, PostingKind.FILL, f"{-cash * CENT}", f"{size}E-9", M, order=day))
        else:
            told.append(entry(day, BACK, f"{size * CENT}", symbol=M, reference=day))

    history = of_account(told)
    lots = match(history.movements)
    mark = Decimal(7)
    found = profit(history, lots, {M: mark})

    wealth = sum((one.posting.cash for one in told), Decimal(0))
    shares = sum((one.posting.quantity for one in told), Decimal(0))
    assert found.realised is not None
    assert found.unrealised is not None
    assert wealth + shares * mark == found.realised + found.unrealised
    assert all((lot.cost or Decimal(0)) >= 0 for lot in lots.open)
