"""Limits on what is sent: the size of single orders, and what is traded in a session."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.risk.pool import UNKNOWN, Pool, Prices, of_equity, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, ZERO


def order_quantity(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most shares of a single order (OS-07)."""
    del side
    limit = context.limits.max_order_quantity
    if limit is not None:
        yield from (_single(RiskCode.MAX_ORDER_QUANTITY, limit, {name: ONE}) for name in prices)


def order_notional(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most dollars of a single order (OS-07)."""
    del side
    limit = context.limits.max_order_notional
    if limit is not None:
        for name, price in prices.items():
            yield _single(RiskCode.MAX_ORDER_NOTIONAL, limit, {name: price})


def order_equity(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the largest share of equity of a single buy (OS-07)."""
    limit = context.limits.max_order_equity
    if limit is not None and side is Side.BUY:
        for name, price in prices.items():
            yield of_equity(context, RiskCode.MAX_ORDER_EQUITY, limit, (ZERO, {name: price}))


def daily_volume(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the largest share of what is traded in a symbol on an average day (RC-19).

    Bars without any volumes switch it off. In a symbol whose volume is not known a sell may go,
    because it makes the position smaller, and so may a buy while reducing, which covers a short.
    """
    limit, history = context.limits.max_adv_share, context.history
    if limit is None:
        return
    markets = None if history is None else history.markets
    if markets is not None and not markets.has_volumes():
        return
    for name, price in prices.items():
        volume = None if markets is None else markets.daily_volume(name, context.limits)
        if volume:
            yield Pool(
                code=RiskCode.MAX_ADV_SHARE,
                used=ZERO,
                capacity=limit * volume,
                each={name: price},
                limit=limit,
                unit=volume,
            )
        elif side is Side.BUY and context.state is not TradingState.REDUCING:
            yield refuse(RiskCode.MAX_ADV_SHARE, UNKNOWN, limit, name)


def symbol_turnover(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most that may be traded in one symbol in one session; sells only count (RC-18)."""
    limit = context.limits.max_symbol_turnover
    if limit is not None and side is Side.BUY:
        for name, price in prices.items():
            taken = (context.traded(name), {name: price})
            yield of_equity(context, RiskCode.MAX_SYMBOL_TURNOVER, limit, taken)


def turnover(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most that may be traded in one session; sells only count (RC-18)."""
    limit = context.limits.max_turnover
    if limit is not None and side is Side.BUY:
        yield of_equity(context, RiskCode.MAX_TURNOVER, limit, (context.traded(), prices))


def _single(code: RiskCode, limit: Decimal, each: Mapping[Symbol, Decimal]) -> Pool:
    return Pool(code=code, used=ZERO, capacity=limit, each=each, limit=limit)
