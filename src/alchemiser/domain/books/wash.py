"""Wash sales: losses that count only when what replaced the shares is sold.

26 U.S.C. 1091 and 26 CFR 1.1091-1 and -2: a loss is put off, share by share, as far as shares of
the same symbol are bought within 30 days before or after the sale. It is added to the cost of
those shares, and they take over the holding period. The first loss goes to the first purchase, and
no share replaces two. "Substantially identical" is read as the same symbol, no more.

Losses are put off on the day on which it is known what replaces the shares, so that nothing that
happens later, such as a split or a new name, changes what was told before; and so that lots go by
the cost that they have then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from alchemiser.domain.books.history import Movement, Trade
from alchemiser.domain.books.holding import WASH_DAYS
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Disposal, Lot, LotMethod, Lots
from alchemiser.domain.books.matching import Matching, age
from alchemiser.domain.books.reorganised import claims
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, ZERO, apportion

PURCHASES: Final = frozenset({PostingKind.FILL, PostingKind.MANUAL})
"""How shares come that may replace others; what came without a purchase replaces none."""


def wash(movements: Iterable[Movement], method: LotMethod = LotMethod.FIFO) -> Lots:
    """Return the lots that `movements` leave, with every loss put off that is washed.

    Lots are cut where only a part replaces shares, or is replaced. Shares of the same purchase as
    those sold replace none of them (Rev. Rul. 56-602), nor do shares that are sold by the end of
    the same day. Short positions are left alone.

    Args:
        movements: What happened to the account, oldest first.
        method: Which lots go first; the highest cost is one with the losses that were added to it.
    """
    washing = _Washing(method=method)
    for _, of_day in groupby(enumerate(movements), key=_day):
        for number, movement in of_day:
            washing.take(number, movement)
        washing.end_day()
    return washing.washed()


def after(lots: Lots, sale: Trade, method: LotMethod = LotMethod.FIFO) -> Lots:
    """Return what `sale` would leave of the open `lots`, and the disposals of the sale alone."""
    washing = _Washing(method=method)
    for lot in lots.open:
        washing.held.setdefault(lot.symbol, []).append(lot)
    washing.take(-1, sale)
    washing.end_day()
    return washing.washed()


@dataclass(slots=True)
class _Sale:
    """A disposal in two parts: what is put off, and what nothing has replaced yet."""

    rest: Disposal | None
    put_off: Disposal | None = None

    def parts(self) -> list[Disposal]:
        return [one for one in (self.put_off, self.rest) if one is not None]

    def is_loss(self) -> bool:
        return self.rest is not None and _loss(self.rest) > 0

    def waits_on(self, day: date) -> bool:
        """Say whether shares bought from `day` on may still replace something."""
        return self.rest is not None and self.is_loss() and day - self.rest.disposed <= WASH_DAYS

    def replaced_by(self, lots: list[Lot]) -> list[Lot]:
        """Return `lots`, with as much of the loss as they replace added to the first of them."""
        sold = self.rest
        if sold is None:
            return lots
        left, found, bought = sold.lot.quantity, list[Lot](), list[int]()
        for lot in lots:
            pieces: tuple[Lot, ...] = (lot,)
            if left and _may_replace(lot, sold):
                pieces = lot.cut(left) if lot.quantity > left else pieces
                left -= pieces[0].quantity
                bought.append(len(found))
            found += pieces
        if not bought:
            return lots
        gone, rest = sold.cut(sold.lot.quantity - left) if left else (sold, None)
        loss = _loss(gone)
        if loss <= 0:  # cents that were rounded away
            return lots
        gone = replace(gone, disallowed=loss)
        self.put_off = gone if self.put_off is None else self.put_off.joined(gone)
        self.rest = rest
        shares = claims(found[place].quantity for place in bought)
        for place, part in zip(bought, apportion(loss, shares, CENT), strict=True):
            found[place] = _with_loss(found[place], part, sold)
        return found


@dataclass(slots=True)
class _Washing(Matching):
    """Match what goes with what came, and put losses off day by day.

    Attributes:
        sales: Every disposal, in order.
        losses: The losses of the day under way.
        waiting: Losses of days before that may still be replaced, the first first.
    """

    sales: list[_Sale] = field(default_factory=list)
    losses: list[_Sale] = field(default_factory=list)
    waiting: dict[Symbol, list[_Sale]] = field(default_factory=dict)

    def dispose(self, disposal: Disposal) -> None:
        sale = _Sale(disposal)
        self.sales.append(sale)
        if disposal.lot.quantity > 0 and sale.is_loss():
            self.losses.append(sale)

    def open(self, lot: Lot) -> None:
        """Hold a lot; it replaces at once what was sold at a loss on the days before."""
        lots = [lot]
        waiting = self.waiting.get(lot.symbol, [])
        for sale in waiting:
            lots = sale.replaced_by(lots)
        self.waiting[lot.symbol] = [one for one in waiting if one.waits_on(lot.acquired)]
        self.held.setdefault(lot.symbol, []).extend(lots)

    def end_day(self) -> None:
        """Let what is still held replace what was sold at a loss on the day."""
        for sale in self.losses:
            if sale.rest is None:
                continue
            name = sale.rest.lot.symbol
            self.held[name] = sale.replaced_by(sorted(self.held.get(name, []), key=age))
            if sale.is_loss():
                self.waiting.setdefault(name, []).append(sale)
        self.losses = []

    def washed(self) -> Lots:
        """Return how things stand at the end of a day."""
        self.disposals = [part for sale in self.sales for part in sale.parts()]
        return self.lots()


def _may_replace(lot: Lot, sold: Disposal) -> bool:
    replaces = lot.washed or lot.held_since != lot.acquired
    return (
        not replaces
        and lot.kind in PURCHASES
        and lot.cost is not None
        and lot.quantity > 0
        and lot.number != sold.lot.number
        and abs(lot.acquired - sold.disposed) <= WASH_DAYS
    )


def _with_loss(lot: Lot, loss: Decimal, sold: Disposal) -> Lot:
    """Return `lot` with a loss added to its cost, and the days that the shares sold were held."""
    return replace(
        lot,
        cost=None if lot.cost is None else lot.cost + loss,
        washed=lot.washed + loss,
        held_since=lot.acquired - (sold.disposed - sold.lot.held_since),
    )


def _loss(disposal: Disposal) -> Decimal:
    gain = disposal.gain()
    return ZERO if gain is None else -gain


def _day(numbered: tuple[int, Movement]) -> date:
    return numbered[1].day
