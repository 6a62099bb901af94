"""What has changed the books, and what that was in shares: trades, splits and exchanges.

Fills come in parts, late, in any order, and may be taken back; a split of the account is one
posting a book. A movement takes together what belongs together, so that lots rest on what happened
and not on how it was told.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import BookId, ClOrdId, Symbol
from alchemiser.domain.values.numbers import ZERO

TRADES: Final = frozenset({PostingKind.FILL, PostingKind.CROSSING, PostingKind.MANUAL})
INSIDE: Final = frozenset({PostingKind.FUNDING, PostingKind.CROSSING})
"""What moves between books, and changes nothing about the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Keep one posting and when it was made.

    Attributes:
        day: The session that was worked, or the day (UTC) before the first one.
        posting: What changed.
        order: The order of the plan that it is a part of, or None.
    """

    day: date
    posting: Posting
    order: ClOrdId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """Shares that came or went.

    Attributes:
        day: When.
        symbol: Of what.
        quantity: Shares added; negative when given.
        cash: Dollars added, fees taken off, so negative for a purchase; None when shares moved
            without a price that is known here.
        kind: Why.
    """

    day: date
    symbol: Symbol
    quantity: Decimal
    cash: Decimal | None
    kind: PostingKind


_trade: Final = maker(Trade)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Shares of `symbol` added to those held by a split; negative in a reverse split."""

    day: date
    symbol: Symbol
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a reorganisation took and gave.

    Attributes:
        day: When.
        given: Shares taken from the holder by symbol, above zero.
        received: Shares given for them or besides them by symbol, above zero.
        cash: Dollars that came with it.
    """

    day: date
    given: tuple[tuple[Symbol, Decimal], ...]
    received: tuple[tuple[Symbol, Decimal], ...]
    cash: Decimal


Movement = Trade | Split | Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Hold what entries come to; every dollar of them is in a movement or in `loose`.

    Attributes:
        movements: What happened to shares, oldest first.
        loose: Dollars that are in no movement by the kind of their posting.
        fees: Dollars of all fees, those in movements included.
    """

    movements: tuple[Movement, ...]
    loose: Mapping[PostingKind, Decimal]
    fees: Decimal


def of_book(entries: Iterable[Entry], book: BookId) -> History:
    """Return the history of one book."""
    return _read(entry for entry in entries if entry.posting.book == book)


def of_account(entries: Iterable[Entry]) -> History:
    """Return the history of all books together, without what they gave one another."""
    return _read(entry for entry in entries if entry.posting.kind not in INSIDE)


def _read(entries: Iterable[Entry]) -> History:
    """Take together what belongs together; a trade stands where its first fill stands."""
    groups: dict[Hashable, list[Entry]] = {}
    for number, entry in enumerate(entries):
        groups.setdefault(_group(entry, number), []).append(entry)
    movements, loose, fees = [], dict.fromkeys(PostingKind, ZERO), ZERO
    for group in groups.values():
        movement = _movement(group)
        if movement is not None:
            movements.append(movement)
        priced = not isinstance(movement, Split | None) and movement.cash is not None
        for posting in (entry.posting for entry in group):
            fees -= posting.cash if posting.kind is PostingKind.FEE else ZERO
            loose[posting.kind] += ZERO if priced else posting.cash
    return History(movements=tuple(movements), loose=loose, fees=fees)


def _group(entry: Entry, number: int) -> Hashable:
    """Return what is the same for all entries of one movement."""
    posting = entry.posting
    if entry.order is not None:
        return entry.order
    match posting.kind:
        case PostingKind.REORGANISATION if posting.reference:
            return posting.kind, posting.reference
        case PostingKind.SPLIT | PostingKind.MANUAL if posting.reference:
            return posting.kind, posting.reference, posting.symbol
        case _:
            return number


def _movement(group: list[Entry]) -> Movement | None:
    """Return what a group moved, or None when it moved cash alone."""
    day, cash = group[0].day, sum((entry.posting.cash for entry in group), ZERO)
    shares: dict[Symbol, Decimal] = {}
    kind = group[0].posting.kind
    for posting in (entry.posting for entry in group):
        if posting.symbol is not None:
            kind = posting.kind
            shares[posting.symbol] = shares.get(posting.symbol, ZERO) + posting.quantity
    if kind is PostingKind.REORGANISATION:
        return _exchange(day, shares, cash)
    for symbol, quantity in shares.items():
        if kind in TRADES and (quantity or cash):
            return _trade(day=day, symbol=symbol, quantity=quantity, cash=cash, kind=kind)
        if kind is PostingKind.SPLIT and quantity:
            return Split(day=day, symbol=symbol, quantity=quantity)
        if quantity:
            return Trade(day=day, symbol=symbol, quantity=quantity, cash=None, kind=kind)
    return None


def _exchange(day: date, shares: Mapping[Symbol, Decimal], cash: Decimal) -> Exchange | None:
    given = tuple((name, -quantity) for name, quantity in shares.items() if quantity < 0)
    received = tuple((name, quantity) for name, quantity in shares.items() if quantity > 0)
    if not given and not received:
        return None
    return Exchange(day=day, given=given, received=received, cash=cash)
