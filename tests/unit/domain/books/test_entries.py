"""Whatever happens to the account happens to the books, and they sum to it as before."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.entries import adopted, entries, holders
from alchemiser.domain.books.ledger import Books, PostingKind, post, total_cash, total_positions
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import HOUSE, BookId, Symbol
from alchemiser.testing.builders import a_book

SPY, AGG, NEW = Symbol("SPY"), Symbol("AGG"), Symbol("NEW")
KLM, TECL = BookId("klm"), BookId("tecl")
DAY = date(2024, 8, 5)


def d(text: str) -> Decimal:
    return Decimal(text)


def three_books() -> Books:
    return {
        HOUSE: a_book("500", {"SPY": "1"}),
        KLM: a_book("100", {"SPY": "3"}),
        TECL: a_book("50", {"SPY": "6", "AGG": "2"}),
    }


def activity(kind: ActivityKind, cash: str = "0", **more: object) -> Activity:
    return Activity(activity_id="a", kind=kind, day=DAY, cash=d(cash), **more)  # type: ignore[arg-type]


def after(told: Activity) -> Books:
    books = three_books()
    entitled = () if told.symbol is None else holders(books, told.symbol)
    post(books, entries(told, books, entitled))
    return books


def test_money_that_no_position_brought_is_the_houses() -> None:
    """M06."""
    for kind in (ActivityKind.TRANSFER, ActivityKind.INTEREST, ActivityKind.FEE):
        assert after(activity(kind, "-12.34"))[HOUSE].cash == d("487.66")


def test_dividend_is_shared_by_those_who_hold_the_share_to_the_cent() -> None:
    books = after(activity(ActivityKind.DIVIDEND, "10.01", symbol=SPY))

    assert [books[name].cash for name in (HOUSE, KLM, TECL)] == [
        d("501.00"),
        d("103.00"),
        d("56.01"),
    ]


def test_split_gives_every_holder_its_part_of_the_new_shares() -> None:
    books = after(activity(ActivityKind.SPLIT, symbol=SPY, quantity=d("5")))

    assert [books[name].positions[SPY] for name in (HOUSE, KLM, TECL)] == [
        d("1.5"),
        d("4.5"),
        d("9"),
    ]


def test_reverse_split_with_cash_instead_of_fractions() -> None:
    told = activity(ActivityKind.SPLIT, "7.00", symbol=SPY, quantity=d("-9"))

    books = after(told)

    assert total_positions(books)[SPY] == 1
    assert total_cash(books) == d("657.00")


def test_merger_takes_the_old_share_and_gives_the_new_one_and_cash() -> None:
    """M11."""
    told = activity(
        ActivityKind.REORGANISATION,
        "20.00",
        symbol=SPY,
        quantity=d("-10"),
        received=NEW,
        received_quantity=d("5"),
    )

    books = after(told)

    assert SPY not in total_positions(books)
    assert [books[name].positions[NEW] for name in (HOUSE, KLM, TECL)] == [
        d("0.5"),
        d("1.5"),
        d("3"),
    ]
    assert books[TECL].cash == d("62.00")


def test_shares_bought_by_hand_are_the_houses() -> None:
    """M01."""
    books = after(activity(ActivityKind.TRADE, "-1000.00", symbol=SPY, quantity=d("2")))

    assert books[HOUSE] == a_book("-500", {"SPY": "3"})


def test_shares_sold_by_hand_come_from_the_house_first_and_then_from_all_who_hold_them() -> None:
    """M01: the strategies that gave shares get their part of the money."""
    books = after(activity(ActivityKind.TRADE, "4000.00", symbol=SPY, quantity=d("-4")))

    assert SPY not in books[HOUSE].positions
    assert [books[name].positions[SPY] for name in (KLM, TECL)] == [d("2"), d("4")]
    assert [books[name].cash for name in (HOUSE, KLM, TECL)] == [d("1500"), d("1100"), d("2050")]


def test_more_shares_gone_than_the_books_hold_is_the_houses_debt() -> None:
    books = after(activity(ActivityKind.TRADE, "9.00", symbol=AGG, quantity=d("-3")))

    assert AGG not in books[TECL].positions
    assert books[HOUSE].positions[AGG] == -1


def test_what_concerns_a_symbol_that_nobody_holds_is_the_houses() -> None:
    for kind in (ActivityKind.DIVIDEND, ActivityKind.SPLIT, ActivityKind.UNKNOWN):
        told = activity(
            kind, "3.00", symbol=NEW, quantity=d("1") if kind.moves_shares() else d("0")
        )
        assert after(told)[HOUSE].cash == d("503.00"), kind


def test_owner_takes_over_what_the_broker_says() -> None:
    """OS-24."""
    books = three_books()

    post(books, adopted(None, d("-1.00"), books))
    post(books, adopted(NEW, d("4"), books))
    post(books, adopted(SPY, d("-4"), books))

    assert books[HOUSE] == a_book("499", {"NEW": "4"})
    assert [books[name].positions[SPY] for name in (KLM, TECL)] == [d("2"), d("4")]
    kinds = {row.kind for row in adopted(SPY, d("-4"), three_books())}
    assert kinds == {PostingKind.ADOPTED}


amounts = st.integers(-100_000, 100_000).map(lambda cents: Decimal(cents) / 100)
shares = st.integers(0, 10**12).map(lambda units: Decimal(units).scaleb(-9))


@given(
    kind=st.sampled_from(ActivityKind),
    cash=amounts,
    quantity=st.integers(-(10**10), 10**12).map(lambda units: Decimal(units).scaleb(-9)),
    held=st.tuples(shares, shares, shares),
    received=st.none() | shares.filter(bool),
)
def test_books_change_by_exactly_what_the_account_changed_by(
    kind: ActivityKind,
    cash: Decimal,
    quantity: Decimal,
    held: tuple[Decimal, Decimal, Decimal],
    received: Decimal | None,
) -> None:
    """FAULTS, invariants 9, 10 and 12: to the cent and the ninth decimal."""
    books = {
        name: a_book("0", {"SPY": f"{quantity:f}"} if quantity else {})
        for name, quantity in zip((HOUSE, KLM, TECL), held, strict=True)
    }
    total = sum(held)
    of_company = kind in (ActivityKind.SPLIT, ActivityKind.REORGANISATION)
    if of_company and total + quantity < 0:
        quantity = -Decimal(total)
    moves = kind.value not in {"dividend", "return_of_capital", "interest", "fee"}
    told = Activity(
        activity_id="a",
        kind=kind,
        day=DAY,
        cash=cash,
        symbol=SPY,
        quantity=quantity if moves else Decimal(0),
        received=NEW if received and kind is ActivityKind.REORGANISATION else None,
        received_quantity=received
        if received and kind is ActivityKind.REORGANISATION
        else Decimal(0),
    )

    post(books, entries(told, books, holders(books, SPY)))

    assert total_cash(books) == cash
    positions = total_positions(books)
    assert positions.get(SPY, Decimal(0)) == total + told.quantity
    assert positions.get(NEW, Decimal(0)) == told.received_quantity


@pytest.mark.parametrize(
    "wrong",
    [
        {"activity_id": ""},
        {"cash": d("0.001")},
        {"cash": d("NaN")},
        {"quantity": d("1")},
        {"symbol": SPY, "quantity": d("1e-10")},
        {"received": NEW, "received_quantity": d("1")},
        {"symbol": SPY, "received": NEW},
        {"symbol": SPY, "received": NEW, "received_quantity": d("1")},
        {"kind": ActivityKind.DIVIDEND, "symbol": SPY, "quantity": d("1")},
    ],
)
def test_activity_that_no_broker_can_mean_is_refused(wrong: dict[str, object]) -> None:
    given_: dict[str, object] = {"activity_id": "a", "kind": ActivityKind.UNKNOWN, "day": DAY}
    with pytest.raises(InvalidValueError):
        Activity(**(given_ | wrong))  # type: ignore[arg-type]
