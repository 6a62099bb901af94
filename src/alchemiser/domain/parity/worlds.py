"""What a session trades in one world: moves of shares and dollars, by book, exact.

A world is what would have happened had one thing been otherwise. Its dollars are exact Decimals: no
cent is rounded until worlds are compared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from alchemiser.domain.books.ledger import Posting, cross
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Crossing, PlannedOrder
from alchemiser.domain.values.identifiers import BookId, ClOrdId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import CENT, ONE, SHARE, ZERO, apportion, cents
from alchemiser.domain.venue_model.matching import DRAWS, Market, ScheduledFill, fill_schedule
from alchemiser.domain.venue_model.settings import VenueSettings

_HALF: Final = Decimal("0.5")
_MEAN: Final = (_HALF,) * DRAWS
"""What the venue's chance is on average."""
_ANY_PRICE: Final = Decimal(10**9)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Say how a world's orders fill.

    Attributes:
        quotes: What they meet.
        instruments: Reference data of their symbols.
        venue: What trading costs.
    """

    quotes: Mapping[Symbol, Quote]
    instruments: Mapping[Symbol, Instrument]
    venue: VenueSettings

    def price(self, order: PlannedOrder, quantity: Decimal) -> tuple[Decimal, Decimal] | None:
        """Return the mean price of a fill of `quantity` shares, and its fee; None without a quote.

        The limit of the order does not count: whether an order filled is a step of its own.
        """
        quote = self.quotes.get(order.symbol)
        if quote is None or not quantity:
            return None
        instrument = self.instruments[order.symbol]
        far = _ANY_PRICE if order.side is Side.BUY else instrument.price_increment
        asked = replace(order.request(), price=far, order_qty=quantity)
        market = Market(quote=quote, instrument=instrument, liquidity=order.liquidity)
        price = fee = ZERO
        for chance, draws in _ways(self.venue):
            fills = fill_schedule(asked, quantity, market, self.venue, draws)
            if not fills:
                return None
            price += chance * _average(fills)
            fee += chance * sum((fill.commission for fill in fills), ZERO)
        return price, cents(fee)


def _ways(venue: VenueSettings) -> Iterator[tuple[Decimal, tuple[Decimal, ...]]]:
    """Yield in how many parts an order may fill, as draws, each with its chance.

    Parts are of one size on average, and each pays the mean slippage. Parts pay less impact than
    the whole at once: were they left out, a venue that keeps to its settings would seem to drift.
    """
    others = venue.parts_max - 1
    several = venue.partial_probability if others else ZERO
    if several < ONE:
        yield ONE - several, (ONE, *_MEAN[1:])
    if several:
        for number in range(others):
            place = (number + _HALF) / others
            yield several / others, (ZERO, place, *_MEAN[2:])


def _average(fills: Sequence[ScheduledFill]) -> Decimal:
    """Return the mean price of `fills`, dollars a share; exact where there is one."""
    if len(fills) == 1:
        return fills[0].price
    whole = sum((fill.quantity for fill in fills), ZERO)
    return sum((fill.quantity * fill.price for fill in fills), ZERO) / whole


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
