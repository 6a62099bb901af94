"""A venue whose book is a script: bid, ask and what trades in each second, or no market at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import ExecType, NewOrderSingle, OrdStatus, Side
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.domain.values.numbers import ZERO
from alchemiser.testing.builders import NOW
from tests.unit.domain.execution.scripted_venue import Life, ScriptedVenue

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Hold what a second looks like.

    Attributes:
        bid: Dollars.
        ask: Dollars.
        depth: Shares that trade at most in this second.
        halted: Whether nothing trades, although there is a quote.
        age: How many seconds old the quote is that is told of it.
    """

    bid: Decimal
    ask: Decimal
    depth: Decimal
    halted: bool = False
    age: int = 0


Script = Callable[[int], Market | None]
"""Returns the market so many seconds after the beginning, or None when there is no quote."""


def market(bid: str, ask: str, depth: str = "1000", *, halted: bool = False) -> Market:
    """Return a market from text."""
    return Market(bid=Decimal(bid), ask=Decimal(ask), depth=Decimal(depth), halted=halted)


@dataclass(slots=True)
class BookVenue(ScriptedVenue):
    """Match limit orders against the book of each second; one symbol is enough.

    Orders for the closing auction meet the book of the last second alone, the others all before.

    Attributes:
        script: The book.
        fickle: Whether it cancels every order unasked as soon as it is looked at again.
        prices: Every price that an order came with, by its id.
    """

    script: Script = field(kw_only=True)
    fickle: bool = field(default=False, kw_only=True)
    prices: dict[ClOrdId, Decimal] = field(default_factory=dict)
    matched_to: datetime = NOW

    def market_at(self, at: datetime) -> Market | None:
        """Return the market at a moment."""
        return self.script(int((at - NOW).total_seconds()))

    def quotes(self, now: datetime) -> tuple[Quote, ...]:
        """Return the quote of the second, if there is one."""
        found = self.market_at(now)
        if found is None:
            return ()
        return tuple(
            Quote(
                symbol=name,
                bid=found.bid,
                ask=found.ask,
                last=found.bid,
                at=now - found.age * SECOND,
                halted=found.halted,
            )
            for name in self.marks
        )

    def advance(self, now: datetime) -> None:
        """Match second by second."""
        while self.matched_to + SECOND <= min(now, self.close_at):
            self.matched_to += SECOND
            depth = self._depth()
            for life in self.orders.values():
                if not life.ended and life.request.is_on_close() is self._is_at_close():
                    depth -= self._match(life, depth)
        for life in self.orders.values():
            if not life.ended:
                self._end(life, now)

    def _accept(self, order: NewOrderSingle, now: datetime, *, sent: datetime) -> None:
        self.prices[order.cl_ord_id] = order.price
        life = Life(order, max(now, sent), [], [])
        self.orders[order.cl_ord_id] = life
        self._tell(life, ExecType.NEW, OrdStatus.NEW, now)

    def _is_at_close(self) -> bool:
        return self.matched_to == self.close_at

    def _depth(self) -> Decimal:
        found = self.market_at(self.matched_to)
        return ZERO if found is None or found.halted else found.depth

    def _match(self, life: Life, depth: Decimal) -> Decimal:
        """Fill what crosses the book of this second; return how many shares."""
        found, order = self.market_at(self.matched_to), life.request
        if found is None or (life.cancel_at or self.matched_to) < self.matched_to:
            return ZERO
        price = found.ask if order.side is Side.BUY else found.bid
        if (price - order.price) * order.side.sign() > 0:
            return ZERO
        quantity = min(depth, order.order_qty - life.cum_qty)
        if quantity > 0:
            self._fill(life, quantity, price, ZERO)
            life.ended = life.cum_qty == order.order_qty
            status = OrdStatus.FILLED if life.ended else OrdStatus.PARTIALLY_FILLED
            self._tell(life, ExecType.TRADE, status, self.matched_to, (quantity, price, ZERO))
        return quantity

    def _end(self, life: Life, now: datetime) -> None:
        if self.fickle and life.cancel_at is None:
            life.cancel_at = now
        end = min(life.cancel_at or self.close_at, self.close_at)
        if end <= now:
            life.ended = True
            kind = ExecType.CANCELED if end == life.cancel_at else ExecType.EXPIRED
            self._tell(life, kind, OrdStatus(kind.value), end)
