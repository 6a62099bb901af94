"""Fills of a net order reach the books exactly, whatever the partials (OS-13)."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.books.sharing import share
from alchemiser.domain.orders.messages import ExecutionReport, Side
from alchemiser.domain.orders.order import NOTHING, Order, apply, traded
from alchemiser.domain.orders.plan import Claims
from alchemiser.domain.values.identifiers import BookId
from alchemiser.domain.values.numbers import CENT, SHARE, apportion, cents, is_multiple
from alchemiser.testing.builders import a_bust, a_fill, an_order, some_claims

ZERO = Decimal(0)


def shared(fills: Sequence[ExecutionReport], claims: Claims) -> list[Posting]:
    """Return all postings of `fills` in their order."""
    postings: list[Posting] = []
    before = NOTHING
    for one in fills:
        postings += share(one, claims, before, before + traded(one))
        before += traded(one)
    return postings


def by_book(postings: Sequence[Posting]) -> dict[BookId, Decimal]:
    shares: dict[BookId, Decimal] = defaultdict(lambda: ZERO)
    for one in postings:
        shares[one.book] += one.quantity
    return {book: quantity for book, quantity in shares.items() if quantity}


@pytest.mark.parametrize(("side", "sign"), [(Side.BUY, 1), (Side.SELL, -1)])
def test_one_fill_is_booked_with_its_share_of_cash_and_fee(side: Side, sign: int) -> None:
    """7 x 499.51 = 3496.57: five sevenths are 2497.55, the rest 999.02."""
    order = an_order(quantity="7", side=side)
    fill = a_fill(order, "7", "499.51", commission="0.05", exec_id="x-1")

    postings = share(fill, some_claims(klm="5", tecl="2"), NOTHING, traded(fill))

    assert postings == (
        _fill("klm", -sign * Decimal("2497.55"), sign * Decimal(5)),
        _fee("klm", "-0.04"),
        _fill("tecl", -sign * Decimal("999.02"), sign * Decimal(2)),
        _fee("tecl", "-0.01"),
    )


def _fill(book: str, cash: Decimal, quantity: Decimal) -> Posting:
    return Posting(
        book=BookId(book),
        kind=PostingKind.FILL,
        cash=cash,
        symbol=an_order().symbol,
        quantity=quantity,
        reference="x-1",
    )


def _fee(book: str, cash: str) -> Posting:
    return Posting(book=BookId(book), kind=PostingKind.FEE, cash=Decimal(cash), reference="x-1")


def test_odd_unit_moves_between_books_as_fills_come_with_what_it_cost() -> None:
    """The Alabama paradox: claims of 6 : 6 : 2 units, of which 10 fill and then one more.

    The quotas of 10 are 4.29, 4.29 and 1.43, so the odd unit goes to the last book; those of 11
    are 4.71, 4.71 and 1.57, so it has to give that unit back.
    """
    order = an_order(quantity="0.000014", price="900000")
    claims = some_claims(a="0.000000006", b="0.000000006", c="0.000000002")
    ten = a_fill(order, "0.00000001", "800000000", exec_id="x-1")
    eleven = a_fill(order, "0.000000001", "800000000", before="0.00000001", exec_id="x-2")

    postings = shared([ten, eleven], claims)

    assert [(one.book, one.cash, one.quantity) for one in postings] == [
        (BookId("a"), Decimal("-3.20"), 4 * SHARE),
        (BookId("b"), Decimal("-3.20"), 4 * SHARE),
        (BookId("c"), Decimal("-1.60"), 2 * SHARE),
        (BookId("a"), Decimal("-0.80"), SHARE),
        (BookId("b"), Decimal("-0.80"), SHARE),
        (BookId("c"), Decimal("0.80"), -SHARE),
    ]


def test_fill_that_is_taken_back_leaves_no_trace_in_any_book() -> None:
    """B14: of two fills at different prices the second alone is left, and its average price."""
    order = an_order(quantity="10")
    claims = some_claims(klm="3", tecl="7")
    first = a_fill(order, "4", "499.13", commission="0.03", exec_id="x-1")
    second = a_fill(order, "6", "498.77", before="4", commission="0.02", exec_id="x-2")
    bust = a_bust(order, "x-1")
    both = traded(first) + traded(second)

    taken_back = share(bust, claims, both, traded(second))

    assert {one.reference for one in taken_back} == {bust.exec_id}
    assert totals([*shared([first, second], claims), *taken_back]) == totals(
        share(second, claims, NOTHING, traded(second))
    )


@st.composite
def filled_orders(draw: st.DrawFn) -> tuple[list[ExecutionReport], Claims]:
    """Return some fills of an order, and the claims on it."""
    units = draw(st.lists(st.integers(1, 10**11) | st.integers(1, 9), min_size=1, max_size=5))
    claims = tuple((BookId(f"book-{i}"), unit * SHARE) for i, unit in enumerate(units))
    whole = sum(units)
    cuts = sorted(set(draw(st.lists(st.integers(1, whole), min_size=1, max_size=6))))
    order = an_order(quantity=str(whole * SHARE), side=draw(st.sampled_from(Side)))
    fills = []
    for low, high in zip([0, *cuts], cuts, strict=False):
        fills.append(
            a_fill(
                order,
                str((high - low) * SHARE),
                str(draw(st.decimals("0.01", "900", places=4))),
                before=str(low * SHARE),
                commission=str(draw(st.integers(0, 300)) * CENT),
            )
        )
    return fills, claims


@given(filled=filled_orders())
def test_every_share_and_every_cent_of_a_fill_is_booked(
    filled: tuple[list[ExecutionReport], Claims],
) -> None:
    """FAULTS invariants 10 and 12."""
    fills, claims = filled
    before = NOTHING
    for fill in fills:
        postings = share(fill, claims, before, before + traded(fill))
        before += traded(fill)
        sign = fill.side.sign()

        assert sum(one.quantity for one in postings) == sign * fill.last_qty
        paid = [one.cash for one in postings if one.kind is PostingKind.FILL]
        assert sum(paid) == -sign * cents(fill.last_qty * fill.last_px)
        fees = [one.cash for one in postings if one.kind is PostingKind.FEE]
        assert sum(fees) == -fill.commission
        assert all(is_multiple(one.cash, CENT) for one in postings)
        assert {one.reference for one in postings} == {fill.exec_id}


@given(filled=filled_orders())
def test_each_book_has_its_part_of_all_that_filled_however_it_was_cut(
    filled: tuple[list[ExecutionReport], Claims],
) -> None:
    """The order of partials does not matter: at every moment it is the part of the total."""
    fills, claims = filled
    for told in range(1, len(fills) + 1):
        so_far = fills[:told]
        cum_qty = sum((fill.last_qty for fill in so_far), ZERO)
        parts = apportion(cum_qty, claims, SHARE)
        sign = so_far[0].side.sign()

        assert by_book(shared(so_far, claims)) == {
            book: sign * part for (book, _), part in zip(claims, parts, strict=True) if part
        }
        for (_, claim), part in zip(claims, parts, strict=True):
            assert 0 <= part <= claim


@given(filled=filled_orders())
def test_every_book_pays_the_average_price_to_a_cent(
    filled: tuple[list[ExecutionReport], Claims],
) -> None:
    """ST-06: who wants how much decides nothing about the price."""
    fills, claims = filled
    whole = sum((traded(fill) for fill in fills), NOTHING)
    paid = totals(shared(fills, claims))

    for book, (cash, quantity, _) in paid.items():
        assert abs(cash + quantity * whole.cash / whole.quantity) <= CENT, book


@given(filled=filled_orders(), data=st.data())
def test_order_of_fills_and_of_second_thoughts_changes_no_book(
    filled: tuple[list[ExecutionReport], Claims], data: st.DataObject
) -> None:
    """OS-13, B01, B02, B14: shares, dollars and fees are the same to the last unit."""
    fills, claims = filled
    order = an_order(quantity=str(fills[0].order_qty), side=fills[0].side)
    busts = [a_bust(order, one.exec_id) for one in data.draw(st.lists(st.sampled_from(fills)))]
    told = [*fills, *busts]

    booked = [
        totals(followed(reports, claims)) for reports in (told, data.draw(st.permutations(told)))
    ]

    stand = [one for one in fills if one.exec_id not in {bust.exec_ref_id for bust in busts}]
    assert booked == [totals(shared(stand, claims))] * 2


def followed(reports: Sequence[ExecutionReport], claims: Claims) -> list[Posting]:
    """Return all postings of an order that `reports` are told of in their order."""
    first = reports[0]
    order = Order(request=an_order(quantity=str(first.order_qty), side=first.side))
    postings: list[Posting] = []
    for report in reports:
        after = apply(order, report)
        postings += share(report, claims, order.done, after.done)
        order = after
    return postings


def totals(postings: Sequence[Posting]) -> dict[BookId, tuple[Decimal, Decimal, Decimal]]:
    """Return what each book paid, the shares it has and the fees it bore."""
    found: dict[BookId, tuple[Decimal, Decimal, Decimal]] = {}
    for one in postings:
        cash, quantity, fees = found.get(one.book, (ZERO, ZERO, ZERO))
        is_fee = one.kind is PostingKind.FEE
        found[one.book] = (
            cash + (ZERO if is_fee else one.cash),
            quantity + one.quantity,
            fees + (one.cash if is_fee else ZERO),
        )
    return {book: sums for book, sums in found.items() if any(sums)}


def test_complete_fill_gives_every_book_its_claim() -> None:
    order = an_order(quantity="10")
    claims = some_claims(klm="3.333333333", tecl="6.666666667")
    fills = [
        a_fill(order, "0.000000001"),
        a_fill(order, "6.999999999", before="0.000000001"),
        a_fill(order, "3", before="7"),
    ]

    assert by_book(shared(fills, claims)) == dict(claims)
