"""What the checks may look at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.history import RiskHistory, SentOrder
from alchemiser.domain.risk.holdings import Holdings
from alchemiser.domain.risk.limits import RiskLimits, TradingState
from alchemiser.domain.risk.today import Today
from alchemiser.domain.values.frozen import maker, quickly
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import CENT, ZERO, round_down
from alchemiser.domain.values.session import Session

MINUTE: Final = timedelta(minutes=1)
_position: Final = maker(Position)
_sent: Final = maker(SentOrder)


@quickly
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
        history: Earlier sessions, or None when unknown.
        open_orders: Our orders approved and not terminal, with what is left of each.
        sent: Orders of this session that were ever intended.
        reserved: Open orders that the broker knew when it told its buying power.
        foreseen: Dollars of sells that the plan at hand has besides.
        any_hour: Whether orders may go out outside regular hours, which only paper trading allows.
        cost: Dollars of equity that orders at hand cost, and that the account still counts.
        unsettled: Dollars of sells that count as filled, and have not settled.
    """

    now: datetime
    state: TradingState
    session: Session | None
    account: AccountSnapshot | None
    cash: Decimal | None
    quotes: Mapping[Symbol, Quote]
    instruments: Mapping[Symbol, Instrument]
    limits: RiskLimits
    history: RiskHistory | None = None
    open_orders: tuple[NewOrderSingle, ...] = ()
    sent: Mapping[ClOrdId, SentOrder] = field(default_factory=lambda: MappingProxyType({}))
    reserved: frozenset[ClOrdId] = frozenset()
    foreseen: Decimal = ZERO
    any_hour: bool = False
    cost: Decimal = ZERO
    unsettled: Decimal = ZERO
    _carried: dict[Symbol, Decimal] | None = field(
        init=False, repr=False, compare=False, default=None
    )
    _priced: Holdings | None = field(init=False, repr=False, compare=False, default=None)
    _alike: "RiskContext | None" = field(init=False, repr=False, compare=False, default=None)
    _today: Today | None = field(init=False, repr=False, compare=False, default=None)

    def today(self) -> Today:
        """Return sums and lists of `open_orders` and `sent`."""
        known = self._today
        # `with_order` goes on with what its context had made: that one makes it anew, if ever.
        if known is None or known.size != len(self.open_orders) + len(self.sent):
            known = Today.of(self.open_orders, self.sent.values(), self.reserved)
            object.__setattr__(self, "_today", known)
        return known

    def held(self, name: Symbol) -> Decimal:
        """Return the shares of `name` in the account."""
        return ZERO if self.account is None else self.account.shares.get(name, ZERO)

    def open_quantity(self, name: Symbol, side: Side) -> Decimal:
        """Return the shares of `name` in open orders of `side`."""
        opened = self.today().open_in(name)
        if not opened:
            return ZERO
        return sum((one.order_qty for one in opened if one.side is side), ZERO)

    def settled(self) -> Decimal | None:
        """Return settled dollars that a new buy may cost: min(ours, broker's) net of open buys.

        None while the account, the books' cash or the earlier sessions are not known.
        """
        if self.account is None or self.cash is None or self.history is None:
            return None
        told = self.account.settled_cash
        ours = self.cash - self.history.unsettled - self.unsettled
        # What was sold in this session is money, but it has not settled.
        today = self.today()
        ours -= today.sold
        return round_down((ours if told is None else min(ours, told)) - today.cost, CENT)

    def covers(self, order: NewOrderSingle) -> bool:
        """Say whether `order` only buys back shares that the account is short of."""
        if order.side is Side.SELL or self.held(order.symbol) >= 0:
            return False
        bought = self.open_quantity(order.symbol, Side.BUY) + order.order_qty
        return self.held(order.symbol) + bought <= 0

    def carried(self) -> Mapping[Symbol, Decimal]:
        """Return the shares held and those in open buys together, sorted by symbol."""
        if self._carried is None:
            total = {} if self.account is None else dict(self.account.shares)
            for name, quantity in self.today().buying.items():
                total[name] = total.get(name, ZERO) + quantity
            object.__setattr__(self, "_carried", {name: total[name] for name in sorted(total)})
        return self._carried or {}

    def priced(self) -> Holdings | None:
        """Return what `carried` holds with its marks, or None when one is not known.

        Every limit on what is held goes through all of it.
        """
        if self._alike is not None:
            return self._alike.priced()
        if self._priced is None:
            rows = []
            for name, quantity in self.carried().items():
                instrument, mark = self.instruments.get(name), self.mark(name)
                if instrument is None or mark is None:
                    return None
                rows.append((instrument, quantity, mark))
            object.__setattr__(self, "_priced", Holdings(tuple(rows)))
        return self._priced

    def traded(self, name: Symbol | None = None) -> Decimal:
        """Return dollars traded or on order in this session, in `name` or in all symbols."""
        if name is None:
            return self.foreseen + self.today().worth
        return sum((one.worth for one in self.sent_in(name)), ZERO)

    def sent_within_a_minute(self) -> int:
        """Return how many orders were sent within the last sixty seconds."""
        return sum(1 for one in self.sent.values() if self.now - one.at < MINUTE)

    def sent_in(self, name: Symbol) -> Sequence[SentOrder]:
        """Return the orders of this session in `name`."""
        return self.today().sent_in(name)

    def mark(self, name: Symbol) -> Decimal | None:
        """Return the mid of `name` in dollars, or None without a quote."""
        quote = self.quotes.get(name)
        return None if quote is None else quote.mid()

    def equity(self) -> Decimal | None:
        """Return the account's equity in dollars: the broker's word less `cost`, or None."""
        return None if self.account is None else self.account.equity - self.cost

    def spendable(self) -> Decimal | None:
        """Return dollars that a new buy may cost: min(ours, broker's) net of open buys.

        What the broker has reserved for an open buy is not taken off its figure a second time.
        Each open buy counts in cents, rounded up, as venues reserve them.
        """
        if self.account is None or self.cash is None:
            return None
        today = self.today()
        ours, theirs = self.cash - today.cost, self.account.buying_power - today.unknown_cost
        return round_down(min(ours, theirs), CENT)

    def gross_exposure(self) -> Decimal | None:
        """Return dollars of all positions and open buys times leverage, or None when unpriced."""
        total = ZERO
        for name, quantity in self.carried().items():
            value = self.exposure(name, quantity)
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

        Their proceeds are whole cents and have not settled. What they cost against the mid is
        taken off equity; a limit above the mid adds nothing.

        Args:
            sells: Symbol, shares and the lowest price in dollars of each sell.
        """
        if self.account is None or self.cash is None or not sells:
            return self
        held, proceeds, cost = {one.symbol: one for one in self.account.positions}, ZERO, ZERO
        for name, quantity, price in sells:
            left = held[name].quantity - quantity if name in held else -quantity
            if left:
                held[name] = _position(symbol=name, quantity=left)
            else:
                held.pop(name, None)
            proceeds += round_down(quantity * price, CENT)
            cost += self.worse_than_mid(Side.SELL, name, quantity, price)
        account = replace(
            self.account,
            cash=self.account.cash + proceeds,
            equity=self.account.equity - cost,
            buying_power=self.account.buying_power + proceeds,
            positions=tuple(held[name] for name in sorted(held)),
        )
        cash, unsettled = self.cash + proceeds, self.unsettled + proceeds
        return replace(self, account=account, cash=cash, unsettled=unsettled)

    def cost_of(self, orders: Iterable[NewOrderSingle]) -> Decimal:
        """Return dollars of equity that `orders` cost at their limits, against the mids.

        Sells and limits below the mid, as on a crossed quote, add nothing.
        """
        costs = (
            self.worse_than_mid(Side.BUY, order.symbol, order.order_qty, order.price)
            for order in orders
            if order.side is Side.BUY
        )
        return sum(costs, ZERO)

    def worse_than_mid(
        self, side: Side, name: Symbol, quantity: Decimal, price: Decimal
    ) -> Decimal:
        """Return dollars that a trade at `price` costs against the mid; nothing without a mid.

        A price on the better side of it, as on a crossed quote, adds nothing.
        """
        mark = self.mark(name)
        return ZERO if mark is None else quantity * max(side.sign() * (price - mark), ZERO)

    def less_equity(self, cost: Decimal) -> "RiskContext":
        """Return the context with `cost` dollars taken off the account's equity."""
        if self.account is None or not cost:
            return self
        after = self._with(self.open_orders, self.sent, self.cost + cost)
        # It holds the same, whatever that is worth; nobody may ever ask for it.
        object.__setattr__(after, "_carried", self._carried)
        object.__setattr__(after, "_alike", self)
        return after

    def with_order(self, order: NewOrderSingle) -> "RiskContext":
        """Return the context after `order` was approved."""
        one, name = _sent(order=order, at=self.now, worth=order.notional()), order.cl_ord_id
        if name not in self.sent:
            today = self.today()
            today.open(order, is_reserved=name in self.reserved)
            today.send(one)
        return self._with((*self.open_orders, order), {**self.sent, name: one}, self.cost)

    def _with(
        self,
        open_orders: tuple[NewOrderSingle, ...],
        sent: Mapping[ClOrdId, SentOrder],
        cost: Decimal,
    ) -> "RiskContext":
        """Return the same with these, much quicker than `replace` does; and hand `today` on."""
        after = _context(
            now=self.now,
            state=self.state,
            session=self.session,
            account=self.account,
            cash=self.cash,
            quotes=self.quotes,
            instruments=self.instruments,
            limits=self.limits,
            history=self.history,
            open_orders=open_orders,
            sent=sent,
            reserved=self.reserved,
            foreseen=self.foreseen,
            any_hour=self.any_hour,
            cost=cost,
            unsettled=self.unsettled,
        )
        object.__setattr__(after, "_today", self._today)
        return after


_context: Final = maker(RiskContext)
