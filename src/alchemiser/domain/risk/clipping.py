"""Cutting wishes to what the limits leave room for: never enlarging one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.pricing import limit_price
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.checks import FORBIDDING
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import OverLimit, RiskCode, TradingState
from alchemiser.domain.risk.measures import MEASURES, Measure
from alchemiser.domain.risk.pool import UNKNOWN, Maker, Pool
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import FLOORED, ONE, ZERO, plain, round_down

HALVINGS: Final = 40
"""Steps towards the largest part of all buys that a measure takes: finer than a share of 1e-9."""
A_TRIAL: Final = ClOrdId("trial")
"""Names an order that is never sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """Tell how one limit bound one intent.

    Attributes:
        code: Which limit.
        symbol: Whose intent.
        wanted: Shares wanted.
        allowed: Shares left after the limit, below `wanted`.
        limit: The limit in its own unit, or the state that bound.
    """

    code: RiskCode
    symbol: Symbol
    wanted: Decimal
    allowed: Decimal
    limit: str

    def sentence(self) -> str:
        """Return the clipping in plain words."""
        return f"{self.symbol}: {self.code} {self.limit} cut {self.wanted:f} to {self.allowed:f}"


Clipped = tuple[list[NetIntent], list[Limited]]
Cut = tuple[Decimal, RiskCode, str]
"""Shares that are left, the limit that leaves them, and what it is."""


def forbidden(buys: Sequence[NetIntent], context: RiskContext) -> Clipped:
    """Drop the buys that are forbidden whatever their size, and say why."""

    def rule(intent: NetIntent) -> Cut | None:
        why = _forbids(intent, context)
        return None if why is None else (ZERO, *why)

    return _cut_each(buys, context, rule)


def _forbids(intent: NetIntent, context: RiskContext) -> tuple[RiskCode, str] | None:
    if context.state is TradingState.REDUCING:
        return RiskCode.TRADING_STATE, context.state.value
    trial = NewOrderSingle(
        cl_ord_id=A_TRIAL, symbol=intent.symbol, side=Side.BUY, order_qty=ONE, price=ONE
    )
    for check in FORBIDDING:
        refusal = check(trial, context)
        if refusal is not None and refusal.observed != UNKNOWN:
            return refusal.code, refusal.limit
    return None


def fitted(
    intents: Sequence[NetIntent], context: RiskContext, offset: Decimal, makers: Iterable[Maker]
) -> Clipped:
    """Cut intents of one side until they fit into every pool.

    What shares a pool is cut by one factor, so that no symbol is served before another. What is
    not known is left to the last gate, which refuses it.
    """
    kept, limited = list(intents), list[Limited]()
    wishes, prices, after = _wishes(kept, context, offset)
    for maker in makers:
        if not wishes:
            break
        side, cuts = Side.BUY if wishes[0].buy else Side.SELL, len(limited)
        for pool in maker(after, prices, side):
            if isinstance(pool, Pool):
                kept, bound = _scaled(kept, pool, context)
                limited += bound
        if len(limited) > cuts:
            wishes, prices, after = _wishes(kept, context, offset)
    return kept, limited


def _wishes(
    intents: Sequence[NetIntent], context: RiskContext, offset: Decimal
) -> tuple[list[NetIntent], dict[Symbol, Decimal], RiskContext]:
    """Return what is left of `intents`, their prices, and the account once they are paid."""
    wishes = [intent for intent in intents if intent.claims]
    prices = {intent.symbol: worst_price(intent, context, offset) for intent in wishes}
    return wishes, prices, _less_costs(wishes, context, prices)


def _scaled(intents: Sequence[NetIntent], pool: Pool, context: RiskContext) -> Clipped:
    quantities = {one.symbol: one.quantity() for one in intents if one.symbol in pool.each}
    room, wanted = max(pool.capacity - pool.used, ZERO), pool.wanted(quantities)
    if wanted <= room:
        return list(intents), []
    limit = plain(pool.limit)

    def rule(intent: NetIntent) -> Cut | None:
        if not pool.each.get(intent.symbol):
            return None
        return _part(intent, room, wanted), pool.code, limit

    return _cut_each(intents, context, rule)


