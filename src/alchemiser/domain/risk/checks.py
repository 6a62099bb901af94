"""One function a check of a single order: None passes, a violation refuses.

Whatever a check needs and does not know is a violation: the gate fails closed.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.values.numbers import ZERO, is_multiple, plain

UNKNOWN = "unknown"

Check = Callable[[NewOrderSingle, RiskContext], Violation | None]


def _refuse(order: NewOrderSingle, code: RiskCode, observed: object, limit: object) -> Violation:
    return Violation(code=code, observed=_text(observed), limit=_text(limit), symbol=order.symbol)


def _text(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def _no_equity(order: NewOrderSingle, equity: Decimal | None) -> Violation:
    observed = UNKNOWN if equity is None else equity
    return _refuse(order, RiskCode.ACCOUNT_UNKNOWN, observed, "equity above zero")


def _not_known(order: NewOrderSingle) -> Violation:
    return _refuse(order, RiskCode.SYMBOL_NOT_TRADABLE, UNKNOWN, "tradable")


def account_known(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse while the account or the books' cash cannot be read (RS-14)."""
    if context.account is None or context.cash is None:
        return _refuse(order, RiskCode.ACCOUNT_UNKNOWN, UNKNOWN, "known")
    if context.account.blocked:
        return _refuse(order, RiskCode.ACCOUNT_BLOCKED, "blocked", "open")
    return None


