"""Whole plans that break a control before they are orders: the first gate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from alchemiser.application.controls.bench import (
    BROAD,
    CLOSE,
    LISTED,
    Afternoon,
    an_account,
    sent_orders,
    unpriced,
)
from alchemiser.application.controls.conduct import churned
from alchemiser.application.controls.standing import after_loss, differing
from alchemiser.application.controls.wishes import Wish, a_wish, too_much
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import OverLimit, RiskCode, TradingState, Violation
from alchemiser.domain.risk.portfolio import PortfolioAssessment
from alchemiser.domain.values.numbers import ZERO, plain

OFFSET: Final = Decimal("0.001")

Assess = Callable[[tuple[NetIntent, ...], RiskContext, Decimal], PortfolioAssessment]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAttempt:
    """Hold a plan of one wish that must be refused, dropped or cut.

    Attributes:
        id: The control's name after "plan.".
        code: What the refusal, or the cut, has to carry.
        intent: The wish.
        context: The world in which it is tried.
        whole: Whether nothing may be left of the wish; else a part of it has to be.
    """

    id: str
    code: RiskCode
    intent: NetIntent
    context: RiskContext
    whole: bool

    def answer(self, assess: Assess) -> Violation | None:
        """Return how the first gate refuses or cuts the plan, or None when it does neither."""
        found = assess((self.intent,), self.context, OFFSET)
        left = sum((one.quantity() for one in found.net), ZERO)
        if left >= self.intent.quantity() or self.whole is (left > 0):
            return None
        cuts = (
            Violation(code=one.code, observed=plain(one.wanted), limit=plain(one.allowed))
            for one in found.limited
        )
        return next(iter((*found.refused, *cuts)), None)


def plan_attempts(at: Afternoon) -> Iterator[PlanAttempt]:
    """Yield every plan, in the order of the first gate; no limit of `at` may be off.

    What can be cut is tried twice: as limits clip, and as they refuse.
    """
    for code, case, intent, context in (*_refused(at), *_dropped(at)):
        yield _attempt(code, case, intent, context, whole=True)
    for code, case, intent, context in too_much(at):
        clips = _over_limit(context, OverLimit.CLIP)
        yield _attempt(code, case, intent, clips, whole=False)
        refuses = _over_limit(context, OverLimit.REFUSE)
        yield _attempt(code, f"{case}.whole".lstrip("."), intent, refuses, whole=True)


def _attempt(
    code: RiskCode, case: str, intent: NetIntent, context: RiskContext, *, whole: bool
) -> PlanAttempt:
    name = f"plan.{code}.{case}".rstrip(".")
    return PlanAttempt(id=name, code=code, intent=intent, context=context, whole=whole)


def _over_limit(context: RiskContext, choice: OverLimit) -> RiskContext:
    return replace(context, limits=replace(context.limits, over_limit=choice))


def _refused(at: Afternoon) -> Iterator[Wish]:
    """Yield what refuses the plan as a whole."""
    sound, account, one = at.context(), an_account(), a_wish(BROAD)
    yield RiskCode.ACCOUNT_UNKNOWN, "account", one, replace(sound, account=None)
    yield RiskCode.ACCOUNT_UNKNOWN, "cash", one, replace(sound, cash=None)
    yield RiskCode.ACCOUNT_BLOCKED, "", one, replace(sound, account=replace(account, blocked=True))
    yield RiskCode.TRADING_STATE, "halted", one, replace(sound, state=TradingState.HALTED)
    yield RiskCode.SESSION_CLOSED, "after", one, replace(sound, now=CLOSE)
    yield RiskCode.SESSION_CLOSED, "unknown", one, replace(sound, session=None)
    yield RiskCode.POSITION_UNPRICED, "", one, unpriced(at.only(RiskCode.MAX_GROSS_EXPOSURE))
    code = RiskCode.MAX_ORDERS_PER_DAY
    full = replace(at.only(code), sent=sent_orders(BROAD, int(at.most(code))))
    yield code, "", one, full


def _dropped(at: Afternoon) -> Iterator[Wish]:
    """Yield what forbids a buy whatever its size."""
    one = a_wish(BROAD)
    reducing = replace(at.context(), state=TradingState.REDUCING)
    yield RiskCode.TRADING_STATE, "reducing", one, reducing
    yield RiskCode.RESTRICTED, "", a_wish(LISTED), at.context()
    yield RiskCode.SYMBOL_UNRECONCILED, "", one, differing(at.context(), BROAD)
    for code in (RiskCode.MAX_DAILY_LOSS, RiskCode.MAX_DRAWDOWN):
        yield code, "", one, after_loss(at.only(code), code, at.most(code))
    yield RiskCode.CHURN, "", one, churned(at.only(RiskCode.CHURN))