def _part(intent: NetIntent, room: Decimal, wanted: Decimal) -> Decimal:
    # Multiplied first, because a factor that was rounded could cost a whole share.
    return FLOORED.divide(FLOORED.multiply(intent.quantity(), room), wanted)


def measured(buys: Sequence[NetIntent], context: RiskContext, offset: Decimal) -> Clipped:
    """Cut all buys by one factor until every measure of the whole portfolio takes them.

    A cut for one measure may break another, where one position weighs against others: then all
    are asked again.
    """
    kept, limited = list(buys), list[Limited]()
    measures = [one for one in MEASURES if one.limit(context.limits) is not None]
    for _ in range(len(MEASURES) + 1):
        before = kept
        for measure in measures:
            _, _, after = _wishes(kept, context, offset)
            kept, bound = _shrunk(kept, measure, after)
            limited += bound
        if kept == before:
            return kept, limited
    # No factor satisfies all of them: then the portfolio stays as it is.
    code, limit = limited[-1].code, limited[-1].limit
    kept, dropped = _cut_each(kept, context, lambda _: (ZERO, code, limit))
    return kept, [*limited, *dropped]


def _shrunk(buys: Sequence[NetIntent], measure: Measure, context: RiskContext) -> Clipped:
    wishes = [intent for intent in buys if intent.claims]
    excess = measure.excess(context, _quantities(wishes, ONE, context)) if wishes else None
    if excess is None:
        return list(buys), []
    fits, fails = ZERO, ONE
    if context.limits.over_limit is OverLimit.CLIP:
        for _ in range(HALVINGS):
            middle = (fits + fails) / 2
            if measure.takes_part(context, _quantities(wishes, middle, context)):
                fits = middle
            else:
                fails = middle
    allowed = _quantities(wishes, fits, context)
    limit = excess.limit
    return _cut_each(
        buys, context, lambda one: (allowed.get(one.symbol, ZERO), measure.code, limit)
    )


def _quantities(
    buys: Sequence[NetIntent], factor: Decimal, context: RiskContext
) -> Mapping[Symbol, Decimal]:
    return {
        intent.symbol: round_down(
            intent.quantity() * factor, context.instruments[intent.symbol].quantity_increment
        )
        for intent in buys
    }


def _cut_each(
    intents: Iterable[NetIntent],
    context: RiskContext,
    rule: Callable[[NetIntent], Cut | None],
) -> Clipped:
    """Cut each of `intents` to what `rule` allows; None leaves it as it is."""
    kept: list[NetIntent] = []
    limited: list[Limited] = []
    for intent in intents:
        cut = rule(intent)
        if cut is None or cut[0] >= intent.quantity():
            kept.append(intent)
            continue
        bound = _bound(intent, context, cut)
        kept.append(intent.shrunk(bound.allowed))
        limited.append(bound)
    return kept, limited


def _bound(intent: NetIntent, context: RiskContext, cut: Cut) -> Limited:
    allowed, code, limit = cut
    increment = context.instruments[intent.symbol].quantity_increment
    refuses = context.limits.over_limit is OverLimit.REFUSE
    left = ZERO if refuses else round_down(max(allowed, ZERO), increment)
    return Limited(
        code=code, symbol=intent.symbol, wanted=intent.quantity(), allowed=left, limit=limit
    )


def worst_price(intent: NetIntent, context: RiskContext, offset: Decimal) -> Decimal:
    """Return the worst price that an order for `intent` could have, dollars a share."""
    quote, instrument = context.quotes[intent.symbol], context.instruments[intent.symbol]
    return limit_price(Side.BUY if intent.buy else Side.SELL, quote, instrument, offset)


def _less_costs(
    intents: Sequence[NetIntent], context: RiskContext, prices: Mapping[Symbol, Decimal]
) -> RiskContext:
    """Return the context with what `intents` cost at `prices`, if they are buys, off equity.

    Otherwise a position cut to exactly its limit would exceed it as soon as the first fill has
    cost a cent. A limit below the mid, as on a crossed quote, adds nothing.
    """
    costs = (
        context.worse_than_mid(Side.BUY, one.symbol, one.quantity(), prices[one.symbol])
        for one in intents
    )
    return context.less_equity(sum(costs, ZERO))
