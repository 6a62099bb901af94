"""From what happened to the lots that it leaves.

Lots are computed from history whenever somebody asks, and never kept: another method gives other
lots of the same history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from alchemiser.domain.books.history import Exchange, Movement, Repayment, Split, Trade
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.books.lots import Disposal, Lot, LotMethod, Lots, new_lot
from alchemiser.domain.books.reorganised import claims, divided, exchanged, repaid, resized
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, ZERO, apportion

_disposal: Final = maker(Disposal)


def match(movements: Iterable[Movement], method: LotMethod = LotMethod.FIFO) -> Lots:
    """Return the lots that `movements` leave when what goes is taken from lots by `method`.

    What was paid for the open lots and for those disposed of is together exactly what was paid.
    A sale of more than is held opens a short position, which purchases close.
    """
    matching = Matching(method=method)
    for number, movement in enumerate(movements):
        matching.take(number, movement)
    return matching.lots()


@dataclass(slots=True)
class Matching:
    """Match what goes with what came.

    Attributes:
        method: Which lots go first.
        number: Of the movement under way; lots that come in it have it.
        held: Lots that are open by their symbol.
        disposals: What is not held any more, in order.
    """

    method: LotMethod
    number: int = 0
    held: dict[Symbol, list[Lot]] = field(default_factory=dict)
    disposals: list[Disposal] = field(default_factory=list)

    def lots(self) -> Lots:
        """Return how things stand."""
        ordered = (lot for name in sorted(self.held) for lot in sorted(self.held[name], key=age))
        return Lots(open=tuple(ordered), disposals=tuple(self.disposals))

    def take(self, number: int, movement: Movement) -> None:
        """Let a movement happen."""
        self.number = number
        match movement:
            case Trade():
                self.trade(movement)
            case Split():
                self.split(movement)
            case Exchange():
                self.exchange(movement)
            case Repayment():
                self.repay(movement)

    def trade(self, trade: Trade) -> None:
        """Close lots of the other sign; what is left opens one."""
        closed = self._take(trade.symbol, -trade.quantity)
        if trade.quantity and not closed:
            cost = None if trade.cash is None else -trade.cash
            self.open(self._new(trade, trade.quantity, cost))
            return
        left = trade.quantity + _total(closed)
        if not trade.quantity:
            # Dollars without shares, as from parts of fills that cancel out: gained, or lost.
            closed = [self._new(trade, ZERO, ZERO)]
        pieces = [*(abs(lot.quantity) for lot in closed), abs(left)]
        *dollars, rest = _shared(trade.cash, pieces)
        for lot, cash in zip(closed, dollars, strict=True):
            self._dispose(lot, cash, trade.day)
        if left:
            self.open(self._new(trade, left, None if rest is None else -rest))

    def open(self, lot: Lot) -> None:
        """Hold a lot that a trade brought."""
        self.held.setdefault(lot.symbol, []).append(lot)

    def dispose(self, disposal: Disposal) -> None:
        """Keep what is not held any more."""
        self.disposals.append(disposal)

    def split(self, split: Split) -> None:
        """Give every lot its part of the shares added; what it cost and since when stay.

        Dollars for a fraction of unknown size pay cost back first; those for all that was held
        are its proceeds.
        """
        name, lots = split.symbol, self.held.get(split.symbol, [])
        total = _total(lots)
        new = total + split.quantity
        if split.quantity and total * new <= 0:
            kind, shares = PostingKind.SPLIT, split.quantity
            cash = split.cash if split.cash or not new else None
            self.trade(Trade(day=split.day, symbol=name, quantity=shares, cash=cash, kind=kind))
            return
        if split.quantity:
            self.held[name] = resized(lots, name, new)
        if split.cash:
            day, cash = split.day, split.cash
            self.repay(Repayment(day=day, paid=day, symbol=name, cash=cash))

    def exchange(self, exchange: Exchange) -> None:
        """Carry cost and days of what was given over to what was received for it."""
        given = [
            lot for name, shares in exchange.given for lot in self._give(exchange, name, shares)
        ]
        if not exchange.received:
            dollars = _shared(exchange.cash, [lot.quantity for lot in given])
            for lot, cash in zip(given, dollars, strict=True):
                self._dispose(lot, cash, exchange.day)
            return
        beside = list(exchange.received)
        if given:
            name, shares = beside.pop(0)
            became, gained = exchanged(given, exchange, self.number)
            for disposal in gained:
                self.dispose(disposal)
            self._come(resized(became, name, shares), exchange.day)
        elif exchange.cash < 0:
            name, shares = beside.pop(0)
            self.trade(_moved(exchange, name, shares, exchange.cash))
        for number, (name, shares) in enumerate(beside):
            cash = ZERO if given or number else max(exchange.cash, ZERO)
            self._come_beside(exchange, name, shares, cash)

    def _come_beside(
        self, exchange: Exchange, name: Symbol, shares: Decimal, cash: Decimal
    ) -> None:
        """Give shares for nothing; of a spin-off they are held for as long as what was kept.

        Dollars for a fraction of them that was not given pay back first what they have cost.
        """
        parents = self._held_long(exchange.kept)
        if exchange.kept is None or not parents:
            if cash:
                self.trade(_moved(exchange, name, ZERO, cash))
            self.trade(_moved(exchange, name, shares, ZERO))
            return
        halves = [divided(lot, exchange.basis or ZERO) for lot in parents]
        # No position is long and short at once.
        self.held[exchange.kept] = [kept for kept, _ in halves]
        new = resized([gone for _, gone in halves], name, shares)
        self._come(self._repaid(new, cash, exchange.day), exchange.day)

    def _come(self, lots: Iterable[Lot], day: date) -> None:
        """Hold lots that a reorganisation gave; they close first what is short, at their cost."""
        for lot in lots:
            left = lot
            for short in self._take(lot.symbol, -lot.quantity):
                given, left = left.cut(-short.quantity)
                self._dispose(short, None if given.cost is None else -given.cost, day)
            if left.quantity:
                self.held.setdefault(lot.symbol, []).append(left)

    def repay(self, repayment: Repayment) -> None:
        """Let capital paid back reduce what each share has cost; what is more is a gain.

        26 U.S.C. 301(c)(2) and (3). What is left of no share is a gain, or where it is negative a
        loss, as a whole.
        """
        lots = self._held_long(repayment.symbol)
        if not lots:
            name, cash = repayment.symbol, repayment.cash
            kind = PostingKind.RETURN_OF_CAPITAL
            self.trade(Trade(day=repayment.paid, symbol=name, quantity=ZERO, cash=cash, kind=kind))
            return
        self.held[repayment.symbol] = self._repaid(lots, repayment.cash, repayment.paid)

    def _repaid(self, lots: Sequence[Lot], cash: Decimal, day: date) -> list[Lot]:
        """Return `lots` with their cost reduced by `cash`, each share alike."""
        parts = apportion(cash, claims(lot.quantity for lot in lots), CENT)
        reduced = [repaid(lot, part, day) for lot, part in zip(lots, parts, strict=True)]
        for gained in (one for _, one in reduced if one is not None):
            self.dispose(gained)
        return [lot for lot, _ in reduced]

    def _held_long(self, name: Symbol | None) -> list[Lot]:
        """Return the lots of a position that is not short."""
        lots = [] if name is None else self.held.get(name, [])
        return [lot for lot in lots if lot.quantity > 0]

    def _give(self, exchange: Exchange, name: Symbol, shares: Decimal) -> list[Lot]:
        """Take lots out; shares that no lot has are owed, at a cost that is not known."""
        lots = self._take(name, shares)
        missing = shares - _total(lots)
        if missing:
            owed = _moved(exchange, name, -missing, None)
            self.trade(owed)
            lots.append(self._new(owed, missing, None))
        return lots

    def _take(self, name: Symbol, quantity: Decimal) -> list[Lot]:
        """Take lots of the sign of `quantity` out, up to that quantity, by the method."""
        lots, taken = self.held.get(name, []), []
        while quantity and lots and lots[0].quantity * quantity > 0:
            number = self._next(lots) if len(lots) > 1 else 0
            lot = lots.pop(number)
            if abs(lot.quantity) > abs(quantity):
                lot, rest = lot.cut(quantity)
                lots.insert(number, rest)
            taken.append(lot)
            quantity -= lot.quantity
        return taken

    def _next(self, lots: Sequence[Lot]) -> int:
        """Return the place of the lot whose turn it is."""
        return min(range(len(lots)), key=lambda place: _turn(lots[place], self.method))

    def _new(self, trade: Trade, quantity: Decimal, cost: Decimal | None) -> Lot:
        return new_lot(
            symbol=trade.symbol,
            quantity=quantity,
            cost=cost,
            acquired=trade.day,
            held_since=trade.day,
            kind=trade.kind,
            number=self.number,
        )

    def _dispose(self, lot: Lot, proceeds: Decimal | None, day: date) -> None:
        self.dispose(_disposal(lot=lot, disposed=day, proceeds=proceeds))


def age(lot: Lot) -> tuple[date, int]:
    """Return by what lots are older: day, then the movement that brought them."""
    return lot.acquired, lot.number


def _turn(lot: Lot, method: LotMethod) -> tuple[bool, Decimal, date, int]:
    """Return by what a lot waits for its turn: the least is taken first."""
    if method is LotMethod.FIFO:
        return False, ZERO, *age(lot)
    if lot.cost is None:
        return True, ZERO, *age(lot)
    return False, -lot.cost / lot.quantity, *age(lot)


def _total(lots: Iterable[Lot]) -> Decimal:
    return sum((lot.quantity for lot in lots), ZERO)


def _moved(exchange: Exchange, name: Symbol, shares: Decimal, cash: Decimal | None) -> Trade:
    kind = PostingKind.REORGANISATION
    return Trade(day=exchange.day, symbol=name, quantity=shares, cash=cash, kind=kind)


def _shared(cash: Decimal | None, sizes: Sequence[Decimal]) -> list[Decimal | None]:
    """Split `cash` in proportion to `sizes`; where all are zero the first has everything."""
    if cash is None:
        return [None for _ in sizes]
    sized = [place for place, size in enumerate(sizes) if size]
    if len(sized) <= 1:
        whole = sized[0] if sized else 0
        return [cash if place == whole else ZERO for place in range(len(sizes))]
    return [*apportion(cash, claims(sizes), CENT)]
