"""What has changed the books, and what that was in shares: trades, splits, exchanges, repayments.

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

_FILL: Final = PostingKind.FILL
_FEE: Final = PostingKind.FEE
TRADES: Final = frozenset({PostingKind.FILL, PostingKind.CROSSING, PostingKind.MANUAL})
_PAID: Final = frozenset({PostingKind.DIVIDEND, PostingKind.RETURN_OF_CAPITAL})
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
    """Shares of `symbol` added to those held by a split; negative in a reverse split.

    Attributes:
        day: When.
        symbol: Of what.
        quantity: Shares added.
        cash: Dollars for a fraction that was not given, where nobody has told its size.
    """

    day: date
    symbol: Symbol
    quantity: Decimal
    cash: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a reorganisation took and gave.

    Attributes:
        day: When.
        given: Shares taken from the holder by symbol, above zero.
        received: Shares given for them or besides them by symbol, above zero.
        cash: Dollars that came with it.
        kept: The share that what was received came beside, and that its holder keeps, as in a
            spin-off; None where there is none, or where it is not known.
        basis: Which part of the cost of `kept` goes over to what was received, from 0 to 1; None
            where nobody has said.
        value: What a share that was received is worth on the day, dollars; None where nobody has
            said.
    """

    day: date
    given: tuple[tuple[Symbol, Decimal], ...]
    received: tuple[tuple[Symbol, Decimal], ...]
    cash: Decimal
    kept: Symbol | None = None
    basis: Decimal | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repayment:
    """Capital that a company paid back to those who hold its shares.

    Attributes:
        day: From when on the shares are without it: the ex-day, where that is known.
        paid: When it was paid.
        symbol: Of what.
        cash: Dollars; negative where it was taken back.
    """

    day: date
    paid: date
    symbol: Symbol
    cash: Decimal


Movement = Trade | Split | Exchange | Repayment


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
        for posting in (entry.posting for entry in group):
            fees -= posting.cash if posting.kind is _FEE else ZERO
            if not _is_priced(movement, posting):
                loose[posting.kind] += posting.cash
    return History(movements=tuple(movements), loose=loose, fees=fees)


def _is_priced(movement: Movement | None, posting: Posting) -> bool:
    """Say whether the cash of a posting is in the movement that it is a part of."""
    if isinstance(movement, Repayment):
        return posting.kind is PostingKind.RETURN_OF_CAPITAL
    return movement is not None and movement.cash is not None


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
        case PostingKind.DIVIDEND | PostingKind.RETURN_OF_CAPITAL if posting.reference:
            # A dividend that is counted, and turns out to be capital, is at its ex-day.
            return PostingKind.DIVIDEND, posting.reference, posting.symbol
        case _:
            return number


def _movement(group: list[Entry]) -> Movement | None:
    """Return what a group moved, or None when it moved cash alone."""
    first = group[0].posting
    if len(group) == 1 and first.kind is _FILL and first.symbol is not None:
        return _of_one_symbol(_FILL, group[0].day, first.symbol, first.quantity, first.cash)
    day, cash = group[0].day, sum((entry.posting.cash for entry in group), ZERO)
    shares: dict[Symbol, Decimal] = {}
    kind = first.kind
    for posting in (entry.posting for entry in group):
        if posting.symbol is not None:
            kind = posting.kind
            shares[posting.symbol] = shares.get(posting.symbol, ZERO) + posting.quantity
    if kind in _PAID:
        return _repayment(group)
    if kind is PostingKind.REORGANISATION:
        return _exchange(day, shares, cash)
    found = (_of_one_symbol(kind, day, name, moved, cash) for name, moved in shares.items())
    return next((one for one in found if one is not None), None)


def _of_one_symbol(
    kind: PostingKind, day: date, symbol: Symbol, quantity: Decimal, cash: Decimal
) -> Movement | None:
    if kind in TRADES and (quantity or cash):
        return _trade(day=day, symbol=symbol, quantity=quantity, cash=cash, kind=kind)
    if kind is PostingKind.SPLIT and (quantity or cash):
        return Split(day=day, symbol=symbol, quantity=quantity, cash=cash)
    if quantity:
        return Trade(day=day, symbol=symbol, quantity=quantity, cash=None, kind=kind)
    return None


def _exchange(
    day: date, shares: Mapping[Symbol, Decimal], cash: Decimal
) -> Exchange | Split | None:
    given = tuple((name, -quantity) for name, quantity in shares.items() if quantity < 0)
    received = tuple((name, quantity) for name, quantity in shares.items() if quantity > 0)
    kept = [name for name, quantity in shares.items() if not quantity]
    if not given and not received:
        # Cash alone is for a fraction that was not given, as a split's own is.
        return Split(day=day, symbol=kept[0], quantity=ZERO, cash=cash) if cash and kept else None
    return Exchange(
        day=day,
        given=given,
        received=received,
        cash=cash,
        kept=kept[0] if len(kept) == 1 and not given else None,
    )


def _repayment(group: list[Entry]) -> Repayment | None:
    """Return the capital among what a company paid on one share, or None when there is none."""
    parts = [one for one in group if one.posting.kind is PostingKind.RETURN_OF_CAPITAL]
    cash = sum((one.posting.cash for one in parts), ZERO)
    symbol = group[0].posting.symbol
    if not cash or symbol is None:
        return None
    return Repayment(day=group[0].day, paid=parts[-1].day, symbol=symbol, cash=cash)
