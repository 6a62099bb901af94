"""The first gate: the consolidated portfolio as a whole; it may shrink, never enlarge."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.checks import POOLS, SIZES
from alchemiser.domain.risk.clipping import Limited, fitted, forbidden, measured, worst_price
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, TradingState, Violation
from alchemiser.domain.values.numbers import ZERO


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
    sells, limited = fitted(
        [intent for intent in net if not intent.buy], context, limit_offset, SIZES
    )
    rows = [(i.symbol, i.quantity(), worst_price(i, context, limit_offset)) for i in sells]
    foreseen = sum((quantity * price for _, quantity, price in rows), ZERO)
    after = replace(context.after_sells(rows), foreseen=foreseen)
    buys, bound = forbidden([intent for intent in net if intent.buy], after)
    limited += bound
    buys, bound = fitted(buys, after, limit_offset, POOLS)
    limited += bound
    buys, bound = measured(buys, after, limit_offset)
    limited += bound
    kept = sorted((*sells, *buys), key=lambda intent: intent.symbol)
    return PortfolioAssessment(
        net=tuple(intent for intent in kept if intent.claims), limited=tuple(limited)
    )


def _plan_refusals(net: Sequence[NetIntent], context: RiskContext) -> tuple[Violation, ...]:
    account, limits = context.account, context.limits
    at_once = context.sent_within_a_minute() + len(net)
    rules = (
        (account is None or context.cash is None, RiskCode.ACCOUNT_UNKNOWN, "unknown", "known"),
        (account is not None and account.blocked, RiskCode.ACCOUNT_BLOCKED, "blocked", "open"),
        (context.state is TradingState.HALTED, RiskCode.TRADING_STATE, "halted", "active"),
        (
            not context.any_hour
            and (context.session is None or not context.session.is_open(context.now)),
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
        (
            limits.max_orders_per_minute is not None and at_once > limits.max_orders_per_minute,
            RiskCode.MAX_ORDERS_PER_MINUTE,
            str(at_once),
            str(limits.max_orders_per_minute),
        ),
    )
    return tuple(
        Violation(code=code, observed=observed, limit=limit)
        for broken, code, observed, limit in rules
        if broken
    )
