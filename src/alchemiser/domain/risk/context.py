"""What the checks may look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.limits import RiskLimits, TradingState
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import CENT, ZERO, round_down
from alchemiser.domain.values.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskContext:
    """Hold the state of the world that an assessment rests on.

    Attributes:
        now: The moment of the assessment, UTC.
        state: How much the engine may do.
        session: The exchange's session of the day, or None when unknown.
        account: The broker's account, or None when unknown.
        cash: Dollars that the books hold together, or None when unknown.
        quotes: Latest quotes.
        instruments: Reference data; a symbol without an entry is not tradable.
        limits: What may not be exceeded.
        open_orders: Our orders approved and not terminal, with what is left of each.
        sent: Orders of this session that were ever intended.
        reserved: Open orders that the broker knew when it told its buying power.
    """

    now: datetime
    state: TradingState
    session: Session | None
    account: AccountSnapshot | None
    cash: Decimal | None
    quotes: Mapping[Symbol, Quote]
    instruments: Mapping[Symbol, Instrument]
    limits: RiskLimits
    open_orders: tuple[NewOrderSingle, ...] = ()
    sent: frozenset[ClOrdId] = frozenset()
    reserved: frozenset[ClOrdId] = frozenset()
    _held: Mapping[Symbol, Decimal] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        positions = self.account.positions if self.account else ()
        held = MappingProxyType({row.symbol: row.quantity for row in positions})
        object.__setattr__(self, "_held", held)

    def held(self, name: Symbol) -> Decimal:
        """Return the shares of `name` in the account."""
        return self._held.get(name, ZERO)

    def open_quantity(self, name: Symbol, side: Side) -> Decimal:
        """Return the shares of `name` in open orders of `side`."""
        rows = (o.order_qty for o in self.open_orders if o.symbol == name and o.side is side)
        return sum(rows, ZERO)

    def mark(self, name: Symbol) -> Decimal | None:
        """Return the mid of `name` in dollars, or None without a quote."""
        quote = self.quotes.get(name)
        return None if quote is None else quote.mid()

    def equity(self) -> Decimal | None:
        """Return the account's equity in dollars: the broker's word, or None when unknown."""
        return None if self.account is None else self.account.equity

    def spendable(self) -> Decimal | None:
        """Return dollars that a new buy may cost: min(ours, broker's) net of open buys.

        What the broker has reserved for an open buy is not taken off its figure a second time.
        Each open buy counts in cents, rounded up, as venues reserve them.
        """
        if self.account is None or self.cash is None:
            return None
        costs = {
            order.cl_ord_id: order.cost() for order in self.open_orders if order.side is Side.BUY
        }
        unknown = (cost for name, cost in costs.items() if name not in self.reserved)
        ours = self.cash - sum(costs.values(), ZERO)
        return round_down(min(ours, self.account.buying_power - sum(unknown, ZERO)), CENT)

    def gross_exposure(self) -> Decimal | None:
        """Return dollars of all positions and open buys times leverage, or None when unpriced."""
        total = ZERO
        names = self._held.keys() | {o.symbol for o in self.open_orders if o.side is Side.BUY}
        for name in sorted(names):
            value = self.exposure(name, self.held(name) + self.open_quantity(name, Side.BUY))
            if value is None:
                return None
            total += value
        return total

    def exposure(self, name: Symbol, quantity: Decimal) -> Decimal | None:
        """Return dollars of `quantity` shares times their leverage, or None when unpriced."""
        mark, instrument = self.mark(name), self.instruments.get(name)
        if mark is None or instrument is None:
            return None
        return abs(quantity * instrument.leverage) * mark

    def after_sells(self, sells: Sequence[tuple[Symbol, Decimal, Decimal]]) -> "RiskContext":
        """Return the context as if sells had filled at their worst price.

        Their proceeds are whole cents. What they cost against the mid is taken off equity; a
        limit above the mid adds nothing.

        Args:
            sells: Symbol, shares and the lowest price in dollars of each sell.
        """
        if self.account is None or self.cash is None or not sells:
            return self
        held, proceeds, cost = dict(self._held), ZERO, ZERO
        for name, quantity, price in sells:
            held[name] = held.get(name, ZERO) - quantity
            proceeds += round_down(quantity * price, CENT)
            cost += quantity * max((self.mark(name) or price) - price, ZERO)
        account = replace(
            self.account,
            cash=self.account.cash + proceeds,
            equity=self.account.equity - cost,
            buying_power=self.account.buying_power + proceeds,
            positions=tuple(Position(symbol=n, quantity=held[n]) for n in sorted(held) if held[n]),
        )
        return replace(self, account=account, cash=self.cash + proceeds)

    def less_equity(self, cost: Decimal) -> "RiskContext":
        """Return the context with `cost` dollars taken off the account's equity."""
        if self.account is None:
            return self
        return replace(self, account=replace(self.account, equity=self.account.equity - cost))

    def with_order(self, order: NewOrderSingle) -> "RiskContext":
        """Return the context after `order` was approved."""
        return replace(
            self,
            open_orders=(*self.open_orders, order),
            sent=self.sent | {order.cl_ord_id},
        )
