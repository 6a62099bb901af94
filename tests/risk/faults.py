"""Every reason not to send an order, restated: all that hold, and not only the first."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, TradingState
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import ListingStatus
from tests.risk.truth import Figures, Truth

STATUSES: Final = {
    ListingStatus.NOT_TRADABLE: RiskCode.SYMBOL_NOT_TRADABLE,
    ListingStatus.HALTED: RiskCode.SYMBOL_HALTED,
    ListingStatus.SUSPENDED: RiskCode.SYMBOL_SUSPENDED,
    ListingStatus.DELISTED: RiskCode.SYMBOL_DELISTED,
    ListingStatus.CORPORATE_ACTION: RiskCode.CORPORATE_ACTION,
}
Codes = Iterator[RiskCode]


def exceeded(before: Figures, after: Figures, *, margin: int = 1) -> set[RiskCode]:
    """Return the limits that `after` exceeds and further than `before` did."""
    return {
        code
        for (code, subject), figure in after.items()
        if not figure.within(margin) and figure.exceeds(before.get((code, subject)), margin)
    }


def faults(order: NewOrderSingle, truth: Truth, *, margin: int = 1) -> Codes:
    """Yield why `order` may not be sent; `margin` below zero adds what may be a reason."""
    yield from _standing(order, truth)
    yield from _symbol(order, truth)
    yield from _quote(order, truth)
    yield from _sequence(order, truth)
    yield from _sizes(order, truth, margin)
    if order.side is Side.BUY:
        yield from _unknown(order, truth)
        yield from _losses(truth)
        yield from exceeded(truth.figures(), truth.figures_with(order), margin=margin)


def _standing(order: NewOrderSingle, truth: Truth) -> Codes:
    context = truth.context
    if context.account is None or context.cash is None:
        yield RiskCode.ACCOUNT_UNKNOWN
    if context.account is not None and context.account.blocked:
        yield RiskCode.ACCOUNT_BLOCKED
    buy = order.side is Side.BUY
    if context.state is TradingState.HALTED or (buy and context.state is TradingState.REDUCING):
        yield RiskCode.TRADING_STATE
    session = context.session
    if not context.any_hour and (
        session is None or not session.open_at <= context.now < session.close_at
    ):
        yield RiskCode.SESSION_CLOSED
    if buy and order.symbol in context.limits.restricted:
        yield RiskCode.RESTRICTED
    if buy and context.history is not None and order.symbol in context.history.unreconciled:
        yield RiskCode.SYMBOL_UNRECONCILED


def _symbol(order: NewOrderSingle, truth: Truth) -> Codes:
    row = truth.context.instruments.get(order.symbol)
    quote = truth.context.quotes.get(order.symbol)
    if row is None:
        yield RiskCode.SYMBOL_NOT_TRADABLE
        return
    if row.status in STATUSES:
        yield STATUSES[row.status]
    elif quote is not None and quote.halted:
        yield RiskCode.SYMBOL_HALTED
    if order.order_qty % row.quantity_increment:
        yield RiskCode.QUANTITY_INVALID
    if order.price % row.price_increment:
        yield RiskCode.PRICE_INVALID


def _quote(order: NewOrderSingle, truth: Truth) -> Codes:
    context = truth.context
    limits, quote = context.limits, context.quotes.get(order.symbol)
    if quote is None:
        yield RiskCode.PRICE_UNKNOWN
        return
    if not quote.at <= context.now <= quote.at + timedelta(seconds=limits.quote_age_seconds_max):
        yield RiskCode.PRICE_STALE
    if quote.bid > quote.ask:
        yield RiskCode.QUOTE_CROSSED
    middle = truth.marks[order.symbol]
    if quote.ask - quote.bid > limits.max_spread * middle:
        yield RiskCode.MAX_SPREAD
    if abs(order.price - middle) > limits.price_collar * middle:
        yield RiskCode.PRICE_COLLAR


def _sequence(order: NewOrderSingle, truth: Truth) -> Codes:
    limits, buy = truth.context.limits, order.side is Side.BUY
    mine = [one for one in truth.open.values() if one.symbol == order.symbol]
    if order.cl_ord_id in truth.sent or any(one.side is order.side for one in mine):
        yield RiskCode.DUPLICATE_INTENT
    for other in mine:
        if other.side is not order.side and (order.price - other.price) * (1 if buy else -1) >= 0:
            yield RiskCode.WASH_TRADE
    sent = list(truth.sent.values())
    here = [one for one in sent if one.order.symbol == order.symbol]
    recent = [one for one in sent if (truth.context.now - one.at).total_seconds() < 60]
    alike = [
        one
        for one in here
        if (one.order.side, one.order.order_qty) == (order.side, order.order_qty)
    ]
    for code, rows, most in (
        (RiskCode.MAX_ORDERS_PER_DAY, sent, limits.max_orders_per_day),
        (RiskCode.MAX_ORDERS_PER_MINUTE, recent, limits.max_orders_per_minute),
        (RiskCode.MAX_ORDERS_PER_SYMBOL, here, limits.max_orders_per_symbol),
        (RiskCode.REPEATED_ORDER, alike, limits.max_repeats),
    ):
        if most is not None and len(rows) + 1 > most:
            yield code
    yield from _there_and_back(order, truth)
    if not buy:
        selling = sum((one.order_qty for one in mine if one.side is Side.SELL), Decimal(0))
        if order.order_qty + selling > truth.held.get(order.symbol, Decimal(0)):
            yield RiskCode.SHORT_SALE


def _there_and_back(order: NewOrderSingle, truth: Truth) -> Codes:
    context, limits = truth.context, truth.context.limits
    history, account = context.history, context.account
    if order.side is Side.BUY and limits.max_reversals is not None:
        if history is None:
            yield RiskCode.CHURN
        else:
            first = history.sessions[-limits.reversal_sessions]
            sides = [
                one.side
                for one in history.executions
                if one.symbol == order.symbol and one.session >= first
            ]
            sides += [
                one.order.side
                for one in truth.sent.values()
                if one.worth and one.order.symbol == order.symbol
            ]
            sides.append(order.side)
            if sum(a is not b for a, b in pairwise(sides)) > limits.max_reversals:
                yield RiskCode.CHURN
    if account is None or account.kind is AccountKind.CASH:
        return
    if context.state is TradingState.REDUCING:  # whoever only wants out may ask the broker
        return
    if context.session is None or history is None or _trades_too_much(order, truth):
        yield RiskCode.DAY_TRADE


Event = tuple[date, Symbol, Side]


def _trades_too_much(order: NewOrderSingle, truth: Truth) -> bool:
    context = truth.context
    history, account, session = context.history, context.account, context.session
    if history is None or account is None or session is None:
        return False
    day = session.day
    done: list[Event] = [
        (one.session, one.symbol, one.side)
        for one in history.executions
        if one.session in history.sessions[-5:]
    ]
    pending: list[Event] = []
    for name, one in truth.sent.items():
        if one.worth:
            event = (day, one.order.symbol, one.order.side)
            (pending if name in truth.open else done).append(event)
    new: Event = (day, order.symbol, order.side)
    after = max(_day_trades([*done, new, *pending]), _day_trades([*done, *pending, new]))
    if after == _day_trades([*done, *pending]):
        return False
    equity = truth.equity or Decimal(0)
    since, lawful_from = context.limits.intraday_margin_since, date(2027, 10, 20)
    if day >= lawful_from or (day >= date(2026, 6, 4) and since is not None and day >= since):
        missing = (account.maintenance_margin or Decimal(0)) - equity
        return missing > 0 and missing >= min(Decimal(1000), equity / 20)
    if day >= date(2026, 6, 4) and since is None:
        return True
    return equity < 25_000 and after > 3


def _day_trades(events: list[Event]) -> int:
    rows: dict[tuple[date, Symbol], list[Side]] = {}
    for day, name, side in events:
        rows.setdefault((day, name), []).append(side)
    return sum(
        (one, other) == (Side.BUY, Side.SELL)
        for sides in rows.values()
        for one, other in pairwise(sides)
    )


def _sizes(order: NewOrderSingle, truth: Truth, margin: int) -> Codes:
    limits, worth = truth.context.limits, order.order_qty * order.price
    if limits.max_order_quantity is not None and order.order_qty > limits.max_order_quantity:
        yield RiskCode.MAX_ORDER_QUANTITY
    if limits.max_order_notional is not None and worth > limits.max_order_notional:
        yield RiskCode.MAX_ORDER_NOTIONAL
    if order.side is Side.BUY and limits.max_order_equity is not None:
        if truth.equity is None or truth.equity <= 0:
            yield RiskCode.ACCOUNT_UNKNOWN
        elif worth > limits.max_order_equity * truth.equity:
            yield RiskCode.MAX_ORDER_EQUITY
    yield from _volume(order, truth, margin)


def _volume(order: NewOrderSingle, truth: Truth, margin: int) -> Codes:
    limits, past = truth.context.limits, truth.past
    if limits.max_adv_share is None or (past.closes is not None and past.dollars is None):
        return
    volume = past.daily_dollars(order.symbol, limits.adv_sessions)
    if not volume:
        if order.side is Side.BUY:
            yield RiskCode.MAX_ADV_SHARE
    elif float(order.order_qty * order.price) > float(limits.max_adv_share) * volume * (
        1 + margin * 1e-9
    ):
        yield RiskCode.MAX_ADV_SHARE


def _unknown(order: NewOrderSingle, truth: Truth) -> Codes:
    """Yield what is not known although a limit on buys needs it."""
    context, limits = truth.context, truth.context.limits
    yield from _past_unknown(truth)
    if limits.max_margin_use is not None and context.session is None:
        yield RiskCode.SESSION_CLOSED
    row = context.instruments.get(order.symbol)
    shares = (
        *_on_holdings(limits),
        limits.max_daily_loss,
        limits.max_drawdown,
        limits.max_net_exposure,
        limits.max_var,
        limits.max_expected_shortfall,
        limits.max_symbol_turnover,
        limits.max_turnover,
        None if row is None else truth.own_limit(row),
    )
    if (truth.equity is None or truth.equity <= 0) and any(one is not None for one in shares):
        yield RiskCode.ACCOUNT_UNKNOWN
    if truth.unpriced(order):
        if any(limit is not None for limit in _on_holdings(limits)):
            yield RiskCode.POSITION_UNPRICED
        measured = {RiskCode.MAX_NET_EXPOSURE: limits.max_net_exposure, **_of_markets(limits)}
        yield from (code for code, limit in measured.items() if limit is not None)


def _past_unknown(truth: Truth) -> Codes:
    limits, history, account = truth.context.limits, truth.context.history, truth.context.account
    if history is None or history.markets is None:
        yield from (code for code, limit in _of_markets(limits).items() if limit is not None)
    if history is None:
        if limits.max_daily_loss is not None:
            yield RiskCode.MAX_DAILY_LOSS
        if limits.max_drawdown is not None:
            yield RiskCode.MAX_DRAWDOWN
        if account is not None and account.kind is AccountKind.CASH:
            yield RiskCode.SETTLED_CASH


def _of_markets(limits: RiskLimits) -> dict[RiskCode, Decimal | None]:
    return {
        RiskCode.MAX_CORRELATED: limits.correlation_threshold,
        RiskCode.MAX_VAR: limits.max_var,
        RiskCode.MAX_EXPECTED_SHORTFALL: limits.max_expected_shortfall,
    }


def _on_holdings(limits: RiskLimits) -> tuple[object, ...]:
    return (
        limits.max_gross_exposure,
        limits.max_leverage,
        limits.max_margin_use,
        limits.max_sector,
        limits.max_asset_class,
        limits.max_underlying,
        limits.correlation_threshold,
    )


def _losses(truth: Truth) -> Codes:
    limits, history, equity = truth.context.limits, truth.context.history, truth.equity
    if history is None or equity is None:
        return
    for code, limit, anchor in (
        (RiskCode.MAX_DAILY_LOSS, limits.max_daily_loss, history.anchors.last_close),
        (RiskCode.MAX_DRAWDOWN, limits.max_drawdown, history.anchors.peak),
    ):
        if limit is not None and anchor and max(anchor - equity, Decimal(0)) >= limit * anchor:
            yield code
