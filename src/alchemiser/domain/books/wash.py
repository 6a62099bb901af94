"""Wash sales: losses that count only when what replaced the shares is sold.

26 U.S.C. 1091 and 26 CFR 1.1091-1 and -2: a loss is put off, share by share, as far as shares of
the same symbol are bought within 30 days before or after the sale. It is added to the cost of
those shares, and they take over the holding period. The first loss goes to the first purchase, and
no share replaces two. "Substantially identical" is read as the same symbol, no more.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from heapq import heapify, heappop, heappush
from typing import Final

from alchemiser.domain.books.holding import WASH_DAYS
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Disposal, Lots
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, ZERO, apportion

PURCHASES: Final = frozenset({PostingKind.FILL, PostingKind.MANUAL})
"""How shares come that may replace others; what came without a purchase replaces none."""


def wash(lots: Lots) -> Lots:
    """Return `lots` of the account with every loss put off that is washed.

    Lots are cut where only a part replaces shares, or is replaced. Shares of the same purchase as
    those sold replace none of them (Rev. Rul. 56-602), nor do shares that are sold by the end of
    the same day. Short positions are left alone.
    """
    # What is still held is looked at as sold on the last of all days.
    held = [Disposal(lot=lot, disposed=date.max, proceeds=None) for lot in lots.open]
    by_symbol: dict[Symbol, list[_Piece]] = {}
    for place, one in enumerate((*lots.disposals, *held)):
        piece = _Piece(now=one, place=place, replaces=bool(one.lot.washed))
        by_symbol.setdefault(one.lot.symbol, []).append(piece)
    for pieces in by_symbol.values():
        _Washing(pieces).run()
    washed = sorted((one for some in by_symbol.values() for one in some), key=_place)
    return Lots(
        open=tuple(one.now.lot for one in washed if one.now.disposed == date.max),
        disposals=tuple(one.now for one in washed if one.now.disposed != date.max),
    )


@dataclass(slots=True, eq=False)
class _Piece:
    """Shares that were acquired and sold together; `place` is in the order of the sales."""

    now: Disposal
    place: int
    replaces: bool


class _Washing:
    """Put off the losses of one symbol, the earliest first."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self._due = [(piece.place, number, piece) for number, piece in enumerate(pieces)]
        heapify(self._due)
        pieces.sort(key=_purchase)
        self._pieces = pieces

    def run(self) -> None:
        while self._due:
            piece = heappop(self._due)[-1]
            gain = piece.now.gain()
            if gain is not None and gain < 0 < piece.now.lot.quantity:
                self._put_off(piece)

    def _put_off(self, piece: _Piece) -> None:
        left, bought = piece.now.lot.quantity, []
        for one in self._around(piece.now.disposed):
            if left and _may_replace(one, piece.now):
                if one.now.lot.quantity > left:
                    self._cut(one, left)
                left -= one.now.lot.quantity
                bought.append(one)
        if bought and left:
            self._cut(piece, piece.now.lot.quantity - left)
        loss = -(piece.now.gain() or ZERO)
        if bought and loss > 0:
            piece.now = replace(piece.now, disallowed=loss)
            _add(loss, piece.now, bought)

    def _around(self, day: date) -> list[_Piece]:
        """Return what was bought around `day`, the earliest first."""
        first = bisect_left(self._pieces, day - WASH_DAYS, key=_acquired)
        return self._pieces[first : bisect_right(self._pieces, day + WASH_DAYS, key=_acquired)]

    def _cut(self, piece: _Piece, quantity: Decimal) -> None:
        """Keep `quantity` shares of `piece` together; the rest is a piece of its own."""
        piece.now, rest = piece.now.cut(quantity)
        added = _Piece(now=rest, place=piece.place, replaces=piece.replaces)
        insort(self._pieces, added, key=_purchase)
        heappush(self._due, (piece.place, len(self._pieces), added))


def _may_replace(one: _Piece, sold: Disposal) -> bool:
    lot = one.now.lot
    return (
        not one.replaces
        and lot.kind in PURCHASES
        and lot.cost is not None
        and lot.quantity > 0
        and lot.number != sold.lot.number
        and one.now.disposed > sold.disposed
    )


def _add(loss: Decimal, sold: Disposal, bought: list[_Piece]) -> None:
    """Add a loss to what replaces the shares sold, and the days that they were held."""
    sizes = [(f"{number:09}", one.now.lot.quantity) for number, one in enumerate(bought)]
    held = sold.disposed - sold.lot.held_since
    for one, part in zip(bought, apportion(loss, sizes, CENT), strict=True):
        lot = one.now.lot
        cost = None if lot.cost is None else lot.cost + part
        since = lot.acquired - held
        one.now = replace(
            one.now, lot=replace(lot, cost=cost, washed=lot.washed + part, held_since=since)
        )
        one.replaces = True


def _place(piece: _Piece) -> int:
    return piece.place


def _acquired(piece: _Piece) -> date:
    return piece.now.lot.acquired


def _purchase(piece: _Piece) -> tuple[date, int, int]:
    return piece.now.lot.acquired, piece.now.lot.number, piece.place
