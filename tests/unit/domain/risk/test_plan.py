"""The plan as a whole: what stops it, and what its sells mean for its buys (OS-17, RC-17)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.risk.clipping import Limited
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, TradingState, Violation
from alchemiser.domain.risk.portfolio import PortfolioAssessment, assess_portfolio
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import NOW, SESSION, a_context, an_account, an_intent, an_order
from alchemiser.testing.fakes import quote
from alchemiser.testing.histories import closes_of, sent_orders

AGG, SPY = Symbol("AGG"), Symbol("SPY")
OFFSET = Decimal("0.005")
BUY, SELL = an_intent("SPY", klm="10"), an_intent("AGG", buy=False, klm="20")


def d(text: str) -> Decimal:
    return Decimal(text)


def a_world(**limits: object) -> RiskContext:
    """Return a world with nothing but `limits`; a tenth of equity is in AGG, at a mid of 100."""
    return a_context(
        an_account("90000", {"AGG": "100"}, equity="100000"),
        quotes=[
            quote("AGG", "99.90", "100.10", at=NOW),
            quote("SPY", "499.90", "500.10", at=NOW),
        ],
        limits=replace(RESEARCH_LIMITS, **limits),  # type: ignore[arg-type]
    )


def assessed(context: RiskContext) -> PortfolioAssessment:
    """Return what becomes of ten SPY bought and twenty AGG sold."""
    return assess_portfolio([BUY, SELL], context, OFFSET)


def sent(count: int, seconds: float) -> dict[str, object]:
    orders = [an_order("TLT", attempt=n) for n in range(1, 1 + count)]
    return {"sent": sent_orders(orders, NOW - timedelta(seconds=seconds))}


# --- What stops all of it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("max_orders_per_minute", RiskCode.MAX_ORDERS_PER_MINUTE),
        ("max_orders_per_day", RiskCode.MAX_ORDERS_PER_DAY),
    ],
)
def test_plan_of_too_many_orders_with_those_before_is_refused(limit: str, code: RiskCode) -> None:
    """OS-09: one order and the plan's two are three."""
    one_sent = sent(1, 59.999999)

    for most, told in ((3, None), (2, "3"), (None, None)):
        context = replace(a_world(**{limit: most}), **one_sent)  # type: ignore[arg-type]
        refused = () if told is None else (Violation(code=code, observed=told, limit=str(most)),)
        assert assessed(context).refused == refused
        assert bool(assessed(context).net) is (told is None)


def test_order_of_a_minute_ago_counts_for_the_day_alone() -> None:
    """OS-09: at sixty seconds sharp."""
    context = replace(
        a_world(max_orders_per_minute=2, max_orders_per_day=2),
        **sent(1, 60),  # type: ignore[arg-type]
    )

    assert [row.code for row in assessed(context).refused] == [RiskCode.MAX_ORDERS_PER_DAY]


def test_hours_and_session_are_no_matter_where_any_hour_will_do() -> None:
    """OS-19."""
    late = replace(a_world(), now=SESSION.close_at)
    blind = replace(a_world(), session=None)

    for context in (late, blind):
        closed = Violation(
            code=RiskCode.SESSION_CLOSED,
            observed=context.now.isoformat(),
            limit="within the session",
        )
        assert assessed(context).refused == (closed,)
        assert assessed(replace(context, any_hour=True)).refused == ()


