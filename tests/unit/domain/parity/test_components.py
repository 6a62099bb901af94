"""Components telescope, to the cent, whatever the worlds are."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.parity.components import Component, decomposed, summed
from alchemiser.domain.parity.worlds import Move, worth
from alchemiser.domain.values.identifiers import ACCRUALS, HOUSE, BookId, Symbol
from alchemiser.domain.values.numbers import CENT, cents

DOLLARS = st.decimals(-(10**7), 10**7, places=6, allow_nan=False)
BOOKS = st.sampled_from([HOUSE, BookId("one"), BookId("two"), ACCRUALS])
PARTS = st.dictionaries(BOOKS, DOLLARS)


@given(st.lists(PARTS, min_size=len(Component), max_size=len(Component)), PARTS)
def test_components_of_each_book_sum_to_what_its_ends_differ_by(
    worlds: list[dict[BookId, Decimal]], shadow: dict[BookId, Decimal]
) -> None:
    """BT-06: exact by construction."""
    found = decomposed(list(zip(Component, worlds, strict=True)), shadow)

    assert ACCRUALS not in found
    for book, parts in found.items():
        ends = worlds[-1].get(book, Decimal(0)) - shadow.get(book, Decimal(0))
        assert sum(parts.values()) == cents(ends)
        assert all(not part % CENT for part in parts.values())


def test_one_thing_that_changes_is_one_component() -> None:
    book = BookId("one")
    before, after = {book: Decimal(10)}, {book: Decimal("7.5")}
    chain = [(one, before if one < Component.FEES else after) for one in sorted(Component)]

    found = summed(decomposed(chain, before).values())

    changed = {one for one, dollars in found.items() if dollars}
    assert changed == {min(one for one in Component if one >= Component.FEES)}
    assert sum(found.values()) == Decimal("-2.50")


def test_moves_are_worth_their_cash_and_their_shares_by_book() -> None:
    one, two, name = BookId("one"), BookId("two"), Symbol("SPY")
    moves = (
        Move(book=one, cash=Decimal(-100), symbol=name, quantity=Decimal(2)),
        Move(book=one, cash=Decimal("-0.02")),
        Move(book=two, cash=Decimal(50), symbol=name, quantity=Decimal(-1)),
    )

    assert worth(moves, {name: Decimal(51)}) == {one: Decimal("1.98"), two: Decimal(-1)}
