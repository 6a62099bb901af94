"""What a session trades in one world: moves of shares and dollars, by book, exact.

A world is what would have happened had one thing been otherwise. Its dollars are exact Decimals: no
cent is rounded until worlds are compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.domain.books.ledger import Posting, cross
from alchemiser.domain.orders.plan import Crossing, PlannedOrder
from alchemiser.domain.parity.model import Model
from alchemiser.domain.values.identifiers import BookId, ClOrdId, Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, apportion

Marks = Mapping[Symbol, Decimal]
"""Dollars a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Change one book.

    Attributes:
        book: Whose book.
        cash: Dollars added, exact; negative when paid.
        symbol: Of which shares, or None for cash alone.
        quantity: Shares added; negative when given.
    """

    book: BookId
    cash: Decimal
    symbol: Symbol | None = None
    quantity: Decimal = ZERO

    def value(self, marks: Marks) -> Decimal:
        """Return what it is worth at `marks`, dollars; every symbol of it has a mark."""
        return self.cash + (ZERO if self.symbol is None else self.quantity * marks[self.symbol])


World = tuple[Move, ...]


def moved(postings: Iterable[Posting]) -> World:
    """Return `postings` as moves."""
    return tuple(
        Move(book=one.book, cash=one.cash, symbol=one.symbol, quantity=one.quantity)
        for one in postings
    )


def crossed(crossings: Iterable[Crossing]) -> World:
    """Return what books trade among themselves."""
    return moved(posting for crossing in crossings for posting in cross(crossing))


def filled(
    orders: Iterable[PlannedOrder], shares: Mapping[ClOrdId, Mapping[BookId, Decimal]], model: Model
) -> World:
    """Return the moves of `orders`, each filled for `shares` at the model's price and fee.

    Args:
        orders: Of a plan; an order without a quote is not filled.
        shares: By order and book, at or above zero.
        model: How they fill.
    """
    moves: list[Move] = []
    for order in orders:
        parts = sorted(
            (book, part) for book, part in shares.get(order.cl_ord_id, {}).items() if part
        )
        priced = model.price(order, sum((part for _, part in parts), ZERO))
        if priced is None:
            continue
        price, fee = priced
        sign = order.side.sign()
        moves += [
            Move(
                book=book,
                cash=-sign * part * price,
                symbol=order.symbol,
                quantity=sign * part,
            )
            for book, part in parts
        ]
        moves += charged(parts, fee)
    return tuple(moves)


def charged(parts: list[tuple[BookId, Decimal]], fee: Decimal) -> World:
    """Return the moves by which `parts` pay `fee`, dollars in whole cents, in proportion."""
    if not fee:
        return ()
    shares = apportion(fee, parts, CENT)
    return tuple(
        Move(book=book, cash=-part) for (book, _), part in zip(parts, shares, strict=True) if part
    )


def wanted(order: PlannedOrder, quantity: Decimal) -> dict[BookId, Decimal]:
    """Return how `quantity` of the shares of `order` are shared among its claims."""
    if not quantity:
        return {}
    parts = apportion(quantity, order.claims, SHARE)
    return {book: part for (book, _), part in zip(order.claims, parts, strict=True)}


def worth(moves: Iterable[Move], marks: Marks) -> dict[BookId, Decimal]:
    """Return what `moves` are worth at `marks` by book, dollars."""
    total: dict[BookId, Decimal] = {}
    for move in moves:
        total[move.book] = total.get(move.book, ZERO) + move.value(marks)
    return total
