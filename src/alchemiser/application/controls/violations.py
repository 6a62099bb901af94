"""One order or plan a control that breaks exactly this control."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from alchemiser.application.controls.bench import (
    A_FEW,
    CLOSE,
    EQUITY,
    LEVERAGE,
    LISTED,
    NOW,
    OF_CLASS,
    OPEN,
    PRICE,
    SHUT,
    STRANGE,
    WHOLE,
    Afternoon,
    an_order,
    quote,
    shares_above,
)
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, TradingState
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import CENT, ONE, ZERO

BROAD: Final = OF_CLASS[AssetClass.BROAD_FUND]
STOCK: Final = OF_CLASS[AssetClass.STOCK]
LEVERAGED: Final = OF_CLASS[AssetClass.LEVERAGED_FUND]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Hold an order that must be refused.

    Attributes:
        id: The control's name, and the case where it has several.
        code: What the refusal has to carry.
        order: The order.
        context: The world in which it is tried; all but one thing is sound.
    """

    id: str
    code: RiskCode
    order: NewOrderSingle
    context: RiskContext


Maker = Callable[[Afternoon], Iterator[tuple[str, NewOrderSingle, RiskContext]]]


def attempts(afternoon: Afternoon) -> Iterator[Attempt]:
    """Yield every attempt, in the order of the catalogue.

    A limit that is switched off, as research may do, has none.
    """
    for code, maker in _MAKERS.items():
        for case, order, context in maker(afternoon):
            name = f"{code}.{case}" if case else str(code)
            yield Attempt(id=name, code=code, order=order, context=context)


