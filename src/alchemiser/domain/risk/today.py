"""What was sent in this session and what of it is open, found by symbol."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from alchemiser.domain.orders.messages import BUY, SELL, NewOrderSingle
from alchemiser.domain.risk.history import SentOrder
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import ZERO


@dataclass(slots=True)
class Today:
    """Keep sums and lists of the orders of one session, so that no check goes through all of them.

    Attributes:
        size: How many open orders and how many sent ones it was made of, together.
        cost: Dollars that all open buys may cost.
        unknown_cost: Dollars of these that the broker does not know of.
        sold: Dollars of sells that have filled.
        worth: Dollars that all orders have filled or may still fill.
        opened: Names of the open orders.
        buying: Shares in open buys by symbol, in order of entry.
    """

    size: int = 0
    cost: Decimal = ZERO
    unknown_cost: Decimal = ZERO
    sold: Decimal = ZERO
    worth: Decimal = ZERO
    opened: set[ClOrdId] = field(default_factory=set)
    buying: dict[Symbol, Decimal] = field(default_factory=dict)
    _open: dict[Symbol, list[NewOrderSingle]] = field(default_factory=dict)
    _sent: dict[Symbol, list[SentOrder]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        open_orders: Iterable[NewOrderSingle],
        sent: Iterable[SentOrder],
        reserved: Collection[ClOrdId],
    ) -> "Today":
        """Return what the orders come to; `reserved` are those that the broker knows."""
        today = cls()
        for order in open_orders:
            today.open(order, is_reserved=order.cl_ord_id in reserved)
        for one in sent:
            today.send(one)
        return today

    def open(self, order: NewOrderSingle, *, is_reserved: bool) -> None:
        """Count an order that is open."""
        self.size += 1
        self.opened.add(order.cl_ord_id)
        self._open.setdefault(order.symbol, []).append(order)
        if order.side is BUY:
            cost = order.cost()
            self.cost += cost
            if not is_reserved:
                self.unknown_cost += cost
            self.buying[order.symbol] = self.buying.get(order.symbol, ZERO) + order.order_qty

    def send(self, one: SentOrder) -> None:
        """Count an order that was intended."""
        self.size += 1
        self.worth += one.worth
        if one.order.side is SELL:
            self.sold += one.filled
        self._sent.setdefault(one.order.symbol, []).append(one)

    def open_in(self, name: Symbol) -> Sequence[NewOrderSingle]:
        """Return the open orders in `name`, oldest first."""
        return self._open.get(name, ())

    def sent_in(self, name: Symbol) -> Sequence[SentOrder]:
        """Return the orders of this session in `name`, oldest first."""
        return self._sent.get(name, ())