def trading_state(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse everything when halted, and buys when reducing."""
    reducing = context.state is TradingState.REDUCING and order.side is Side.SELL
    if context.state is TradingState.ACTIVE or reducing:
        return None
    return _refuse(order, RiskCode.TRADING_STATE, context.state, TradingState.ACTIVE)


def session_open(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse outside regular trading hours."""
    if context.session is None:
        return _refuse(order, RiskCode.SESSION_CLOSED, UNKNOWN, "open")
    if not context.session.is_open(context.now):
        hours = f"{context.session.open_at.isoformat()} to {context.session.close_at.isoformat()}"
        return _refuse(order, RiskCode.SESSION_CLOSED, context.now.isoformat(), hours)
    return None


def symbol_tradable(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse symbols that the venue does not trade or that reference data do not know."""
    instrument = context.instruments.get(order.symbol)
    if instrument is None:
        return _not_known(order)
    if not instrument.tradable:
        return _refuse(order, RiskCode.SYMBOL_NOT_TRADABLE, "not tradable", "tradable")
    return None


def restricted(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys of symbols on the owner's restricted list."""
    if order.side is Side.SELL or order.symbol not in context.limits.restricted:
        return None
    return _refuse(order, RiskCode.RESTRICTED, "restricted", "not restricted")


def quantity_valid(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse quantities off the instrument's increment."""
    instrument = context.instruments.get(order.symbol)
    if instrument is None:
        return _not_known(order)
    if not is_multiple(order.order_qty, instrument.quantity_increment):
        increment = instrument.quantity_increment
        return _refuse(order, RiskCode.QUANTITY_INVALID, order.order_qty, increment)
    return None


def price_valid(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse limit prices off the instrument's tick."""
    instrument = context.instruments.get(order.symbol)
    if instrument is None:
        return _not_known(order)
    if not is_multiple(order.price, instrument.price_increment):
        return _refuse(order, RiskCode.PRICE_INVALID, order.price, instrument.price_increment)
    return None


def quote_usable(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse without a quote, on an old one, one from the future, or a crossed one."""
    quote = context.quotes.get(order.symbol)
    if quote is None:
        return _refuse(order, RiskCode.PRICE_UNKNOWN, UNKNOWN, "known")
    age = (context.now - quote.at).total_seconds()
    if not 0 <= age <= context.limits.quote_age_seconds_max:
        limit = f"0 to {context.limits.quote_age_seconds_max} seconds"
        return _refuse(order, RiskCode.PRICE_STALE, f"{_text(Decimal(f'{age:f}'))} seconds", limit)
    if quote.is_crossed():
        observed, limit = f"{_text(quote.bid)} bid", f"{_text(quote.ask)} ask"
        return _refuse(order, RiskCode.QUOTE_CROSSED, observed, limit)
    return None


def max_spread(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse on a quote whose bid and ask lie too far apart to tell what a share is worth."""
    quote = context.quotes.get(order.symbol)
    if quote is None:
        return _refuse(order, RiskCode.PRICE_UNKNOWN, UNKNOWN, "known")
    spread = (quote.ask - quote.bid) / quote.mid()
    if spread > context.limits.max_spread:
        return _refuse(order, RiskCode.MAX_SPREAD, spread, context.limits.max_spread)
    return None


def price_collar(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse limit prices too far from the mid, on either side (OS-10)."""
    mark = context.mark(order.symbol)
    if mark is None:
        return _refuse(order, RiskCode.PRICE_UNKNOWN, UNKNOWN, "known")
    distance = abs(order.price - mark) / mark
    if distance > context.limits.price_collar:
        return _refuse(order, RiskCode.PRICE_COLLAR, distance, context.limits.price_collar)
    return None


def max_order_quantity(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse single orders above a number of shares (OS-07)."""
    limit = context.limits.max_order_quantity
    if limit is not None and order.order_qty > limit:
        return _refuse(order, RiskCode.MAX_ORDER_QUANTITY, order.order_qty, limit)
    return None


def order_notional(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse single orders above the dollar limit or the share of equity (OS-07)."""
    notional, limits, equity = order.notional(), context.limits, context.equity()
    if limits.max_order_notional is not None and notional > limits.max_order_notional:
        return _refuse(order, RiskCode.MAX_ORDER_NOTIONAL, notional, limits.max_order_notional)
    if limits.max_order_equity is None or order.side is Side.SELL:
        return None
    if equity is None or equity <= 0:
        return _no_equity(order, equity)
    if notional > limits.max_order_equity * equity:
        observed = notional / equity
        return _refuse(order, RiskCode.MAX_ORDER_EQUITY, observed, limits.max_order_equity)
    return None


def max_position(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys after which one symbol would exceed its share of equity (RC-01)."""
    instrument = context.instruments.get(order.symbol)
    if instrument is None:
        return _not_known(order)
    limit = context.limits.position_limit(instrument)
    if order.side is Side.SELL or limit is None:
        return None
    mark, equity = context.mark(order.symbol), context.equity()
    if mark is None:
        return _refuse(order, RiskCode.PRICE_UNKNOWN, UNKNOWN, "known")
    if equity is None or equity <= 0:
        return _no_equity(order, equity)
    shares = context.held(order.symbol) + context.open_quantity(order.symbol, Side.BUY)
    weight = (shares + order.order_qty) * mark / equity
    if weight > limit:
        return _refuse(order, RiskCode.MAX_POSITION, weight, limit)
    return None


def max_gross_exposure(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys after which the leveraged sum of positions would exceed its limit (RC-03)."""
    limit, equity = context.limits.max_gross_exposure, context.equity()
    if order.side is Side.SELL or limit is None:
        return None
    present, added = context.gross_exposure(), context.exposure(order.symbol, order.order_qty)
    if equity is None or equity <= 0:
        return _no_equity(order, equity)
    if present is None or added is None:
        return _refuse(order, RiskCode.POSITION_UNPRICED, UNKNOWN, "every position priced")
    if present + added > limit * equity:
        return _refuse(order, RiskCode.MAX_GROSS_EXPOSURE, (present + added) / equity, limit)
    return None


def buying_power(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys that cost more than min(ours, broker's) net of open buys (SE-03, SE-07)."""
    if order.side is Side.SELL:
        return None
    spendable = context.spendable()
    if spendable is None:
        return _refuse(order, RiskCode.ACCOUNT_UNKNOWN, UNKNOWN, "known")
    if order.cost() > spendable:
        return _refuse(order, RiskCode.BUYING_POWER, order.cost(), max(spendable, ZERO))
    return None


def short_sale(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse sells of more shares than are held and not yet on sale."""
    if order.side is Side.BUY:
        return None
    available = context.held(order.symbol) - context.open_quantity(order.symbol, Side.SELL)
    if order.order_qty > available:
        return _refuse(order, RiskCode.SHORT_SALE, order.order_qty, max(available, ZERO))
    return None


def orders_per_day(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse more orders in one session than the runaway guard allows (OS-09)."""
    limit = context.limits.max_orders_per_day
    if limit is not None and len(context.sent) >= limit:
        return _refuse(order, RiskCode.MAX_ORDERS_PER_DAY, len(context.sent) + 1, limit)
    return None


def duplicate_intent(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse a slot that was used before, and a second open order of one side in a symbol."""
    twice = order.cl_ord_id in context.sent
    if twice or context.open_quantity(order.symbol, order.side):
        return _refuse(order, RiskCode.DUPLICATE_INTENT, order.cl_ord_id, "one order a slot")
    return None


ORDER_CHECKS: Final[tuple[Check, ...]] = (
    account_known,
    trading_state,
    session_open,
    symbol_tradable,
    restricted,
    quantity_valid,
    price_valid,
    quote_usable,
    max_spread,
    price_collar,
    duplicate_intent,
    orders_per_day,
    short_sale,
    max_order_quantity,
    order_notional,
    max_position,
    max_gross_exposure,
    buying_power,
)
"""In order of precedence: the first violation is the one reported."""
