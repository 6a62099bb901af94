"""How books come by their first capital."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal

from alchemiser.application.agreement import Agreement
from alchemiser.application.engine import Engine
from alchemiser.application.strategies import capital_wanted
from alchemiser.domain.books.ledger import Book, Posting, PostingKind
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import EntryPosted, Record
from alchemiser.domain.journal.restrictions import EquityMarked
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.portfolio.capital import transfers_back
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


def given_back(
    engine: Engine, state: EngineState, session: date, agreed: Agreement
) -> tuple[Record, ...]:
    """Return what moves the proceeds of books that have sold their last share to the house.

    Nothing moves while books and broker differ. The cash is observed before it moves, so that what
    selling has cost is the book's loss and nobody's gain.
    """
    if agreed.breaks or agreed.strangers:
        return ()
    leaving = capital_wanted(engine, state).leaving
    sold = {
        name: state.books[name]
        for name in leaving & state.books.keys()
        if not state.books[name].positions
    }
    transfers = transfers_back(sold)
    if not transfers:
        return ()
    worth = tuple((one.book, sold[one.book].cash) for one in transfers)
    marked = EquityMarked(session=session, equity=agreed.account.equity, books=worth)
    moved = (EntryPosted(reason=one.reason, postings=one.postings()) for one in transfers)
    return (marked, *moved)


def _transfer(book: BookId, cash: Decimal, reference: str) -> Posting:
    return Posting(book=book, kind=PostingKind.FUNDING, cash=cash, reference=reference)