def _account_unknown(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    sound, account = at.context(), at.account()
    yield "account", an_order(BROAD), replace(sound, account=None)
    yield "cash", an_order(BROAD), replace(sound, cash=None)
    yield "equity", an_order(BROAD), replace(sound, account=replace(account, equity=ZERO))


def _account_blocked(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    blocked = replace(at.account(), blocked=True)
    yield "", an_order(BROAD), replace(at.context(), account=blocked)


def _trading_state(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    held = at.holding(BROAD, ONE)
    sale = an_order(BROAD, side=Side.SELL)
    yield "halted_buy", an_order(BROAD), replace(held, state=TradingState.HALTED)
    yield "halted_sell", sale, replace(held, state=TradingState.HALTED)
    yield "reducing_buy", an_order(BROAD), replace(held, state=TradingState.REDUCING)


def _session_closed(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    sound, order = at.context(), an_order(BROAD)
    yield "before", order, replace(sound, now=OPEN - timedelta(seconds=1))
    yield "after", order, replace(sound, now=CLOSE)
    yield "unknown", order, replace(sound, session=None)


def _not_tradable(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    yield "shut", an_order(SHUT), at.context()
    yield "unknown", an_order(STRANGE), at.context()


def _restricted(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    yield "", an_order(LISTED), at.context()


def _quantity(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    yield "", an_order(WHOLE, Decimal("0.5")), at.context()


def _price(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    yield "", an_order(BROAD, price=PRICE + CENT / 2), at.context()


def _price_unknown(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    yield "", an_order(BROAD), replace(at.context(), quotes={})


def _price_stale(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    sound = at.context()
    age = timedelta(seconds=at.limits.quote_age_seconds_max + 1)
    for case, moment in (("old", NOW - age), ("future", NOW + timedelta(seconds=1))):
        quotes = {BROAD: replace(quote(BROAD), at=moment)}
        yield case, an_order(BROAD), replace(sound, quotes=quotes)


def _crossed(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    crossed = quote(BROAD, bid=PRICE + CENT, ask=PRICE - CENT)
    yield "", an_order(BROAD), replace(at.context(), quotes={BROAD: crossed})


def _spread(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    half = (PRICE * at.limits.max_spread / 2 // CENT + 1) * CENT
    wide = quote(BROAD, bid=PRICE - half, ask=PRICE + half)
    yield "", an_order(BROAD), replace(at.context(), quotes={BROAD: wide})


def _collar(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    step = (PRICE * at.limits.price_collar // CENT + 1) * CENT
    yield "buy_above", an_order(BROAD, price=PRICE + step), at.context()
    below = an_order(BROAD, price=PRICE - step, side=Side.SELL)
    yield "sell_below", below, at.holding(BROAD, ONE)


def _duplicate(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    sound, order = at.context(), an_order(BROAD)
    yield "slot_used", order, replace(sound, sent=frozenset({order.cl_ord_id}))
    yield "second_open", order, replace(sound, open_orders=(order,))


def _too_many(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    limit = at.limits.max_orders_per_day
    if limit is not None:
        yield "", an_order(STOCK), at.after_orders(limit)


def _short(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    yield "none_held", an_order(BROAD, side=Side.SELL), at.context()
    yield "too_few_held", an_order(BROAD, ONE + A_FEW, side=Side.SELL), at.holding(BROAD, ONE)


def _order_quantity(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    limit = at.limits.max_order_quantity
    if limit is not None:
        yield "", an_order(BROAD, limit // 1 + 1), at.context()


def _notional(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    limit = at.limits.max_order_notional
    if limit is not None:
        context = replace(at.context(), limits=replace(at.limits, max_order_quantity=None))
        yield "", an_order(BROAD, limit // PRICE + 1), context


def _order_equity(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    limit = at.limits.max_order_equity
    if limit is not None:
        context = replace(at.context(), limits=_one_order_only(at.limits))
        yield "", an_order(BROAD, shares_above(limit)), context


def _position(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    for kind, name in OF_CLASS.items():
        limit = None if at.limits.max_position is None else at.limits.max_position[kind]
        if limit is not None:
            yield kind.value, an_order(name), at.holding(name, shares_above(limit))
    for name, limit in sorted(at.limits.max_position_symbol.items()):
        yield name, an_order(name), _known(at.holding(name, shares_above(limit)), name)


def _unpriced(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    if at.limits.max_gross_exposure is not None:
        context = at.holding(STOCK, A_FEW)
        yield "", an_order(BROAD), replace(context, quotes={BROAD: quote(BROAD)})


def _gross(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    limit = at.limits.max_gross_exposure
    if limit is not None:
        yield "plain", an_order(BROAD), at.holding(STOCK, shares_above(limit))
        threefold = at.holding(LEVERAGED, shares_above(limit / LEVERAGE))
        yield "look_through", an_order(BROAD), threefold


def _buying_power(at: Afternoon) -> Iterator[tuple[str, NewOrderSingle, RiskContext]]:
    sound, account = at.context(), at.account()
    order = an_order(BROAD)
    yield "ours", order, replace(sound, cash=order.cost() - CENT)
    poor = replace(account, buying_power=order.cost() - CENT)
    yield "brokers", order, replace(sound, account=poor)
    taken = an_order(STOCK, (EQUITY - order.cost()) / PRICE + A_FEW)
    yield (
        "open_orders",
        order,
        replace(sound, open_orders=(taken,), limits=replace(at.limits, max_gross_exposure=None)),
    )


def _one_order_only(limits: RiskLimits) -> RiskLimits:
    """Return the limits without those that a large order would break before."""
    return replace(limits, max_order_quantity=None, max_order_notional=None)


def _known(context: RiskContext, name: Symbol) -> RiskContext:
    """Return the world in which `name` is an ordinary share with a quote."""
    share = replace(context.instruments[STOCK], symbol=name)
    return replace(
        context,
        instruments={**context.instruments, name: share},
        quotes={**context.quotes, name: quote(name)},
    )


_MAKERS: Final[dict[RiskCode, Maker]] = {
    RiskCode.ACCOUNT_UNKNOWN: _account_unknown,
    RiskCode.ACCOUNT_BLOCKED: _account_blocked,
    RiskCode.TRADING_STATE: _trading_state,
    RiskCode.SESSION_CLOSED: _session_closed,
    RiskCode.SYMBOL_NOT_TRADABLE: _not_tradable,
    RiskCode.RESTRICTED: _restricted,
    RiskCode.QUANTITY_INVALID: _quantity,
    RiskCode.PRICE_INVALID: _price,
    RiskCode.PRICE_UNKNOWN: _price_unknown,
    RiskCode.PRICE_STALE: _price_stale,
    RiskCode.QUOTE_CROSSED: _crossed,
    RiskCode.MAX_SPREAD: _spread,
    RiskCode.PRICE_COLLAR: _collar,
    RiskCode.DUPLICATE_INTENT: _duplicate,
    RiskCode.MAX_ORDERS_PER_DAY: _too_many,
    RiskCode.SHORT_SALE: _short,
    RiskCode.MAX_ORDER_QUANTITY: _order_quantity,
    RiskCode.MAX_ORDER_NOTIONAL: _notional,
    RiskCode.MAX_ORDER_EQUITY: _order_equity,
    RiskCode.MAX_POSITION: _position,
    RiskCode.POSITION_UNPRICED: _unpriced,
    RiskCode.MAX_GROSS_EXPOSURE: _gross,
    RiskCode.BUYING_POWER: _buying_power,
}
