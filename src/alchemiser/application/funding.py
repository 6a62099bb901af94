"""How books come by their first capital."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from alchemiser.application.engine import Engine
from alchemiser.domain.books.ledger import Book, Posting, PostingKind
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.values.identifiers import HOUSE, BookId
from alchemiser.domain.values.numbers import CENT, ZERO


def opening_postings(account: AccountSnapshot) -> tuple[Posting, ...]:
    """Return the postings that book a whole account to the house, positions included."""
    cash = Posting(book=HOUSE, kind=PostingKind.OPENING, cash=account.cash, reference="opening")
    shares = tuple(
        Posting(
            book=HOUSE,
            kind=PostingKind.OPENING,
            cash=ZERO,
            symbol=row.symbol,
            quantity=row.quantity,
            reference="opening",
        )
        for row in account.positions
    )
    return (cash, *shares)


def funding_postings(
    engine: Engine, books: Mapping[BookId, Book], account: AccountSnapshot
) -> tuple[Posting, ...]:
    """Return the transfers that give each new strategy its weight times equity from the house.

    Never more than the house has in cash; a strategy that has a book keeps what it has.
    """
    left = books[HOUSE].cash
    postings: list[Posting] = []
    for enabled in engine.strategies:
        book = BookId(enabled.strategy_id)
        if book in books:
            continue
        share = (enabled.weight * account.equity).quantize(CENT, rounding=ROUND_DOWN)
        amount = max(min(share, left), ZERO)
        left -= amount
        postings += (
            _transfer(HOUSE, -amount, f"capital of {book}"),
            _transfer(book, amount, f"capital of {book}"),
        )
    return tuple(postings)


def _transfer(book: BookId, cash: Decimal, reference: str) -> Posting:
    return Posting(book=book, kind=PostingKind.FUNDING, cash=cash, reference=reference)
