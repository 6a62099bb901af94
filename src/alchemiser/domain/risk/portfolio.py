"""The first gate: the consolidated portfolio as a whole; it may shrink, never enlarge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.pricing import limit_price
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.allowances import gross_room, position_room
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, ZERO, plain, round_down


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioAssessment:
    """Hold what the first gate left of the net intents.

    Attributes:
        net: Intents that may go on, each at or below what was wanted.
        limited: Every limit that bound.
        refused: Reasons why nothing at all may be sent; empty lets the plan go on.
    """

    net: tuple[NetIntent, ...]
    limited: tuple[Limited, ...] = ()
    refused: tuple[Violation, ...] = ()


def assess_portfolio(
    net: Sequence[NetIntent], context: RiskContext, limit_offset: Decimal
) -> PortfolioAssessment:
    """Return the intents cut to the limits, or the reasons to send nothing.

    Buys are assessed on the account as it will be once every sell has filled at its worst
    price, and with the costs of the whole plan at its worst prices taken off equity.

    Args:
        net: One intent a symbol.
        context: The world before the plan.
        limit_offset: How far through the touch orders may go, a fraction.
    """
    refused = _plan_refusals(net, context)
    if refused:
        return PortfolioAssessment(net=(), refused=refused)
    sells = [intent for intent in net if not intent.buy]
    buys = [intent for intent in net if intent.buy]
    after = context.after_sells([
        (i.symbol, i.quantity(), _price(i, context, limit_offset)) for i in sells
    ])
    limited: list[Limited] = []
    clips: tuple[Clip, ...] = (
        _clip_state,
        _clip_restricted,
        _clip_positions,
        _clip_gross,
        _clip_cash,
    )
    for clip in clips:
        buys, bound = clip(buys, after, limit_offset)
        limited += bound
    kept = sorted((*sells, *buys), key=lambda intent: intent.symbol)
    return PortfolioAssessment(
        net=tuple(intent for intent in kept if intent.claims), limited=tuple(limited)
    )


Clip = Callable[[Sequence[NetIntent], RiskContext, Decimal], tuple[list[NetIntent], list[Limited]]]


def _plan_refusals(net: Sequence[NetIntent], context: RiskContext) -> tuple[Violation, ...]:
    account, limits = context.account, context.limits
    rules = (
        (account is None or context.cash is None, RiskCode.ACCOUNT_UNKNOWN, "unknown", "known"),
        (account is not None and account.blocked, RiskCode.ACCOUNT_BLOCKED, "blocked", "open"),
        (context.state is TradingState.HALTED, RiskCode.TRADING_STATE, "halted", "active"),
        (
            context.session is None or not context.session.is_open(context.now),
            RiskCode.SESSION_CLOSED,
            context.now.isoformat(),
            "within the session",
        ),
        (
            limits.max_gross_exposure is not None and context.gross_exposure() is None,
            RiskCode.POSITION_UNPRICED,
            "unknown",
            "every position priced",
        ),
        (
            limits.max_orders_per_day is not None
            and len(context.sent) + len(net) > limits.max_orders_per_day,
            RiskCode.MAX_ORDERS_PER_DAY,
            str(len(context.sent) + len(net)),
            str(limits.max_orders_per_day),
        ),
    )
    return tuple(
        Violation(code=code, observed=observed, limit=limit)
        for broken, code, observed, limit in rules
        if broken
    )


def _price(intent: NetIntent, context: RiskContext, offset: Decimal) -> Decimal:
    quote, instrument = context.quotes[intent.symbol], context.instruments[intent.symbol]
    return limit_price(Side.BUY if intent.buy else Side.SELL, quote, instrument, offset)


def _cut(
    intent: NetIntent, allowed: Decimal, context: RiskContext, why: tuple[RiskCode, str]
) -> tuple[NetIntent, list[Limited]]:
    wanted = intent.quantity()
    if allowed >= wanted:
        return intent, []
    increment = context.instruments[intent.symbol].quantity_increment
    left = round_down(max(allowed, ZERO), increment)
    code, limit = why
    bound = Limited(code=code, symbol=intent.symbol, wanted=wanted, allowed=left, limit=limit)
    return intent.shrunk(left), [bound]


def _cut_each(
    buys: Sequence[NetIntent],
    context: RiskContext,
    why: Callable[[NetIntent], tuple[Decimal | None, RiskCode, str]],
) -> tuple[list[NetIntent], list[Limited]]:
    kept: list[NetIntent] = []
    limited: list[Limited] = []
    for intent in buys:
        allowed, code, limit = why(intent)
        cut, bound = (
            (intent, []) if allowed is None else _cut(intent, allowed, context, (code, limit))
        )
        kept.append(cut)
        limited += bound
    return kept, limited


def _clip_state(
    buys: Sequence[NetIntent], context: RiskContext, _offset: Decimal
) -> tuple[list[NetIntent], list[Limited]]:
    allowed = ZERO if context.state is TradingState.REDUCING else None
    why = (allowed, RiskCode.TRADING_STATE, context.state.value)
    return _cut_each(buys, context, lambda _: why)


def _clip_restricted(
    buys: Sequence[NetIntent], context: RiskContext, _offset: Decimal
) -> tuple[list[NetIntent], list[Limited]]:
    def why(intent: NetIntent) -> tuple[Decimal | None, RiskCode, str]:
        allowed = ZERO if intent.symbol in context.limits.restricted else None
        return allowed, RiskCode.RESTRICTED, "not restricted"

    return _cut_each(buys, context, why)


def _clip_positions(
    buys: Sequence[NetIntent], context: RiskContext, offset: Decimal
) -> tuple[list[NetIntent], list[Limited]]:
    priced = _less_costs(buys, context, offset)

    def why(intent: NetIntent) -> tuple[Decimal | None, RiskCode, str]:
        limit = context.limits.position_limit(context.instruments[intent.symbol])
        return position_room(intent.symbol, priced), RiskCode.MAX_POSITION, _text(limit)

    return _cut_each(buys, context, why)


def _clip_gross(
    buys: Sequence[NetIntent], context: RiskContext, offset: Decimal
) -> tuple[list[NetIntent], list[Limited]]:
    room = gross_room(_less_costs(buys, context, offset))
    wanted = sum((context.exposure(i.symbol, i.quantity()) or ZERO for i in buys), ZERO)
    limit = context.limits.max_gross_exposure
    return _scale(buys, context, (room, wanted), (RiskCode.MAX_GROSS_EXPOSURE, _text(limit)))


def _clip_cash(
    buys: Sequence[NetIntent], context: RiskContext, offset: Decimal
) -> tuple[list[NetIntent], list[Limited]]:
    spendable = context.spendable()
    # Venues count the cost of each order up to the next cent, not the sum of all.
    cents_up = CENT * max(len(buys) - 1, 0)
    room = None if spendable is None else spendable - cents_up
    cost = sum((i.quantity() * _price(i, context, offset) for i in buys), ZERO)
    return _scale(buys, context, (room, cost), (RiskCode.BUYING_POWER, _text(spendable)))


def _scale(
    buys: Sequence[NetIntent],
    context: RiskContext,
    room_and_wanted: tuple[Decimal | None, Decimal],
    why: tuple[RiskCode, str],
) -> tuple[list[NetIntent], list[Limited]]:
    """Cut every buy by one factor, so that no symbol is served before another."""
    room, wanted = room_and_wanted
    if room is None or not wanted or wanted <= room:
        return list(buys), []
    # Multiplied first, because a factor that was rounded could cost a whole share.
    left = max(room, ZERO)
    return _cut_each(buys, context, lambda intent: (intent.quantity() * left / wanted, *why))


def _text(limit: Decimal | None) -> str:
    return "" if limit is None else plain(limit)


def _less_costs(buys: Sequence[NetIntent], context: RiskContext, offset: Decimal) -> RiskContext:
    """Return the context with the worst cost of `buys` taken off equity.

    Otherwise a position cut to exactly its limit would exceed it as soon as the first fill has
    cost a cent. A limit below the mid, as on a crossed quote, adds nothing.
    """
    cost = ZERO
    for intent in buys:
        mark = context.mark(intent.symbol) or ZERO
        cost += intent.quantity() * max(_price(intent, context, offset) - mark, ZERO)
    return context.less_equity(cost)
