"""What is told of the books in pieces is taken together as it happened."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.history import Entry, Exchange, Split, Trade, of_account, of_book
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.domain.values.numbers import CENT
from alchemiser.testing.builders import a_bust, a_correction, a_fill, an_order, some_claims
from tests.traded import M, allocated, entry

DAY = date(2024, 8, 5)
KLM = BookId("klm")


def a_trade(quantity: str, cash: str | None, kind: PostingKind = PostingKind.FILL) -> Trade:
    dollars = None if cash is None else Decimal(cash)
    return Trade(day=DAY, symbol=M, quantity=Decimal(quantity), cash=dollars, kind=kind)


def test_fills_and_fees_of_an_order_are_one_trade() -> None:
    fills = [
        entry("2024-08-05", PostingKind.FILL, "-300", "3", M, order="x"),
        entry("2024-08-05", PostingKind.FEE, "-0.04", order="x"),
        entry("2024-08-05", PostingKind.FILL, "-202", "2", M, order="x"),
        entry("2024-08-05", PostingKind.FILL, "-99", "1", M, order="y"),
    ]

    history = of_account(fills)

    assert history.movements == (a_trade("5", "-502.04"), a_trade("1", "-99"))
    assert history.fees == Decimal("0.04")
    assert not any(history.loose.values())


@given(data=st.data(), side=st.sampled_from(Side))
def test_busts_corrections_and_disorder_leave_the_trade_of_the_fills_that_stand(
    data: st.DataObject, side: Side
) -> None:
    """OS-13, B14: lots rest on what stands in the end and not on how it was told."""
    order = an_order("M", "10", side=side)
    claims = some_claims(klm="4", tecl="6")
    gone = a_fill(order, "3", "99.13", commission="0.03", exec_id="gone")
    wrong = a_fill(order, "2", "98.70", before="3", commission="0.02", exec_id="wrong")
    right = a_correction(order, "wrong", "1.5", "98.77", commission="0.01", exec_id="right")
    fine = a_fill(order, "4", "99.01", before="5", exec_id="fine")
    told = data.draw(st.permutations([gone, wrong, fine, right, a_bust(order, "gone")]))
    stand = [
        a_fill(order, "1.5", "98.77", commission="0.01", exec_id="right"),
        a_fill(order, "4", "99.01", before="1.5", exec_id="fine"),
    ]

    for book in (KLM, BookId("tecl")):
        found = of_book(allocated(DAY, told, claims, "x"), book)
        assert found.movements == of_book(allocated(DAY, stand, claims, "x"), book).movements
    assert of_account(allocated(DAY, told, claims, "x")).movements == (
        a_trade(str(side.sign() * Decimal("5.5")), str(-side.sign() * Decimal("544.20") - CENT)),
    )


def test_order_that_was_taken_back_whole_is_no_trade() -> None:
    order = an_order("M", "10")
    told = [a_fill(order, "10", "99", exec_id="gone", commission="1"), a_bust(order, "gone")]

    assert of_account(allocated(DAY, told, some_claims(klm="10"), "x")).movements == ()


def test_what_books_give_one_another_is_no_history_of_the_account() -> None:
    entries = [
        entry("2024-08-05", PostingKind.OPENING, "1000"),
        entry("2024-08-05", PostingKind.FUNDING, "-400"),
        entry("2024-08-05", PostingKind.FUNDING, "400", book="klm"),
        entry("2024-08-05", PostingKind.CROSSING, "-100", "1", M, book="klm"),
        entry("2024-08-05", PostingKind.CROSSING, "100", "-1", M),
    ]

    crossed = a_trade("1", "-100", PostingKind.CROSSING)
    assert of_book(entries, KLM).movements == (crossed,)
    assert of_book(entries, KLM).loose[PostingKind.FUNDING] == 400
    assert of_account(entries).movements == ()
    assert of_account(entries).loose == of_account(entries[:1]).loose


def test_shares_without_a_price_come_at_a_cost_that_is_not_known() -> None:
    for kind in (PostingKind.OPENING, PostingKind.TRANSFER, PostingKind.ADOPTED):
        history = of_account([entry("2024-08-05", kind, "7", "3", M)])

        assert history.movements == (a_trade("3", None, kind),)
        assert history.loose[kind] == 7


def test_split_and_exchange_are_one_for_the_account_and_one_a_book() -> None:
    new = Symbol("NEW")
    entries: list[Entry] = [
        entry("2024-08-05", PostingKind.SPLIT, "0", "3", M, reference="s-1"),
        entry("2024-08-05", PostingKind.SPLIT, "0", "2", M, book="klm", reference="s-1"),
        entry("2024-08-05", PostingKind.REORGANISATION, "0", "-6", M, reference="r-1"),
        entry("2024-08-05", PostingKind.REORGANISATION, "0", "3", new, reference="r-1"),
        entry(
            "2024-08-05", PostingKind.REORGANISATION, "0.40", "-4", M, book="klm", reference="r-1"
        ),
        entry("2024-08-05", PostingKind.REORGANISATION, "0", "2", new, book="klm", reference="r-1"),
        entry("2024-08-05", PostingKind.REORGANISATION, "0.25", reference="r-2"),
    ]

    assert of_book(entries, KLM).movements[0] == Split(day=DAY, symbol=M, quantity=Decimal(2))
    assert of_account(entries).movements == (
        Split(day=DAY, symbol=M, quantity=Decimal(5)),
        Exchange(
            day=DAY,
            given=((M, Decimal(10)),),
            received=((new, Decimal(5)),),
            cash=Decimal("0.40"),
        ),
    )
    assert of_account(entries).loose[PostingKind.REORGANISATION] == Decimal("0.25")