def test_every_reason_is_told_at_once_in_one_order() -> None:
    """OS-17."""
    account = an_account("90000", {"OKLO": "1"}, blocked=True)
    context = a_world(max_gross_exposure=d("1"), max_orders_per_day=1, max_orders_per_minute=1)
    context = replace(context, account=account, state=TradingState.HALTED, session=None)

    refused = assessed(context).refused

    assert [(row.code, row.observed, row.limit, row.symbol) for row in refused] == [
        (RiskCode.ACCOUNT_BLOCKED, "blocked", "open", None),
        (RiskCode.TRADING_STATE, "halted", "active", None),
        (RiskCode.SESSION_CLOSED, "2024-08-05T19:45:00+00:00", "within the session", None),
        (RiskCode.POSITION_UNPRICED, "unknown", "every position priced", None),
        (RiskCode.MAX_ORDERS_PER_DAY, "2", "1", None),
        (RiskCode.MAX_ORDERS_PER_MINUTE, "2", "1", None),
    ]
    assert assessed(context).net == ()
    assert assessed(replace(context, account=None)).refused[0] == Violation(
        code=RiskCode.ACCOUNT_UNKNOWN, observed="unknown", limit="known"
    )


# --- What sells mean for buys -------------------------------------------------------------------


def test_sells_of_the_plan_count_as_traded_before_its_buys() -> None:
    """RC-18: 20 AGG at 99.41 at worst leave the rest of a twentieth of equity to SPY."""
    context = a_world(max_turnover=d("0.05"))
    equity = d("100000") - 20 * d("0.59") - 10 * d("2.60")
    room = (d("0.05") * equity - 20 * d("99.41")) / d("502.60")

    assessment = assessed(context)

    (bound,) = assessment.limited
    assert (bound.code, bound.symbol, bound.wanted) == (RiskCode.MAX_TURNOVER, SPY, d("10"))
    assert room - d("1e-9") < bound.allowed <= room
    assert assessment.net[0] == SELL


def test_sell_that_is_cut_counts_as_far_as_it_goes() -> None:
    """OS-07: both by the size of an order, and the proceeds of what is left of the sell."""
    context = a_world(max_order_quantity=d("5"))
    poor = replace(context, cash=d("0"))

    assert assessed(context).limited == (
        Limited(
            code=RiskCode.MAX_ORDER_QUANTITY,
            symbol=AGG,
            wanted=d("20"),
            allowed=d("5"),
            limit="5",
        ),
        Limited(
            code=RiskCode.MAX_ORDER_QUANTITY, symbol=SPY, wanted=d("10"), allowed=d("5"), limit="5"
        ),
    )
    assert assessed(poor).limited[-1].limit == "497.05"


def test_forbidden_limited_and_measured_buys_are_told_in_that_order() -> None:
    """RC-17: what one leaves, the next is asked of; a sell that is left of nothing is not sent."""
    context = a_world(
        restricted=frozenset({AGG}), max_order_quantity=d("5"), max_net_exposure=d("0.11")
    )
    net = [an_intent("AGG", klm="3"), BUY]

    assessment = assess_portfolio(net, context, OFFSET)

    assert [(row.code, row.symbol) for row in assessment.limited] == [
        (RiskCode.RESTRICTED, AGG),
        (RiskCode.MAX_ORDER_QUANTITY, SPY),
        (RiskCode.MAX_NET_EXPOSURE, SPY),
    ]
    assert [row.symbol for row in assessment.net] == [SPY]
    assert assess_portfolio([SELL], a_world(max_order_quantity=d("1e-10")), OFFSET).net == ()


def test_loss_of_a_position_that_is_sold_is_not_measured() -> None:
    """RC-13: half of AGG goes, which frees what it may lose for SPY."""
    context = a_world(max_var=d("0.01"), var_sessions=4, var_confidence=d("0.75"))
    fall = np.array([100.0, 100.0, 90.0, 90.0, 90.0])
    assert context.history is not None
    past = replace(context.history, markets=closes_of({AGG: fall, SPY: fall}))
    context = replace(context, history=past)
    buy, sell = an_intent("SPY", klm="9"), an_intent("AGG", buy=False, klm="50")

    alone = assess_portfolio([buy], context, OFFSET)
    with_sell = assess_portfolio([sell, buy], context, OFFSET)

    assert alone.net == ()
    assert alone.limited[0].code is RiskCode.MAX_VAR
    assert with_sell == PortfolioAssessment(net=(sell, buy))
