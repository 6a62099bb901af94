"""Books: what belongs to each strategy and to the house."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Crossing
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.domain.values.numbers import (
    CENT,
    SHARE,
    ZERO,
    apportion,
    cents,
    finite,
    is_multiple,
)


class PostingKind(StrEnum):
    """Why a book changed."""

    OPENING = "opening"
    """What the account held when the journal began."""
    FUNDING = "funding"
    """Money that one book gives another."""
    CROSSING = "crossing"
    FILL = "fill"
    FEE = "fee"
    TRANSFER = "transfer"
    """Money that came into the account from outside, or left it."""
    DIVIDEND = "dividend"
    RETURN_OF_CAPITAL = "return_of_capital"
    INTEREST = "interest"
    MANUAL = "manual"
    """A trade in the account that was not the engine's."""
    SPLIT = "split"
    REORGANISATION = "reorganisation"
    """A merger, a spin-off, a new name, or cash instead of a fraction of a share."""
    ADOPTED = "adopted"
    """A difference from the broker that the owner took over."""


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Change one book.

    Attributes:
        book: Whose book.
        kind: Why.
        cash: Dollars added, whole cents; negative when paid.
        symbol: The shares' symbol, or None for cash alone.
        quantity: Shares added, a multiple of 1e-9; negative when given.
        reference: What it rests on, such as an execution id.
    """

    book: BookId
    kind: PostingKind
    cash: Decimal
    symbol: Symbol | None = None
    quantity: Decimal = ZERO
    reference: str = ""

    def __post_init__(self) -> None:
        cash, quantity = self.cash, self.quantity
        if not (cash.is_finite() and quantity.is_finite()):
            finite(cash, "cash")
            finite(quantity, "quantity")
        if not is_multiple(cash, CENT) or not is_multiple(quantity, SHARE):
            msg = f"{self.book} cannot hold broken cents or shares: {cash}, {quantity}."
            raise InvalidValueError(msg)
        if quantity and self.symbol is None:
            msg = f"a posting of {quantity} shares to {self.book} must name their symbol."
            raise InvalidValueError(msg)


@dataclass(slots=True)
class Book:
    """Hold the cash in dollars and the shares of one book; a closed position is left out."""

    cash: Decimal = ZERO
    positions: dict[Symbol, Decimal] = field(default_factory=dict)

    def equity(self, marks: Mapping[Symbol, Decimal]) -> Decimal | None:
        """Return cash plus shares at `marks` (dollars a share), or None when a mark is missing."""
        total = self.cash
        for name, quantity in self.positions.items():
            mark = marks.get(name)
            if mark is None:
                return None
            total += quantity * mark
        return total


Books = dict[BookId, Book]


def post(books: Books, postings: Iterable[Posting]) -> None:
    """Apply `postings` to `books` in place; a book that is new starts empty."""
    for posting in postings:
        book = books.get(posting.book)
        if book is None:
            book = books[posting.book] = Book()
        book.cash += posting.cash
        if posting.symbol is None:
            continue
        quantity = book.positions.get(posting.symbol, ZERO) + posting.quantity
        if quantity:
            book.positions[posting.symbol] = quantity
        else:
            book.positions.pop(posting.symbol, None)


def total_cash(books: Mapping[BookId, Book]) -> Decimal:
    """Return the dollars of all books together."""
    return sum((book.cash for book in books.values()), ZERO)


def total_positions(books: Mapping[BookId, Book]) -> dict[Symbol, Decimal]:
    """Return the shares of all books together, sorted by symbol, closed positions left out."""
    totals: dict[Symbol, Decimal] = {}
    for book in books.values():
        for name, quantity in book.positions.items():
            totals[name] = totals.get(name, ZERO) + quantity
    return {name: totals[name] for name in sorted(totals) if totals[name]}


def cross(crossing: Crossing) -> tuple[Posting, ...]:
    """Return the postings of a trade between books: both sides, summing to nothing."""
    value = cents(crossing.quantity * crossing.price)
    postings = []
    for claims, side in ((crossing.buys, Side.BUY), (crossing.sells, Side.SELL)):
        dollars = apportion(value, claims, CENT)
        for (book, shares), amount in zip(claims, dollars, strict=True):
            postings.append(
                Posting(
                    book=book,
                    kind=PostingKind.CROSSING,
                    cash=-side.sign() * amount,
                    symbol=crossing.symbol,
                    quantity=side.sign() * shares,
                    reference=f"crossing of {crossing.symbol}",
                )
            )
    return tuple(postings)
