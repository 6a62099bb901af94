"""The first gate shrinks what limits forbid, never enlarges, and says what bound (RC-17).

SPY stands at a mid of 500; half a percent through its ask of 500.10 the worst price is 502.60.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.clipping import Limited
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import (
    RESEARCH_LIMITS,
    RiskCode,
    RiskLimits,
    TradingState,
    Violation,
)
from alchemiser.domain.risk.portfolio import PortfolioAssessment, assess_portfolio
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.testing.builders import NOW, SESSION, a_context, an_account, an_intent, an_order
from alchemiser.testing.fakes import quote
from alchemiser.testing.histories import sent_orders

SPY, AGG, TECL = Symbol("SPY"), Symbol("AGG"), Symbol("TECL")
OFFSET = Decimal("0.005")
QUOTES = (
    quote("AGG", "97.90", "98.10", at=NOW),
    quote("SPY", "499.90", "500.10", at=NOW),
    quote("TECL", "71.20", "71.40", at=NOW),
)
TRIPLE = Instrument(symbol=TECL, leverage=Decimal(3))
NO_CAPS = replace(RESEARCH_LIMITS, max_orders_per_day=200)


def a_world(
    account: AccountSnapshot | None = None,
    limits: RiskLimits = NO_CAPS,
    *,
    quotes: tuple[Quote, ...] = QUOTES,
    whole: bool = False,
) -> RiskContext:
    increments = [Instrument(symbol=SPY, quantity_increment=Decimal(1))] if whole else []
    return a_context(account, quotes=quotes, instruments=[TRIPLE, *increments], limits=limits)


def assessed(context: RiskContext, *net: NetIntent) -> PortfolioAssessment:
    return assess_portfolio(net, context, OFFSET)


def test_intents_within_every_limit_pass_untouched_sorted_by_symbol() -> None:
    net = (an_intent("TECL", buy=False, klm="3"), an_intent("SPY", klm="5"))
    context = a_world(an_account("9000", {"TECL": "3"}, equity="9213.90"))

    assert assessed(context, *net) == PortfolioAssessment(net=(net[1], net[0]))
    assert assessed(context) == PortfolioAssessment(net=())


REFUSALS = {
    RiskCode.ACCOUNT_UNKNOWN: ("unknown", "known"),
    RiskCode.ACCOUNT_BLOCKED: ("blocked", "open"),
    RiskCode.TRADING_STATE: ("halted", "active"),
    RiskCode.SESSION_CLOSED: ("2024-08-05T20:00:00+00:00", "within the session"),
    RiskCode.POSITION_UNPRICED: ("unknown", "every position priced"),
    RiskCode.MAX_ORDERS_PER_DAY: ("3", "2"),
}


def broken(code: RiskCode, context: RiskContext) -> RiskContext:
    """Return `context` with the one thing wrong that `code` names."""
    match code:
        case RiskCode.ACCOUNT_UNKNOWN:
            return replace(context, account=None)
        case RiskCode.ACCOUNT_BLOCKED:
            return replace(context, account=an_account("90000", blocked=True))
        case RiskCode.TRADING_STATE:
            return replace(context, state=TradingState.HALTED)
        case RiskCode.SESSION_CLOSED:
            return replace(context, now=SESSION.close_at)
        case RiskCode.POSITION_UNPRICED:
            unpriced = an_account("90000", {"OKLO": "1"})
            return replace(context, account=unpriced, limits=RiskLimits())
        case _:
            sent = sent_orders([an_order("AGG"), an_order("TECL")], NOW)
            return replace(context, sent=sent, limits=replace(NO_CAPS, max_orders_per_day=2))


@pytest.mark.parametrize("code", REFUSALS)
def test_refusal_of_the_plan_sends_nothing_not_even_sells(code: RiskCode) -> None:
    """OS-17, OS-21: account, state, session, exposure and count are the plan's, not an order's."""
    context = broken(code, a_world())
    observed, limit = REFUSALS[code]

    assessment = assessed(context, an_intent("SPY", buy=False, klm="5"))

    assert assessment == PortfolioAssessment(
        net=(), refused=(Violation(code=code, observed=observed, limit=limit),)
    )


@pytest.mark.parametrize("lost", ["cash", "session"])
def test_what_is_unknown_refuses_the_plan(lost: str) -> None:
    """OS-21, SE-07."""
    context = replace(a_world(), **{lost: None})  # type: ignore[arg-type]
    code = RiskCode.ACCOUNT_UNKNOWN if lost == "cash" else RiskCode.SESSION_CLOSED

    assert [row.code for row in assessed(context, an_intent("SPY", klm="5")).refused] == [code]


def test_every_reason_to_refuse_the_plan_is_told() -> None:
    context = replace(a_world(), state=TradingState.HALTED, now=SESSION.close_at)

    assert [row.code for row in assessed(context).refused] == [
        RiskCode.TRADING_STATE,
        RiskCode.SESSION_CLOSED,
    ]


def test_number_of_orders_up_to_the_limit_passes() -> None:
    """OS-09."""
    context = a_world(limits=replace(NO_CAPS, max_orders_per_day=2))

    assert not assessed(context, an_intent("AGG", klm="5"), an_intent("SPY", klm="5")).refused


def test_position_without_a_price_is_no_matter_where_no_exposure_is_limited() -> None:
    account = an_account("90000", {"OKLO": "1"})

    assert not assessed(a_world(account), an_intent("SPY", klm="5")).refused


def test_reducing_state_keeps_the_sells_and_cuts_every_buy() -> None:
    """FAULTS invariant 18."""
    context = a_world(an_account("90000", {"AGG": "7"}, equity="90686"))
    context = replace(context, state=TradingState.REDUCING)

    assessment = assessed(
        context, an_intent("AGG", buy=False, klm="7"), an_intent("SPY", klm="3", tecl="2")
    )

    assert assessment == PortfolioAssessment(
        net=(an_intent("AGG", buy=False, klm="7"),),
        limited=(cut(RiskCode.TRADING_STATE, SPY, "5", "0", "reducing"),),
    )


def cut(code: RiskCode, symbol: Symbol, wanted: str, allowed: str, limit: str) -> Limited:
    return Limited(
        code=code, symbol=symbol, wanted=Decimal(wanted), allowed=Decimal(allowed), limit=limit
    )


@pytest.mark.parametrize(
    ("limit", "left"),
    [("0.301", None), ("0.3009", "59.987424"), ("0.25", "49.84"), ("0.05", "9.968")],
)
def test_position_is_cut_to_its_limit_with_the_plan_s_costs_off_equity(
    limit: str, left: str | None
) -> None:
    """RC-01: 60 SPY cost up to 60 x 2.60 = 156 dollars of 99 836, which leaves 99 680."""
    by_class = {AssetClass.STOCK: Decimal(limit)}
    context = a_world(an_account("99836", equity="99836"), replace(NO_CAPS, max_position=by_class))

    assessment = assessed(context, an_intent("SPY", klm="40", tecl="20"))

    if left is None:
        assert assessment == PortfolioAssessment(net=(an_intent("SPY", klm="40", tecl="20"),))
    else:
        assert assessment.limited == (cut(RiskCode.MAX_POSITION, SPY, "60", left, limit),)
        assert assessment.net[0].quantity() == Decimal(left)


def test_cut_is_borne_pro_rata_by_the_books_that_buy() -> None:
    """DESIGN §3: nothing is taken from books that do not increase."""
    limits = replace(NO_CAPS, max_position={AssetClass.STOCK: Decimal("0.25")})
    context = a_world(an_account("99836", equity="99836"), limits)

    assessment = assessed(context, an_intent("SPY", klm="40", tecl="20"))

    assert assessment.net == (an_intent("SPY", klm="33.226666667", tecl="16.613333333"),)


def test_position_that_is_full_takes_no_more_but_is_not_sold() -> None:
    """The gate may refuse an increase; it makes no decisions of its own."""
    limits = replace(NO_CAPS, max_position={AssetClass.STOCK: Decimal("0.1")})
    context = a_world(an_account("50000", {"SPY": "100"}, equity="100000"), limits)

    assessment = assessed(context, an_intent("SPY", klm="5"))

    assert assessment.net == ()
    assert assessment.limited == (cut(RiskCode.MAX_POSITION, SPY, "5", "0", "0.1"),)


def test_sells_make_room_for_buys_of_the_same_plan() -> None:
    """Gross: 100 SPY are all that is allowed; what goes may come back as something else."""
    limits = replace(NO_CAPS, max_gross_exposure=Decimal("0.5"))
    context = a_world(an_account("50000", {"SPY": "100"}, equity="100000"), limits)
    buy = an_intent("AGG", klm="200")

    alone = assessed(context, buy)
    funded = assessed(context, an_intent("SPY", buy=False, klm="41"), buy)

    assert alone.net == ()
    assert funded.net == (buy, an_intent("SPY", buy=False, klm="41"))


def test_gross_exposure_cuts_every_buy_by_the_same_factor() -> None:
    """RC-03: no symbol is served before another.

    60 SPY and 200 TECL are 30 000 and three times 14 260; they may cost 156 and 90 dollars. Of
    99 752 of equity 99 506 are left, and 0.3 of it are 29 851.8: a factor of 0.410164...
    """
    limits = replace(NO_CAPS, max_gross_exposure=Decimal("0.30"))
    context = a_world(an_account("99752"), limits)

    assessment = assessed(context, an_intent("SPY", klm="60"), an_intent("TECL", klm="200"))

    assert assessment.limited == (
        cut(RiskCode.MAX_GROSS_EXPOSURE, SPY, "60", "24.609892827", "0.3"),
        cut(RiskCode.MAX_GROSS_EXPOSURE, TECL, "200", "82.032976092", "0.3"),
    )
    assert [row.quantity() for row in assessment.net] == [
        Decimal("24.609892827"),
        Decimal("82.032976092"),
    ]


@pytest.mark.parametrize(("cash", "factor"), [("20104.00", 1), ("20103.99", 0), ("10052", 2)])
def test_buys_are_cut_to_what_can_be_paid_at_their_worst_prices(cash: str, factor: int) -> None:
    """SE-03: 40 SPY may cost 40 x 502.60 = 20 104 dollars."""
    assessment = assessed(a_world(an_account(cash)), an_intent("SPY", klm="40"))

    allowed = {0: "39.999980103", 1: "40", 2: "20"}[factor]
    assert assessment.net == (an_intent("SPY", klm=allowed),)
    assert assessment.limited == (
        ()
        if factor == 1
        else (cut(RiskCode.BUYING_POWER, SPY, "40", allowed, cash.rstrip("0").rstrip(".")),)
    )


def test_broker_s_buying_power_binds_when_it_is_the_lesser() -> None:
    """M09."""
    context = a_world(an_account("50000", buying_power="10052"))

    assert assessed(context, an_intent("SPY", klm="40")).net == (an_intent("SPY", klm="20"),)


def test_proceeds_of_sells_count_at_their_worst_price() -> None:
    """SE-03: 50 AGG bring 50 x 97.42 (97.4105 on the tick) at least."""
    context = a_world(an_account("0", {"AGG": "50"}, equity="4900"))

    assessment = assessed(
        context, an_intent("AGG", buy=False, klm="50"), an_intent("SPY", klm="9.8")
    )

    assert assessment.limited[0].limit == "4871"
    assert assessment.limited[0].allowed == Decimal("9.69160366")


@pytest.mark.parametrize("net", [(), (an_intent("SPY", buy=False, klm="0.000000001"),)])
def test_debt_with_nothing_to_buy_is_no_division_by_zero(net: tuple[NetIntent, ...]) -> None:
    """A fee can leave the account some cents below zero on a day without a trade."""
    context = a_world(an_account("-0.03", {"SPY": "1"}, equity="499.97"))

    assert assessed(context, *net) == PortfolioAssessment(net=net)


def test_debt_in_reducing_state_is_no_division_by_zero() -> None:
    context = a_world(an_account("-0.03", {"SPY": "1"}, equity="499.97"))
    context = replace(context, state=TradingState.REDUCING)

    assert assessed(context, an_intent("AGG", klm="1")).net == ()


def test_whole_share_that_just_fits_is_kept() -> None:
    """OS-14: of 3 shares wanted there is money for exactly 1, whatever a third may round to."""
    context = a_world(an_account("502.60"), whole=True)

    assert assessed(context, an_intent("SPY", klm="3")).net == (an_intent("SPY", klm="1"),)


def test_whole_shares_are_cut_to_whole_shares_and_shared_by_the_books() -> None:
    """OS-14."""
    context = a_world(an_account("2000"), whole=True)

    assessment = assessed(context, an_intent("SPY", klm="3", tecl="2"))

    assert assessment.net == (an_intent("SPY", klm="1.8", tecl="1.2"),)


def test_crossed_quote_of_one_symbol_leaves_no_room_to_another() -> None:
    """C14: AGG is offered below its mid; buying it must not look like a gain in equity."""
    crossed = quote("AGG", "110", "86", at=NOW)
    limits = replace(NO_CAPS, max_position={AssetClass.STOCK: Decimal("0.25")})
    account = an_account("99836", equity="99836")
    alone = assessed(a_world(account, limits), an_intent("SPY", klm="60"))

    both = assessed(
        a_world(account, limits, quotes=(crossed, *QUOTES[1:])),
        an_intent("AGG", klm="100"),
        an_intent("SPY", klm="60"),
    )

    assert [row.quantity() for row in both.net if row.symbol == SPY] == [
        row.quantity() for row in alone.net
    ]


def test_several_limits_bind_one_after_the_other() -> None:
    limits = replace(
        NO_CAPS,
        max_position={AssetClass.STOCK: Decimal("0.40")},
        max_gross_exposure=Decimal("0.30"),
    )
    context = a_world(an_account("100000", buying_power="10052"), limits)

    limited = assessed(context, an_intent("SPY", klm="100")).limited

    assert [row.code for row in limited] == [
        RiskCode.MAX_POSITION,
        RiskCode.MAX_GROSS_EXPOSURE,
        RiskCode.BUYING_POWER,
    ]
    assert [row.wanted for row in limited[1:]] == [row.allowed for row in limited[:-1]]


def test_text_of_a_limit_depends_on_values_not_on_how_they_were_written() -> None:
    """A replay reads numbers back from the journal without their trailing zeros."""
    live, replayed = an_account("10000.00"), an_account("1E+4")
    intent = an_intent("SPY", klm="40")

    assert assessed(a_world(live), intent) == assessed(a_world(replayed), intent)
    assert assessed(a_world(live), intent).limited[0].limit == "10000"


def test_clipping_reads_as_a_sentence() -> None:
    row = cut(RiskCode.MAX_POSITION, SPY, "60", "49.84", "0.25")

    assert row.sentence() == "SPY: max_position 0.25 cut 60 to 49.84"
