"""Whether anything may be sent at all: the account, the state, the hours and the symbol."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.domain.orders.messages import SELL, NewOrderSingle
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.risk.pool import UNKNOWN, no_equity, refuse
from alchemiser.domain.values.instrument import ListingStatus
from alchemiser.domain.values.numbers import ZERO

_ACTIVE: Final = TradingState.ACTIVE
_TRADABLE: Final = ListingStatus.ACTIVE
_STATUS_CODES: Final[Mapping[ListingStatus, RiskCode]] = MappingProxyType({
    ListingStatus.NOT_TRADABLE: RiskCode.SYMBOL_NOT_TRADABLE,
    ListingStatus.HALTED: RiskCode.SYMBOL_HALTED,
    ListingStatus.SUSPENDED: RiskCode.SYMBOL_SUSPENDED,
    ListingStatus.DELISTED: RiskCode.SYMBOL_DELISTED,
    ListingStatus.CORPORATE_ACTION: RiskCode.CORPORATE_ACTION,
})


def account_known(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse while the account or the books' cash cannot be read (RS-14)."""
    if context.account is None or context.cash is None:
        return refuse(RiskCode.ACCOUNT_UNKNOWN, UNKNOWN, "known", order.symbol)
    if context.account.blocked:
        return refuse(RiskCode.ACCOUNT_BLOCKED, "blocked", "open", order.symbol)
    return None


def trading_state(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse everything when halted, and buys when reducing, but for those that cover a short."""
    state = context.state
    if state is _ACTIVE:
        return None
    if state is TradingState.REDUCING and (order.side is SELL or context.covers(order)):
        return None
    return refuse(RiskCode.TRADING_STATE, context.state, TradingState.ACTIVE, order.symbol)


def session_open(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse outside regular trading hours, which only paper trading can lift (OS-19)."""
    if context.any_hour:
        return None
    if context.session is None:
        return refuse(RiskCode.SESSION_CLOSED, UNKNOWN, "open", order.symbol)
    if not context.session.is_open(context.now):
        hours = f"{context.session.open_at.isoformat()} to {context.session.close_at.isoformat()}"
        return refuse(RiskCode.SESSION_CLOSED, context.now.isoformat(), hours, order.symbol)
    return None


def symbol_tradable(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse symbols that cannot be traded now, or that reference data do not know (OS-20)."""
    instrument, quote = context.instruments.get(order.symbol), context.quotes.get(order.symbol)
    if instrument is None:
        return refuse(RiskCode.SYMBOL_NOT_TRADABLE, UNKNOWN, "tradable", order.symbol)
    status = instrument.status
    if status is _TRADABLE and quote is not None and quote.halted:
        status = ListingStatus.HALTED
    if status is _TRADABLE:
        return None
    return refuse(_STATUS_CODES[status], status, "tradable", order.symbol)


def restricted(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys of symbols on the owner's restricted list."""
    if order.side is SELL or order.symbol not in context.limits.restricted:
        return None
    return refuse(RiskCode.RESTRICTED, "restricted", "not restricted", order.symbol)


def symbol_unreconciled(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys of what the account holds otherwise than the books say (OS-24)."""
    past = context.history
    if order.side is SELL or past is None or order.symbol not in past.unreconciled:
        return None
    return refuse(RiskCode.SYMBOL_UNRECONCILED, "not reconciled", "reconciled", order.symbol)


def daily_loss(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys once the session has lost as much as it may (RC-06)."""
    return _loss(order, context, RiskCode.MAX_DAILY_LOSS)


def drawdown(order: NewOrderSingle, context: RiskContext) -> Violation | None:
    """Refuse buys once equity has fallen as far below its peak as it may (RC-08)."""
    return _loss(order, context, RiskCode.MAX_DRAWDOWN)


def _loss(order: NewOrderSingle, context: RiskContext, code: RiskCode) -> Violation | None:
    daily = code is RiskCode.MAX_DAILY_LOSS
    limit = context.limits.max_daily_loss if daily else context.limits.max_drawdown
    if limit is None or order.side is SELL:
        return None
    unknown, equity = no_equity(context, order.symbol), context.equity()
    if unknown is not None or equity is None:
        return unknown
    if context.history is None:
        return refuse(code, UNKNOWN, limit, order.symbol)
    anchors = context.history.anchors
    loss = _below(anchors.last_close if daily else anchors.peak, equity)
    return refuse(code, loss, limit, order.symbol) if loss >= limit else None


def _below(anchor: Decimal | None, equity: Decimal) -> Decimal:
    """Return how far `equity` lies below `anchor`, a fraction of it; zero where there is none."""
    return ZERO if not anchor else max(1 - equity / anchor, ZERO)
