"""What an activity of the broker's account means for the books.

Whatever the broker did, the books do, so that they sum to the account after each activity as they
did before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from alchemiser.domain.books.ledger import Book, Posting, PostingKind
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import HOUSE, BookId, Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, apportion

Holders = tuple[tuple[BookId, Decimal], ...]
"""Books and the shares that each holds of one symbol, above zero; sorted by book."""

POSTED_AS: Final = {
    ActivityKind.TRADE: PostingKind.MANUAL,
    ActivityKind.TRANSFER: PostingKind.TRANSFER,
    ActivityKind.DIVIDEND: PostingKind.DIVIDEND,
    ActivityKind.RETURN_OF_CAPITAL: PostingKind.RETURN_OF_CAPITAL,
    ActivityKind.INTEREST: PostingKind.INTEREST,
    ActivityKind.FEE: PostingKind.FEE,
    ActivityKind.SPLIT: PostingKind.SPLIT,
    ActivityKind.REORGANISATION: PostingKind.REORGANISATION,
    ActivityKind.UNKNOWN: PostingKind.TRANSFER,
}
"""The kind of the postings of each kind of activity."""


def holders(books: Mapping[BookId, Book], name: Symbol) -> Holders:
    """Return who holds how much of `name`."""
    held = ((book_id, book.positions.get(name, ZERO)) for book_id, book in sorted(books.items()))
    return tuple((book_id, quantity) for book_id, quantity in held if quantity > 0)


def entries(
    activity: Activity,
    books: Mapping[BookId, Book],
    entitled: Holders,
    ratio: Decimal | None = None,
) -> tuple[Posting, ...]:
    """Return the postings of `activity`.

    Money and shares that nobody's position brought belong to the house. What concerns a symbol is
    shared by those who hold it. Shares that are taken away without a reason of the company's come
    from the house first, for nobody but its owner trades beside the engine; what it lacks, the
    strategies that hold them give pro rata, with the money that they brought.

    Args:
        activity: What the broker told.
        books: Every book, before the activity.
        entitled: Who held the symbol when the day of the activity began.
        ratio: Of a split: shares after it for one before, where that is known.
    """
    name = activity.symbol
    if name is None:
        return _posted(activity, None, ((HOUSE, activity.cash, ZERO),))
    match activity.kind:
        case ActivityKind.SPLIT:
            return _split(activity, name, books, ratio)
        case ActivityKind.REORGANISATION:
            return _exchanged(activity, name, books)
        case kind if not kind.moves_shares():
            cash = _by(entitled, activity.cash, CENT)
            return _posted(activity, name, ((book, part, ZERO) for book, part in cash))
        case _ if activity.quantity < 0:
            return _given(activity, name, books)
        case _:
            return _posted(activity, name, ((HOUSE, activity.cash, activity.quantity),))


def adopted(
    name: Symbol | None, difference: Decimal, books: Mapping[BookId, Book]
) -> tuple[Posting, ...]:
    """Return the postings that make the books say what the broker says, at the owner's word.

    Args:
        name: The symbol, or None for cash.
        difference: Shares or dollars that the broker has more, or less.
        books: Every book.
    """
    if name is None:
        parts: Holders = ((HOUSE, difference),)
    elif difference > 0:
        parts = ((HOUSE, difference),)
    else:
        parts = tuple((book, -given) for book, given in _givers(books, name, -difference))
    return tuple(
        Posting(
            book=book,
            kind=PostingKind.ADOPTED,
            cash=part if name is None else ZERO,
            symbol=name,
            quantity=ZERO if name is None else part,
            reference="adopted",
        )
        for book, part in parts
    )


def _givers(books: Mapping[BookId, Book], name: Symbol, quantity: Decimal) -> Holders:
    """Return who gives up `quantity` shares: the house, then the others pro rata."""
    held = dict(holders(books, name))
    own = min(held.pop(HOUSE, ZERO), quantity)
    others = min(sum(held.values(), ZERO), quantity - own)
    given = dict(_by(tuple(held.items()), others, SHARE))
    # More than all hold: the house owes what the broker took, so that the sums agree.
    given[HOUSE] = quantity - others
    return tuple((book, shares) for book, shares in sorted(given.items()) if shares)


def _given(activity: Activity, name: Symbol, books: Mapping[BookId, Book]) -> tuple[Posting, ...]:
    givers = _givers(books, name, -activity.quantity)
    cash = dict(_by(givers, activity.cash, CENT))
    return _posted(activity, name, ((book, cash[book], -shares) for book, shares in givers))


def _split(
    activity: Activity, name: Symbol, books: Mapping[BookId, Book], ratio: Decimal | None
) -> tuple[Posting, ...]:
    """Return the postings of a split; dollars for a fraction sell it, where its size is known.

    The fraction is what whole shares leave of the split by its ratio (26 CFR 1.305-3(c); Rev. Rul.
    66-365).
    """
    if activity.received is not None:
        # What has another name afterwards carries its cost over as any exchange does.
        return _exchanged(replace(activity, kind=ActivityKind.REORGANISATION), name, books)
    held = holders(books, name)
    before = sum((shares for _, shares in held), ZERO)
    exact = ZERO if ratio is None else (before * ratio).quantize(SHARE)
    fraction = exact - before - activity.quantity
    if activity.cash <= 0 or not 0 < fraction < 1:
        return _exchanged(activity, name, books)
    whole = replace(activity, quantity=activity.quantity + fraction, cash=ZERO)
    sale = replace(activity, kind=ActivityKind.REORGANISATION, quantity=-fraction)
    due = {book: Book(positions={name: shares}) for book, shares in _by(held, exact, SHARE)}
    return (*_exchanged(whole, name, books), *_exchanged(sale, name, due))


def _exchanged(
    activity: Activity, name: Symbol, books: Mapping[BookId, Book]
) -> tuple[Posting, ...]:
    """Return the postings of what every holder of `name` got or gave in proportion."""
    held = holders(books, name)
    before = sum((shares for _, shares in held), ZERO)
    after = dict(_by(held, before + activity.quantity, SHARE))
    cash = dict(_by(held, activity.cash, CENT))
    then = dict(held)
    changed = ((book, cash[book], after[book] - then.get(book, ZERO)) for book in after)
    # A share that is kept is named, though nothing of it moves: lots rest on what came beside what.
    beside = bool(held) and activity.received is not None
    postings = _posted(activity, name, changed, beside=beside)
    if activity.received is None:
        return postings
    received = _by(held, activity.received_quantity, SHARE)
    given = ((book, ZERO, shares) for book, shares in received)
    return (*postings, *_posted(activity, activity.received, given))


def _by(held: Holders, total: Decimal, unit: Decimal) -> Holders:
    """Return `total` shared in proportion; without a holder it is all the house's."""
    if not held:
        return ((HOUSE, total),)
    parts = apportion(total, held, unit)
    return tuple((book, part) for (book, _), part in zip(held, parts, strict=True))


def _posted(
    activity: Activity,
    name: Symbol | None,
    parts: Iterable[tuple[BookId, Decimal, Decimal]],
    *,
    beside: bool = False,
) -> tuple[Posting, ...]:
    return tuple(
        Posting(
            book=book,
            kind=POSTED_AS[activity.kind],
            cash=cash,
            symbol=name,
            quantity=quantity,
            reference=activity.activity_id,
        )
        for book, cash, quantity in parts
        if cash or quantity or beside
    )
