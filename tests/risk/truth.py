"""The account as the broker keeps it, and what every limit on sums says of it.

Written anew from the words of `RiskLimits` and docs/risk.md: nothing here knows the pools, measures
or metrics of the package, so that agreement means something.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Final

from alchemiser.domain.orders.account import AccountKind, Position
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import SentOrder
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import Instrument
from tests.risk.broker_rules import WIDE, cost, margin, proceeds
from tests.risk.figures import Past, grouped, shortfall, value_at_risk

NOTHING: Final = Decimal(0)
Subject = frozenset[Symbol] | str


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold what is used of one limit, both in one unit; a measured one is only nearly known."""

    used: Decimal
    limit: Decimal
    measured: bool = False

    def within(self, margin: int = 1) -> bool:
        """Say whether it is within the limit; give or take the error of what is measured."""
        return self.used <= self.limit + (margin * Decimal("1e-9") if self.measured else 0)

    def exceeds(self, before: "Figure | None", margin: int = 1) -> bool:
        """Say whether more is used than `before`, give or take likewise."""
        if before is None:
            return True
        return self.used > before.used + (margin * Decimal("1e-9") if self.measured else 0)


Key = tuple[RiskCode, Subject]
Figures = Mapping[Key, Figure]


class Truth:
    """Keep an account by what happens to it."""

    def __init__(self, context: RiskContext) -> None:
        """Begin with what `context` was told."""
        self.context = context
        account = context.account
        self.held = {row.symbol: row.quantity for row in account.positions} if account else {}
        self.equity = account.equity if account else None
        self.cash = account.cash if account else None
        self.power = account.buying_power if account else None
        self.settled = account.settled_cash if account else None
        self.books = context.cash
        self.open = {order.cl_ord_id: order for order in context.open_orders}
        self.reserved = set(context.reserved)
        self.sent = dict(context.sent)
        self.marks = {name: (quote.bid + quote.ask) / 2 for name, quote in context.quotes.items()}
        self._now: Figures | None = None
        history = context.history
        self.past = Past.of(None if history is None else history.markets, context.limits)

    def accept(self, order: NewOrderSingle) -> None:
        """Let the broker have `order`."""
        self._now = None
        self.open[order.cl_ord_id] = order
        self.sent[order.cl_ord_id] = SentOrder(
            order=order, at=self.context.now, worth=order.order_qty * order.price
        )

    def end(self, name: ClOrdId, filled: Decimal) -> None:
        """End order `name` after `filled` shares have traded at its limit."""
        self._now = None
        order = self.open.pop(name)
        worth = filled * order.price
        self.sent[name] = replace(self.sent[name], worth=worth, filled=worth)
        reserved = name in self.reserved
        self.reserved.discard(name)
        if reserved and self.power is not None:
            self.power += cost(order, order.order_qty)
        if filled:
            self._trade(order, filled)

    def acknowledge(self) -> None:
        """Let the broker take the cost of every open buy off the buying power that it tells."""
        self._now = None
        for name, order in self.open.items():
            if order.side is Side.BUY and name not in self.reserved and self.power is not None:
                self.reserved.add(name)
                self.power -= cost(order, order.order_qty)

    def _trade(self, order: NewOrderSingle, filled: Decimal) -> None:
        if self.equity is None or self.cash is None or self.power is None or self.books is None:
            return
        buy = order.side is Side.BUY
        sign = 1 if buy else -1
        money = -cost(order, filled) if buy else proceeds(order, filled)
        left = self.held.get(order.symbol, NOTHING) + sign * filled
        self.held = {**self.held, order.symbol: left}
        if not left:
            del self.held[order.symbol]
        mark = self.marks.get(order.symbol, order.price)
        self.equity -= sign * filled * (order.price - mark)
        self.cash += money
        self.books += money
        self.power += money
        if buy and self.settled is not None:
            self.settled += money

    def told(self) -> RiskContext:
        """Return what the engine is told of the account now."""
        account = self.context.account
        if account is None or self.equity is None or self.cash is None or self.power is None:
            return self.context
        return replace(
            self.context,
            account=replace(
                account,
                cash=self.cash,
                equity=self.equity,
                buying_power=self.power,
                settled_cash=self.settled,
                positions=tuple(
                    Position(symbol=name, quantity=self.held[name]) for name in sorted(self.held)
                ),
            ),
            cash=self.books,
            open_orders=tuple(self.open.values()),
            sent=dict(self.sent),
            reserved=frozenset(self.reserved),
        )

    def figures(self) -> Figures:
        """Return every limit on a sum or measure with what is used of it, as far as known."""
        if self._now is None:
            self._now = self.figures_with(None)
        return self._now

    def figures_with(self, more: NewOrderSingle | None) -> Figures:
        """Return the same with `more` open too."""
        with localcontext(WIDE):
            found = dict[Key, Figure](self._money(more))
            if self.equity is not None and self.equity > 0:
                found |= self._turnovers(more)
                found |= self._holdings(more)
        return found

    def carried(self, more: NewOrderSingle | None) -> dict[Symbol, Decimal]:
        """Return shares held and on order to buy."""
        total = dict(self.held)
        for order in (*self.open.values(), *((more,) if more else ())):
            if order.side is Side.BUY:
                total[order.symbol] = total.get(order.symbol, NOTHING) + order.order_qty
        return total

    def unpriced(self, more: NewOrderSingle | None = None) -> bool:
        """Say whether a position has no price or no instrument."""
        known = self.marks.keys() & self.context.instruments.keys()
        return not self.carried(more).keys() <= known

    def _money(self, more: NewOrderSingle | None) -> Iterator[tuple[Key, Figure]]:
        account = self.context.account
        if account is None or self.books is None or self.power is None:
            return
        orders = (*self.open.values(), *((more,) if more else ()))
        costs = {one.cl_ord_id: cost(one, one.order_qty) for one in orders if one.side is Side.BUY}
        everything = sum(costs.values(), NOTHING)
        fresh = sum((c for name, c in costs.items() if name not in self.reserved), NOTHING)
        yield (RiskCode.BUYING_POWER, "books"), Figure(everything, self.books)
        yield (RiskCode.BUYING_POWER, "broker"), Figure(fresh, self.power)
        history = self.context.history
        if account.kind is AccountKind.CASH and history is not None:
            sold = (one.filled for one in self.sent.values() if one.order.side is Side.SELL)
            ours = self.books - history.unsettled - sum(sold, NOTHING)
            yield (RiskCode.SETTLED_CASH, "books"), Figure(everything, ours)
            if self.settled is not None:
                yield (RiskCode.SETTLED_CASH, "broker"), Figure(everything, self.settled)

    def _turnovers(self, more: NewOrderSingle | None) -> Iterator[tuple[Key, Figure]]:
        limits, equity = self.context.limits, self.equity or NOTHING
        worth = [(one.order.symbol, one.worth) for one in self.sent.values()]
        if more is not None:
            worth.append((more.symbol, more.order_qty * more.price))
        if limits.max_turnover is not None:
            total = sum((dollars for _, dollars in worth), NOTHING)
            yield (RiskCode.MAX_TURNOVER, ""), Figure(total, limits.max_turnover * equity)
        if limits.max_symbol_turnover is not None:
            for name in {name for name, _ in worth}:
                total = sum((dollars for one, dollars in worth if one == name), NOTHING)
                yield (
                    (RiskCode.MAX_SYMBOL_TURNOVER, name),
                    Figure(total, limits.max_symbol_turnover * equity),
                )

    def _holdings(self, more: NewOrderSingle | None) -> Iterator[tuple[Key, Figure]]:
        rows = [
            (self.context.instruments[name], quantity * self.marks[name], self.marks[name])
            for name, quantity in sorted(self.carried(more).items())
            if name in self.marks and name in self.context.instruments
        ]
        equity, all_known = self.equity or NOTHING, not self.unpriced(more)
        for (code, subject), (used, limit) in self._sums(rows).items():
            if limit is not None and (all_known or code is RiskCode.MAX_POSITION):
                yield (code, subject), Figure(used, limit * equity)
        if not all_known:
            return
        weights = {row.symbol: float(value / equity) for row, value, _ in rows}
        yield from self._measures([row for row, _, _ in rows], weights)

    def _sums(
        self, rows: list[tuple[Instrument, Decimal, Decimal]]
    ) -> dict[Key, tuple[Decimal, Decimal | None]]:
        limits, sums = self.context.limits, dict[Key, list[Decimal]]()
        most: dict[Key, Decimal | None] = {}

        def add(code: RiskCode, subject: str, value: Decimal, limit: Decimal | None) -> None:
            sums.setdefault((code, subject), []).append(value)
            most[code, subject] = limit

        for row, value, price in rows:
            size, base = abs(row.leverage), row.underlying or row.symbol
            sector, together = limits.max_sector, limits.max_asset_class
            add(RiskCode.MAX_POSITION, row.symbol, value, self.own_limit(row))
            add(
                RiskCode.MAX_SECTOR,
                row.sector,
                size * value,
                sector[row.sector] if sector else None,
            )
            add(
                RiskCode.MAX_ASSET_CLASS,
                row.asset_class,
                value,
                together[row.asset_class] if together else None,
            )
            add(RiskCode.MAX_UNDERLYING, base, size * value, limits.max_underlying)
            add(RiskCode.MAX_GROSS_EXPOSURE, "", size * value, limits.max_gross_exposure)
            add(RiskCode.MAX_LEVERAGE, "", value, limits.max_leverage)
            add(RiskCode.MAX_MARGIN_USE, "", value * margin(price, size), limits.max_margin_use)
            add(RiskCode.MAX_NET_EXPOSURE, "", row.leverage * value, limits.max_net_exposure)
        return {
            key: (abs(sum(values, NOTHING)), most[key]) for key, values in sums.items()
        } | self._together(rows)

    def _together(
        self, rows: list[tuple[Instrument, Decimal, Decimal]]
    ) -> dict[Key, tuple[Decimal, Decimal | None]]:
        limits, found = self.context.limits, {}
        if limits.correlation_threshold is None or self.past.closes is None:
            return {}
        instruments = [row for row, _, _ in rows]
        threshold = float(limits.correlation_threshold)
        for group in grouped(self.past, instruments, limits.correlation_sessions, threshold):
            own = [self.own_limit(row) for row in instruments if row.symbol in group]
            known = [limit for limit in own if limit is not None]
            total = sum((value for row, value, _ in rows if row.symbol in group), NOTHING)
            key: Key = (RiskCode.MAX_CORRELATED, group)
            found[key] = (total, max(known) if len(known) == len(own) else None)
        return found

    def _measures(
        self, rows: list[Instrument], weights: Mapping[Symbol, float]
    ) -> Iterator[tuple[Key, Figure]]:
        limits = self.context.limits
        if self.past.closes is None:
            return
        for code, limit, measure in (
            (RiskCode.MAX_VAR, limits.max_var, value_at_risk),
            (RiskCode.MAX_EXPECTED_SHORTFALL, limits.max_expected_shortfall, shortfall),
        ):
            if limit is not None:
                figure = measure(self.past, rows, weights)
                yield (code, ""), Figure(Decimal(figure), limit, measured=True)

    def own_limit(self, row: Instrument) -> Decimal | None:
        """Return what one position may come to, as a share of equity."""
        limits = self.context.limits
        if row.symbol in limits.max_position_symbol:
            return limits.max_position_symbol[row.symbol]
        return limits.max_position[row.asset_class] if limits.max_position else None
