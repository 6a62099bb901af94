"""Whether quantity and price are sound, and whether the quote they rest on is."""

from decimal import Decimal

from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.risk.pool import UNKNOWN, refuse
from alchemiser.domain.values.numbers import is_multiple, plain


def quantity_valid(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse quantities off the instrument's increment."""
    instrument = context.instruments.get(order.symbol)
    if instrument is None:
        return refuse(RiskCode.SYMBOL_NOT_TRADABLE, UNKNOWN, "tradable", order.symbol)
    if not is_multiple(order.order_qty, instrument.quantity_increment):
        increment = instrument.quantity_increment
        return refuse(RiskCode.QUANTITY_INVALID, order.order_qty, increment, order.symbol)
    return None


def price_valid(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse limit prices off the instrument's tick."""
    instrument = context.instruments.get(order.symbol)
    if instrument is None:
        return refuse(RiskCode.SYMBOL_NOT_TRADABLE, UNKNOWN, "tradable", order.symbol)
    if not is_multiple(order.price, instrument.price_increment):
        return refuse(RiskCode.PRICE_INVALID, order.price, instrument.price_increment, order.symbol)
    return None


def quote_usable(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse without a quote, on an old one, one from the future, or a crossed one."""
    quote = context.quotes.get(order.symbol)
    if quote is None:
        return refuse(RiskCode.PRICE_UNKNOWN, UNKNOWN, "known", order.symbol)
    age = (context.now - quote.at).total_seconds()
    if not 0 <= age <= context.limits.quote_age_seconds_max:
        limit = f"0 to {context.limits.quote_age_seconds_max} seconds"
        return refuse(
            RiskCode.PRICE_STALE, f"{plain(Decimal(f'{age:f}'))} seconds", limit, order.symbol
        )
    if quote.is_crossed():
        observed, limit = f"{plain(quote.bid)} bid", f"{plain(quote.ask)} ask"
        return refuse(RiskCode.QUOTE_CROSSED, observed, limit, order.symbol)
    return None


def max_spread(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse on a quote whose bid and ask lie too far apart to tell what a share is worth."""
    quote = context.quotes.get(order.symbol)
    if quote is None:
        return refuse(RiskCode.PRICE_UNKNOWN, UNKNOWN, "known", order.symbol)
    spread = (quote.ask - quote.bid) / quote.mid()
    if spread > context.limits.max_spread:
        return refuse(RiskCode.MAX_SPREAD, spread, context.limits.max_spread, order.symbol)
    return None


def price_collar(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse limit prices too far from the mid, on either side (OS-10)."""
    mark = context.mark(order.symbol)
    if mark is None:
        return refuse(RiskCode.PRICE_UNKNOWN, UNKNOWN, "known", order.symbol)
    distance = abs(order.price - mark) / mark
    if distance > context.limits.price_collar:
        return refuse(RiskCode.PRICE_COLLAR, distance, context.limits.price_collar, order.symbol)
    return None
