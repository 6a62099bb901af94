"""How orders follow one another: slots, numbers, repetition, crossing, churn and day trades."""

from collections.abc import Iterable
from datetime import date

from alchemiser.domain.market_rules import day_trades
from alchemiser.domain.market_rules.day_trading import LEGACY, day_trade_regime
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import Execution, SentOrder, reversals
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.risk.pool import UNKNOWN, refuse
from alchemiser.domain.values.numbers import ZERO, plain


def duplicate_intent(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse a slot that was used before, and a second open order of one side in a symbol."""
    twice = order.cl_ord_id in context.sent
    if twice or context.open_quantity(order.symbol, order.side):
        return refuse(RiskCode.DUPLICATE_INTENT, order.cl_ord_id, "one order a slot", order.symbol)
    return None


def wash_trade(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse an order that could trade with an open one of our own (RC-18)."""
    for other in context.today().open_in(order.symbol):
        buy, sell = (order, other) if order.side is Side.BUY else (other, order)
        if other.side is not order.side and buy.price >= sell.price:
            side = "below" if order.side is Side.BUY else "above"
            limit = f"{side} {plain(other.price)}"
            return refuse(RiskCode.WASH_TRADE, order.price, limit, order.symbol)
    return None


def orders_per_day(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse more orders in one session than the runaway guard allows (OS-09)."""
    limit = context.limits.max_orders_per_day
    if limit is None:
        return None
    return _too_many(RiskCode.MAX_ORDERS_PER_DAY, len(context.sent), limit, order)


def orders_per_minute(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse more orders within a minute than the runaway guard allows (OS-09)."""
    limit = context.limits.max_orders_per_minute
    if limit is None:
        return None
    return _too_many(RiskCode.MAX_ORDERS_PER_MINUTE, context.sent_within_a_minute(), limit, order)


def orders_per_symbol(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse more orders in one symbol in one session than the runaway guard allows (OS-09)."""
    limit = context.limits.max_orders_per_symbol
    if limit is None:
        return None
    count = len(context.sent_in(order.symbol))
    return _too_many(RiskCode.MAX_ORDERS_PER_SYMBOL, count, limit, order)


def repeated_order(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse the same order over and over: one symbol, side and quantity (OS-09)."""
    limit = context.limits.max_repeats
    if limit is None:
        return None
    alike = (
        1
        for one in context.sent_in(order.symbol)
        if one.order.side is order.side and one.order.order_qty == order.order_qty
    )
    return _too_many(RiskCode.REPEATED_ORDER, sum(alike), limit, order)


def _too_many(code: RiskCode, count: int, limit: int, order: NewOrderSingle) -> Violation | None:
    if count < limit:
        return None
    return refuse(code, count + 1, limit, order.symbol)


def churn(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys in a symbol that is bought and sold over and over (RC-18)."""
    limits, history = context.limits, context.history
    if limits.max_reversals is None or order.side is Side.SELL:
        return None
    if history is None:
        return refuse(RiskCode.CHURN, UNKNOWN, limits.max_reversals, order.symbol)
    earlier = history.within_of(limits.reversal_sessions, order.symbol)
    sides = [one.side for one in earlier]
    sides += [one.order.side for one in context.sent_in(order.symbol) if one.worth]
    count = reversals([*sides, order.side])
    if count > limits.max_reversals:
        return refuse(RiskCode.CHURN, count, limits.max_reversals, order.symbol)
    return None


def short_sale(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse sells of more shares than are held and not yet on sale."""
    if order.side is Side.BUY:
        return None
    available = context.held(order.symbol) - context.open_quantity(order.symbol, Side.SELL)
    if order.order_qty > available:
        return refuse(RiskCode.SHORT_SALE, order.order_qty, max(available, ZERO), order.symbol)
    return None


def day_trade(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse day trades that the rule in force does not allow a margin account (SE-02, SE-05)."""
    account, history = context.account, context.history
    if account is None or account.kind is AccountKind.CASH:
        return None
    if context.state is TradingState.REDUCING:
        # Whoever only wants out asks the broker: it may refuse, and nothing is lost by asking.
        return None
    if context.session is None or history is None:
        return refuse(RiskCode.DAY_TRADE, UNKNOWN, "earlier trades known", order.symbol)
    name, day = order.symbol, context.session.day
    earlier = [one for one in history.within(1) if one.symbol == name]
    today = context.sent_in(name)
    # What happened in other symbols and sessions counts only beside a further day trade.
    traded = earlier or today
    if not (traded and _day_trades(order, context, day, earlier, today).completes()):
        return None
    everything = history.within(LEGACY.sessions)
    trades = _day_trades(order, context, day, everything, context.sent.values())
    found = day_trades.day_trade_refusal(
        day_trade_regime(day, context.limits.intraday_margin_since),
        trades,
        equity=account.equity - context.cost,
        deficit=(account.maintenance_margin or ZERO) - (account.equity - context.cost),
    )
    if found is None:
        return None
    return refuse(RiskCode.DAY_TRADE, *found, order.symbol)


def _day_trades(
    order: NewOrderSingle,
    context: RiskContext,
    day: date,
    earlier: Iterable[Execution],
    sent: Iterable[SentOrder],
) -> day_trades.DayTrades:
    """Return the day trades among earlier fills and what was sent today, without and with `order`.

    What was sent counts as far as it has filled or may still fill.
    """
    done = [
        day_trades.Execution(
            session=one.session, symbol=one.symbol, quantity=one.side.sign() * one.quantity
        )
        for one in earlier
    ]
    pending: list[day_trades.Execution] = []
    opened = context.today().opened
    for one in sent:
        if one.worth:
            kept = pending if one.order.cl_ord_id in opened else done
            kept.append(_trade(one.order, day))
    return day_trades.with_order(done, pending, _trade(order, day))


def _trade(order: NewOrderSingle, day: date) -> day_trades.Execution:
    return day_trades.Execution(
        session=day, symbol=order.symbol, quantity=order.side.sign() * order.order_qty
    )
