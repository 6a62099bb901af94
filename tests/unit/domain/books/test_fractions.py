"""Dollars for a fraction of a share that a company does not give.

Sources: 26 CFR 1.305-3(c) and Rev. Rul. 66-365: the fraction counts as given, and then sold. IRS
Publication 550, "Fractional shares", works one out.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.entries import entries
from alchemiser.domain.books.history import Entry, History, Movement, of_account, of_book
from alchemiser.domain.books.ledger import Books, PostingKind, post, total_cash, total_positions
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.profit import profit
from alchemiser.domain.books.tax import Term, term
from alchemiser.domain.books.terms import SpinOff, with_terms
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import HOUSE, BookId
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO
from alchemiser.testing.builders import a_book
from tests.traded import NEW, M, costs, entry, whole

KLM, TECL = BookId("klm"), BookId("tecl")
DAY = date(2024, 8, 5)
SPLIT, REORGANISATION = ActivityKind.SPLIT, ActivityKind.REORGANISATION


def told(kind: ActivityKind, cash: str, quantity: str = "0", **more: object) -> Activity:
    return Activity(
        activity_id="s-1",
        kind=kind,
        day=DAY,
        cash=Decimal(cash),
        symbol=M,
        quantity=Decimal(quantity),
        **more,  # type: ignore[arg-type]
    )


def booked(activity: Activity, books: Books, ratio: str | None = None) -> list[Entry]:
    """Change `books` by an activity and return what is posted."""
    postings = entries(activity, books, (), None if ratio is None else Decimal(ratio))
    post(books, postings)
    return [Entry(day=DAY, posting=one) for one in postings]


def held(quantity: str) -> Books:
    return {HOUSE: a_book(), KLM: a_book("0", {"M": quantity})}


def purchase(book: str, quantity: str, cost: str, day: str = "2015-01-02") -> Entry:
    return entry(day, PostingKind.FILL, f"-{cost}", quantity, M, book=book, order=book)


def after(activity: Activity, quantity: str, cost: str, ratio: str | None = None) -> History:
    """Return the history of a book that bought shares in 2015 and was told `activity`."""
    bought_before = purchase("klm", quantity, cost)
    return of_book([bought_before, *booked(activity, held(quantity), ratio)], KLM)


def test_publication_550_fraction_told_in_the_row_of_the_split_itself() -> None:
    """One share for $100, five per cent in stock, $10 for the fraction, which has cost $4.76."""
    lots = match(after(told(SPLIT, "10"), "1", "100", "1.05").movements)

    (gone,) = lots.disposals
    assert (gone.lot.quantity, gone.lot.cost, gone.gain(), term(gone)) == (
        Decimal("0.05"),
        Decimal("4.76"),
        Decimal("5.24"),
        Term.LONG,
    )
    assert [(lot.quantity, lot.cost) for lot in lots.open] == [(Decimal(1), Decimal("95.24"))]


def test_reverse_split_sells_the_fraction_of_every_book_that_holds_the_share() -> None:
    """1 for 10 of 10 and 5 shares: 1 and 0.5 are due, 1 is given, a half is sold for $5."""
    books: Books = {
        HOUSE: a_book("100"),
        KLM: a_book("0", {"M": "10"}),
        TECL: a_book("0", {"M": "5"}),
    }
    before = [purchase("klm", "10", "1000"), purchase("tecl", "5", "20", "2024-07-01")]

    posted = booked(told(SPLIT, "5", "-14"), books, "0.1")

    assert [books[name].positions[M] for name in (KLM, TECL)] == [
        Decimal("0.666666667"),
        Decimal("0.333333333"),
    ]
    assert [books[name].cash for name in (HOUSE, KLM, TECL)] == [
        Decimal(100),
        Decimal("3.33"),
        Decimal("1.67"),
    ]
    found = {name: match(of_book([*before, *posted], name).movements) for name in (KLM, TECL)}
    (klm,), (tecl,) = (found[name].disposals for name in (KLM, TECL))
    # A third of a share that cost $1,000 in 2015, a third of a half that cost $20 in July.
    assert (klm.gain(), term(klm)) == (Decimal("-330.00"), Term.LONG)
    assert (tecl.gain(), term(tecl)) == (Decimal("-5.00"), Term.SHORT)
    account = match(of_account([*before, *posted]).movements)
    assert sum(one.lot.quantity for one in account.disposals) == Decimal("0.5")
    assert sum(one.proceeds or ZERO for one in account.disposals) == 5


@pytest.mark.parametrize("ratio", [None, "0.1"])
def test_split_that_leaves_no_whole_share_is_a_sale_of_all(ratio: str | None) -> None:
    lots = match(after(told(SPLIT, "2.50", "-5"), "5", "500", ratio).movements)

    assert [(one.gain(), term(one)) for one in lots.disposals] == [(Decimal("-497.50"), Term.LONG)]
    assert not lots.open


@pytest.mark.parametrize(
    ("kind", "quantity", "ratio"),
    [
        (SPLIT, "-14", None),
        # Another ratio than what was given: more than a fraction lacks, or less than none.
        (SPLIT, "-14", "0.5"),
        (SPLIT, "-14", "0.05"),
        # Told in a row of its own, some days later.
        (SPLIT, "0", None),
        (REORGANISATION, "0", None),
    ],
)
def test_fraction_of_unknown_size_pays_cost_back_and_is_no_income(
    kind: ActivityKind, quantity: str, ratio: str | None
) -> None:
    history = after(told(kind, "5", quantity), "15", "1500", ratio)

    lots = match(history.movements)
    assert costs(lots) == [(M, Decimal(1495), "2015-01-02")]
    assert not lots.disposals
    assert profit(history, lots, {}).dividends == 0


def test_what_is_above_the_cost_is_a_gain_of_the_days_that_the_shares_were_held() -> None:
    lots = match(after(told(SPLIT, "5", "-14"), "15", "2").movements)

    assert [(whole(one.gain()), term(one)) for one in lots.disposals] == [(3, Term.LONG)]
    assert [lot.cost for lot in lots.open] == [0]


@pytest.mark.parametrize(("basis", "cost", "gain"), [(None, 0, 3), ("0.1", 97, 0)])
def test_dollars_beside_a_spin_off_pay_back_what_its_shares_have_cost(
    basis: str | None, cost: int, gain: int
) -> None:
    """Of $1,000 a tenth goes over, or nothing that is known; the days are those of the parent."""
    activity = told(REORGANISATION, "3", received=NEW, received_quantity=Decimal(2))
    movements: Iterable[Movement] = after(activity, "10", "1000").movements
    if basis is not None:
        movements = with_terms(movements, [SpinOff(symbol=NEW, kept=M, basis=Decimal(basis))])

    lots = match(movements)

    assert [whole(lot.cost) for lot in lots.open if lot.symbol == NEW] == [cost]
    assert [(whole(one.gain()), term(one)) for one in lots.disposals] == (
        [(gain, Term.LONG)] if gain else []
    )


def test_split_into_another_symbol_carries_cost_and_days_over() -> None:
    """A reverse split may come with a new symbol, and units are split into their shares."""
    activity = told(SPLIT, "0", "-15", received=NEW, received_quantity=Decimal("1.5"))

    assert costs(match(after(activity, "15", "1500").movements)) == [
        (NEW, Decimal(1500), "2015-01-02")
    ]


@given(
    quantities=st.lists(st.integers(1, 10**12), min_size=3, max_size=3),
    old=st.integers(1, 40),
    new=st.integers(1, 40),
    cash=st.integers(1, 10**4),
    known=st.booleans(),
)
def test_books_are_the_account_and_no_cent_is_lost(
    quantities: list[int], old: int, new: int, cash: int, *, known: bool
) -> None:
    """Three books, any ratio, whole shares given, dollars for the rest; FAULTS M11."""
    names = (HOUSE, KLM, TECL)
    held_by = {name: units * SHARE for name, units in zip(names, quantities, strict=True)}
    books: Books = {name: a_book("0", {"M": f"{held_by[name]:f}"}) for name in names}
    total = sum(held_by.values(), ZERO)
    ratio = Decimal(new) / old
    given_shares = (total * ratio).quantize(SHARE) // 1
    activity = told(SPLIT, f"{cash * CENT}", f"{given_shares - total:f}")
    before = [purchase(name, f"{held_by[name]:f}", "100") for name in names]

    posted = booked(activity, books, str(ratio) if known else None)

    assert total_cash(books) == cash * CENT
    assert total_positions(books) == ({M: given_shares} if given_shares else {})
    assert min(book.positions.get(M, ZERO) for book in books.values()) >= 0
    for name in names:
        history = of_book([*before, *posted], name)
        lots = match(history.movements)
        found = profit(history, lots, {M: ZERO})
        assert found.realised is not None
        assert found.unrealised is not None
        assert found.realised + found.unrealised == books[name].cash - 100
