"""Equity is what was put in and what was gained, whatever has happened."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.history import Entry, of_account, of_book
from alchemiser.domain.books.ledger import (
    Books,
    PostingKind,
    cross,
    post,
    total_cash,
    total_positions,
)
from alchemiser.domain.books.lots import Lot, LotMethod
from alchemiser.domain.books.matching import match
from alchemiser.domain.books.profit import Profit, profit
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Crossing
from alchemiser.domain.values.identifiers import HOUSE, BookId, Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, round_down
from alchemiser.testing.builders import a_bust, a_fill, an_order, some_claims
from tests.traded import M, allocated, entry

NEW = Symbol("NEW")
KLM, TECL = BookId("klm"), BookId("tecl")
START = date(2024, 1, 2)
MARKS = {M: Decimal("101.37"), NEW: Decimal("7.5")}


def sum_of(found: Profit) -> Decimal:
    """Return the equity that a profit accounts for."""
    assert found.realised is not None
    assert found.unrealised is not None
    gained = found.realised + found.unrealised + found.dividends + found.interest
    return found.contributed + gained - found.other_fees


def test_profit_by_hand() -> None:
    """Bought 10 at 100 and sold 4 at 120, each for a dollar of fees; a dividend; a data fee."""
    entries = [
        entry("2024-01-02", PostingKind.FUNDING, "5000"),
        entry("2024-01-02", PostingKind.FILL, "-1000", "10", M, order="x"),
        entry("2024-01-02", PostingKind.FEE, "-1", order="x"),
        entry("2024-01-03", PostingKind.FILL, "480", "-4", M, order="y"),
        entry("2024-01-03", PostingKind.FEE, "-1", order="y"),
        entry("2024-01-04", PostingKind.DIVIDEND, "3.10"),
        entry("2024-01-04", PostingKind.INTEREST, "-0.25"),
        entry("2024-01-04", PostingKind.FEE, "-9"),
    ]
    history = of_book(entries, HOUSE)

    found = profit(history, match(history.movements), {M: Decimal(110)})

    assert found == Profit(
        contributed=Decimal(5000),
        realised=Decimal("78.60"),
        unrealised=Decimal("59.40"),
        dividends=Decimal("3.10"),
        interest=Decimal("-0.25"),
        fees=Decimal(11),
        other_fees=Decimal(9),
    )
    assert sum_of(found) == Decimal("5131.85") == 5000 - 1001 + 479 + Decimal("-6.15") + 660


@pytest.mark.parametrize("marks", [{}, MARKS])
def test_gains_are_unknown_where_a_cost_or_a_mark_is(marks: dict[Symbol, Decimal]) -> None:
    opening = entry("2024-01-02", PostingKind.OPENING, "7", "3", M)
    sale = entry("2024-01-03", PostingKind.FILL, "100", "-1", M)
    history = of_account([opening, sale])

    found = profit(history, match(history.movements), marks)

    assert found.contributed == 7
    assert (found.realised, found.unrealised) == (None, None)


@dataclass
class Story:
    """Draw what happens to two books day after day, as the engine would post it."""

    data: st.DataObject
    entries: list[Entry] = field(default_factory=list)
    books: Books = field(default_factory=dict)

    def add(self, entries: list[Entry]) -> None:
        self.entries += entries
        post(self.books, [one.posting for one in entries])

    def held(self, book: BookId, symbol: Symbol = M) -> Decimal:
        return self.books[book].positions.get(symbol, Decimal(0))

    def units(self, least: int, most: int) -> int:
        return self.data.draw(st.integers(least, most))

    def cash(self) -> str:
        return str(self.units(1, 99_999) * CENT)

    def order(self, day: date, name: str) -> None:
        """Fill an order in parts, take some back, tell it in any order."""
        side = self.data.draw(st.sampled_from(Side))
        parts = {"klm": self.units(1, 20), "tecl": self.units(1, 20)}
        if side is Side.SELL:
            shares = {one: min(parts[one], int(self.held(BookId(one)))) for one in parts}
            parts = {one: most for one, most in shares.items() if most}
        whole = sum(parts.values())
        if not whole:
            return
        order = an_order("M", str(whole), "900", side=side)
        cuts = sorted({*self.data.draw(st.lists(st.integers(1, whole), max_size=3)), whole})
        fills = [
            a_fill(
                order,
                str(high - low),
                str(self.units(1, 90_000) * CENT),
                before=str(low),
                commission=str(self.units(0, 300) * CENT),
                exec_id=f"{name}-{low}",
            )
            for low, high in zip([0, *cuts], cuts, strict=False)
        ]
        gone = self.data.draw(st.lists(st.sampled_from(fills), unique=True, max_size=2))
        told = [*fills, *(a_bust(order, one.exec_id) for one in gone)]
        claims = some_claims(**{one: str(most) for one, most in parts.items()})
        self.add(allocated(day, self.data.draw(st.permutations(told)), claims, name))

    def crossing(self, day: date, _: str) -> None:
        quantity = min(Decimal(self.units(1, 9)), self.held(KLM))
        if quantity > 0:
            one = Crossing(
                symbol=M,
                price=Decimal(self.cash()) + Decimal("0.005"),
                quantity=quantity,
                buys=some_claims(tecl=str(quantity)),
                sells=some_claims(klm=str(quantity)),
            )
            self.add([Entry(day=day, posting=posting) for posting in cross(one)])

    def manual(self, day: date, name: str) -> None:
        kind = PostingKind.MANUAL
        self.add([entry(str(day), kind, f"-{self.cash()}", "3", M, book="klm", reference=name)])

    def money(self, day: date, name: str) -> None:
        kinds = [PostingKind.DIVIDEND, PostingKind.INTEREST, PostingKind.FEE, PostingKind.TRANSFER]
        kind = self.data.draw(st.sampled_from(kinds))
        self.add([entry(str(day), kind, f"-{self.cash()}", book="tecl", reference=name)])

    def split(self, day: date, name: str) -> None:
        """Two for one, with and without dollars for fractions."""
        kind, cash = PostingKind.SPLIT, self.data.draw(st.sampled_from(["0", "0.03", "70"]))
        for book in (KLM, TECL):
            held = str(self.held(book))
            if self.held(book):
                self.add([entry(str(day), kind, cash, held, M, book=book, reference=name)])

    def merger(self, day: date, name: str) -> None:
        """Three of the new for two of the old, with and without cash; or a spin-off."""
        kind, spun_off = PostingKind.REORGANISATION, self.data.draw(st.booleans())
        cash = self.data.draw(st.sampled_from(["0", "0.40", "900"]))
        for book in (KLM, TECL):
            held = self.held(book)
            if held > 0:
                new = str(round_down(held * 3 / 2, SHARE) or SHARE)
                old = "0" if spun_off else str(-held)
                self.add([
                    entry(str(day), kind, cash, old, M, book=book, reference=name),
                    entry(str(day), kind, "0", new, NEW, book=book, reference=name),
                ])


@given(data=st.data(), method=st.sampled_from(LotMethod))
def test_equity_is_what_was_put_in_and_what_was_gained(
    data: st.DataObject, method: LotMethod
) -> None:
    """Of each book and of the account, whatever happens: to the last digit."""
    story = Story(data)
    for book in (KLM, TECL):
        story.add([entry(str(START), PostingKind.FUNDING, story.cash(), book=book)])
    kinds = [story.order, story.order, story.crossing, story.manual, story.money]
    kinds += [story.split, story.merger]
    for number, happen in zip(count(), data.draw(st.lists(st.sampled_from(kinds), max_size=12))):
        happen(START + timedelta(days=number), f"{happen.__name__}-{number}")

    for name, its in story.books.items():
        history = of_book(story.entries, name)
        lots = match(history.movements, method)
        assert sum_of(profit(history, lots, MARKS)) == its.equity(MARKS)
        assert shares(lots.open) == its.positions
    history = of_account(story.entries)
    lots = match(history.movements, method)
    assert shares(lots.open) == total_positions(story.books)
    # What books gave one another is no business of the account: funding came from nowhere here.
    funded = sum(
        one.posting.cash for one in story.entries if one.posting.kind is PostingKind.FUNDING
    )
    account = total_cash(story.books) - funded
    account += sum(MARKS[lot.symbol] * lot.quantity for lot in lots.open)
    assert sum_of(profit(history, lots, MARKS)) == account


def shares(lots: tuple[Lot, ...]) -> dict[Symbol, Decimal]:
    found: dict[Symbol, Decimal] = {}
    for lot in lots:
        found[lot.symbol] = found.get(lot.symbol, Decimal(0)) + lot.quantity
    return found
