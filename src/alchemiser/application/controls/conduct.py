"""Orders that should not follow those before them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle, islice
from types import MappingProxyType
from typing import Final

from alchemiser.application.controls.bench import (
    A_FEW,
    BROAD,
    CLOSE,
    DAY,
    EQUITY,
    NOW,
    ONE_SHARE,
    OPEN,
    PRICE,
    STOCK,
    Afternoon,
    Case,
    Maker,
    an_order,
    earlier,
    filled,
    holding,
    sent_orders,
)
from alchemiser.application.controls.past import weekdays
from alchemiser.domain.market_rules.day_trading import LEGACY
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import Execution
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.numbers import CENT
from alchemiser.domain.values.session import Session

LEGACY_DAY: Final = date(2016, 8, 8)
"""The rule against pattern day traders holds for everybody."""
CHANGING_DAY: Final = date(2026, 7, 13)
"""Brokers may hold to the old rule or to the new one."""
NEW_DAY: Final = date(2027, 10, 28)
"""The rule on intraday margin holds for everybody."""


def _duplicate(at: Afternoon) -> Iterator[Case]:
    sound, order = at.context(), an_order(BROAD)
    used = {order.cl_ord_id: next(iter(filled(order).values()))}
    yield "slot_used", order, replace(sound, sent=used)
    yield "second_open", order, replace(sound, open_orders=(earlier(order),))


def _wash(at: Afternoon) -> Iterator[Case]:
    held = holding(at.context(), BROAD)
    buy, sell = an_order(BROAD), an_order(BROAD, side=Side.SELL)
    yield "buy_meets_own_sell", buy, replace(held, open_orders=(sell,))
    yield "sell_meets_own_buy", sell, replace(held, open_orders=(buy,))


def _per_day(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_ORDERS_PER_DAY
    sent = sent_orders(BROAD, int(at.most(code)))
    yield "", an_order(STOCK), replace(at.only(code), sent=sent)


def _per_minute(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_ORDERS_PER_MINUTE
    just_now = NOW - timedelta(seconds=59)
    sent = sent_orders(BROAD, int(at.most(code)), at=just_now)
    yield "", an_order(STOCK), replace(at.only(code), sent=sent)


def _per_symbol(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.MAX_ORDERS_PER_SYMBOL
    sent = sent_orders(BROAD, int(at.most(code)))
    yield "", an_order(BROAD), replace(at.only(code), sent=sent)


def _repeated(at: Afternoon) -> Iterator[Case]:
    code = RiskCode.REPEATED_ORDER
    sent = sent_orders(BROAD, int(at.most(code)), alike=True)
    yield "", an_order(BROAD), replace(at.only(code), sent=sent)


def _churn(at: Afternoon) -> Iterator[Case]:
    sound = at.only(RiskCode.CHURN)
    yield "earlier_sessions", an_order(BROAD), churned(sound)
    count = int(at.most(RiskCode.CHURN)) + 1
    sides = reversed(list(islice(cycle((Side.SELL, Side.BUY)), count)))
    sent = filled(*(an_order(BROAD, side=side) for side in sides))
    yield "this_session", an_order(BROAD), replace(sound, sent=sent)
    yield "history_unknown", an_order(BROAD), replace(sound, history=None)


def churned(context: RiskContext) -> RiskContext:
    """Return the world in which one more buy is one change of sides too many."""
    count = (context.limits.max_reversals or 0) + 1
    sides = reversed(list(islice(cycle((Side.SELL, Side.BUY)), count)))
    done = tuple(_execution(DAY, side) for side in sides)
    past = context.history
    return context if past is None else replace(context, history=replace(past, executions=done))


def _short(at: Afternoon) -> Iterator[Case]:
    yield "none_held", an_order(BROAD, side=Side.SELL), at.context()
    sale = an_order(BROAD, ONE_SHARE + A_FEW, side=Side.SELL)
    yield "too_few_held", sale, holding(at.context(), BROAD)


def _day_trade(at: Afternoon) -> Iterator[Case]:
    sale = an_order(BROAD, side=Side.SELL)
    bought = replace(holding(at.only(), BROAD), sent=filled(an_order(BROAD)))
    legacy = _poor(_on(bought, LEGACY_DAY), LEGACY.equity_min - CENT)
    yield "one_too_many", sale, _day_traded(legacy, LEGACY.trades_max)
    silent = replace(bought.limits, intraday_margin_since=None)
    yield "rule_unknown", sale, _on(replace(bought, limits=silent), CHANGING_DAY)
    yield "deficit_of_margin", sale, _short_of_margin(_on(bought, NEW_DAY))
    yield "history_unknown", sale, replace(bought, history=None)
    yield "session_unknown", sale, replace(bought, session=None, any_hour=True)


def _on(context: RiskContext, day: date) -> RiskContext:
    """Return the world as it is on another day, at the same time of day."""
    now = _moved(NOW, day)
    past = context.history
    return replace(
        context,
        now=now,
        session=Session(day=day, open_at=_moved(OPEN, day), close_at=_moved(CLOSE, day)),
        quotes={name: replace(one, at=now) for name, one in context.quotes.items()},
        history=None if past is None else replace(past, sessions=weekdays(day)),
    )


def _moved(moment: datetime, day: date) -> datetime:
    at: time = moment.timetz()
    return datetime.combine(day, at)


def _poor(context: RiskContext, equity: Decimal) -> RiskContext:
    account = context.account
    return context if account is None else replace(context, account=replace(account, equity=equity))


def _short_of_margin(context: RiskContext) -> RiskContext:
    account = context.account
    if account is None:
        return context
    return replace(context, account=replace(account, maintenance_margin=2 * EQUITY))


def _day_traded(context: RiskContext, count: int) -> RiskContext:
    """Return the world in which so many day trades were done in the session before."""
    past = context.history
    if past is None:
        return context
    sides = islice(cycle((Side.BUY, Side.SELL)), 2 * count)
    done = tuple(_execution(past.sessions[-2], side) for side in sides)
    return replace(context, history=replace(past, executions=done))


def _execution(day: date, side: Side) -> Execution:
    return Execution(session=day, symbol=BROAD, side=side, quantity=A_FEW, price=PRICE)


CONDUCT: Final[Mapping[RiskCode, Maker]] = MappingProxyType({
    RiskCode.DUPLICATE_INTENT: _duplicate,
    RiskCode.WASH_TRADE: _wash,
    RiskCode.MAX_ORDERS_PER_DAY: _per_day,
    RiskCode.MAX_ORDERS_PER_MINUTE: _per_minute,
    RiskCode.MAX_ORDERS_PER_SYMBOL: _per_symbol,
    RiskCode.REPEATED_ORDER: _repeated,
    RiskCode.CHURN: _churn,
    RiskCode.SHORT_SALE: _short,
    RiskCode.DAY_TRADE: _day_trade,
})
