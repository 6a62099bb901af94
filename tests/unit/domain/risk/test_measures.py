"""Figures of the whole portfolio: what makes one smaller passes although it is above its limit.

Of 100 000 dollars half are in SPY, at a mid of 500 (RC-03, RC-13).
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.checks import StaysWithin
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, Violation
from alchemiser.domain.risk.measures import MEASURES, Measure
from alchemiser.domain.risk.pool import refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, a_context, an_account, an_order
from alchemiser.testing.fakes import quote
from alchemiser.testing.histories import closes_of

CASH, SPY, SQQQ = (Symbol(name) for name in ("CASH", "SPY", "SQQQ"))
NET, VAR, SHORTFALL = MEASURES
SWITCHES = {
    RiskCode.MAX_NET_EXPOSURE: "max_net_exposure",
    RiskCode.MAX_VAR: "max_var",
    RiskCode.MAX_EXPECTED_SHORTFALL: "max_expected_shortfall",
}
ROWS = (
    Instrument(symbol=SQQQ, leverage=Decimal(-3)),
    Instrument(symbol=CASH, leverage=Decimal(0)),
)


def d(text: str) -> Decimal:
    return Decimal(text)


def a_world(measure: Measure, limit: str, shares: str = "100") -> RiskContext:
    """Return a world in which only the limit of `measure` is on.

    Of four returns of SPY the worst is -10 % and the next -4 %, of SQQQ three times that the other
    way; of four at 0.75 the worst alone counts, and no normal loss is larger.
    """
    limits = replace(
        RESEARCH_LIMITS,
        var_sessions=4,
        var_confidence=d("0.75"),
        **{SWITCHES[measure.code]: d(limit)},  # type: ignore[arg-type]
    )
    context = a_context(
        an_account("50000", {"SPY": shares}, equity="100000"),
        quotes=[
            quote("SPY", "499", "501", at=NOW),
            quote("SQQQ", "9.9", "10.1", at=NOW),
            quote("CASH", "100", "100", at=NOW),
        ],
        instruments=ROWS,
        limits=limits,
    )
    assert context.history is not None
    moves = np.array([1.0, 1.0, 0.9, 0.96, 1.0])
    against = np.array([1.0, 1.0, 1.3, 1.12, 1.0])
    markets = closes_of({
        SPY: 100 * np.cumprod(moves),
        SQQQ: 100 * np.cumprod(against),
        CASH: np.full(5, 100.0),
    })
    return replace(context, history=replace(context.history, markets=markets))


def asked(context: RiskContext, measure: Measure, **shares: str) -> Violation | None:
    return measure.refusal(context, {Symbol(name): d(text) for name, text in shares.items()})


def test_measures_are_net_exposure_value_at_risk_and_shortfall() -> None:
    """RC-03, RC-13."""
    assert [measure.code for measure in MEASURES] == list(SWITCHES)


@pytest.mark.parametrize("measure", MEASURES)
def test_limit_that_is_off_takes_anything(measure: Measure) -> None:
    """DESIGN §3: and nothing needs to be known then."""
    blind = replace(a_context(limits=RESEARCH_LIMITS), account=None, history=None, quotes={})

    assert asked(blind, measure, SPY="1") is None


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(("equity", "observed"), [(None, "unknown"), ("0", "0"), ("-1", "-1")])
def test_share_of_no_equity_is_refused(measure: Measure, equity: str | None, observed: str) -> None:
    """OS-21."""
    context = a_world(measure, "1")
    account = None if equity is None else an_account("500", equity=equity)
    context = replace(context, account=account)

    assert asked(context, measure, SPY="1", SQQQ="1") == refuse(
        RiskCode.ACCOUNT_UNKNOWN, observed, "equity above zero", SPY
    )


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lost", ["quotes", "instruments"])
@pytest.mark.parametrize("name", [SPY, SQQQ])
def test_position_that_cannot_be_valued_is_refused_held_or_wanted(
    measure: Measure, lost: str, name: Symbol
) -> None:
    """OS-21."""
    context = a_world(measure, "0.9")
    known = {one: row for one, row in getattr(context, lost).items() if one != name}
    context = replace(context, **{lost: known})  # type: ignore[arg-type]

    assert asked(context, measure, SQQQ="1") == refuse(measure.code, "unknown", "0.9", SQQQ)
    assert asked(context, measure) == (
        refuse(measure.code, "unknown", "0.9", None) if name == SPY else None
    )


@pytest.mark.parametrize("measure", [VAR, SHORTFALL])
@pytest.mark.parametrize("lost", ["history", "markets"])
def test_loss_that_cannot_be_measured_is_refused(measure: Measure, lost: str) -> None:
    """RC-13, OS-21."""
    context = a_world(measure, "0.9")
    assert context.history is not None
    history = None if lost == "history" else replace(context.history, markets=None)

    verdict = asked(replace(context, history=history), measure, SPY="1")

    assert verdict == refuse(measure.code, "unknown", "0.9", SPY)


@pytest.mark.parametrize(
    ("measure", "limit", "over"),
    [(NET, "0.6", "0.60001"), (VAR, "0.06", "0.060001"), (SHORTFALL, "0.06", "0.060001")],
)
@pytest.mark.parametrize(("quantity", "passes"), [("19.99", True), ("20", True), ("20.002", False)])
def test_figure_passes_at_its_limit_and_not_above_it(
    measure: Measure, limit: str, over: str, quantity: str, passes: bool
) -> None:
    """RC-03, RC-13: 60 % of equity lose 6 % of it with SPY."""
    verdict = asked(a_world(measure, limit), measure, SPY=quantity)

    assert verdict == (None if passes else refuse(measure.code, over, limit, SPY))


@pytest.mark.parametrize("measure", MEASURES)
def test_open_buys_are_in_the_figure_and_open_sells_are_not_out_of_it(measure: Measure) -> None:
    """RC-17: on the portfolio after the trade, open orders included."""
    context = a_world(measure, "0.6" if measure is NET else "0.06")
    context = context.with_order(an_order("SPY", "10"))
    context = context.with_order(an_order("SPY", "50", side=Side.SELL))

    assert asked(context, measure, SPY="10") is None
    assert asked(context, measure, SPY="10.002") is not None


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("added", "passes"),
    [
        ({"SQQQ": "500"}, True),
        ({"CASH": "10"}, True),
        ({}, True),
        ({"SPY": "0.002"}, False),
        ({"SPY": "100", "SQQQ": "2000"}, True),
    ],
    ids=["hedge", "no risk", "nothing", "more", "more and its hedge"],
)
def test_above_the_limit_only_what_makes_the_figure_no_larger_passes(
    measure: Measure, added: Mapping[str, str], passes: bool
) -> None:
    """RC-03, RC-13: an inverse fund may be bought although the limit is exceeded by far."""
    context = a_world(measure, "0.0001")

    verdict = asked(context, measure, **added)

    assert (verdict is None) is passes
    if verdict is not None:
        assert (verdict.code, verdict.limit, verdict.symbol) == (measure.code, "0.0001", SPY)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("added", "limit", "takes"),
    [
        ({"SQQQ": "500"}, "0.0001", True),
        ({"CASH": "10"}, "0.0001", False),
        ({}, "0.0001", False),
        ({"SPY": "1"}, "0.0001", False),
        ({"GONE": "1"}, "0.0001", False),
        ({"SPY": "1"}, "0.9", True),
        ({"CASH": "10"}, "0.9", True),
    ],
    ids=["hedge", "no risk", "nothing", "more", "not known", "within", "no risk within"],
)
def test_part_of_a_buy_is_taken_that_fits_or_that_helps(
    measure: Measure, added: Mapping[str, str], limit: str, takes: bool
) -> None:
    """RC-03, RC-13: what leaves a figure that is too large as it is is not worth an order."""
    shares = {Symbol(name): d(text) for name, text in added.items()}
    context = a_world(measure, limit)
    exactly = a_world(measure, "0.5" if measure is NET else "0.05")

    assert measure.takes_part(context, shares) is takes
    assert not measure.takes_part(replace(context, quotes={}), shares)
    assert measure.takes_part(replace(context, limits=RESEARCH_LIMITS), shares)
    assert measure.takes_part(exactly, {CASH: d("10")})


@pytest.mark.parametrize(
    ("quantity", "observed"),
    [("333", None), ("3333", None), ("3333.3", None), ("3333.4", "0.50002")],
)
def test_inverse_fund_counts_against_the_net_exposure_until_it_outweighs_the_rest(
    quantity: str, observed: str | None
) -> None:
    """RC-03: 0.5 less three times a third is -0.5 again, taken absolutely; above that is more."""
    verdict = asked(a_world(NET, "0.4"), NET, SQQQ=quantity)

    expected = refuse(RiskCode.MAX_NET_EXPOSURE, observed, "0.4", SQQQ)
    assert verdict == (expected if observed else None)


def test_net_exposure_of_longs_and_inverse_funds_is_taken_absolutely() -> None:
    """RC-03: 0.5 less 0.9 is -0.4."""
    assert asked(a_world(NET, "0.4"), NET, SQQQ="3000") is None
    assert asked(a_world(NET, "0.39999"), NET, SQQQ="3000") is None
    assert asked(a_world(NET, "0.3", "60"), NET, SQQQ="2100") == refuse(
        RiskCode.MAX_NET_EXPOSURE, "0.33", "0.3", SQQQ
    )


def test_value_at_risk_and_shortfall_are_those_of_the_bars() -> None:
    """RC-13: with 0.6, the second worst of four, they differ."""
    figures = []
    for measure in (VAR, SHORTFALL):
        context = a_world(measure, "0.0001")
        context = replace(context, limits=replace(context.limits, var_confidence=d("0.6")))
        assert context.history is not None
        assert context.history.markets is not None
        markets, spy = context.history.markets, [context.instruments[SPY]]
        known = markets.value_at_risk if measure is VAR else markets.expected_shortfall
        figure = known({SPY: d("0.6")}, spy, context.limits)

        assert asked(context, measure, SPY="20") == refuse(measure.code, figure, "0.0001", SPY)
        figures.append(figure)
    assert figures[0] < figures[1]


def test_figure_that_was_not_known_before_excuses_nothing() -> None:
    """OS-21."""
    known_after = Measure(
        code=RiskCode.MAX_VAR,
        limit=lambda limits: limits.max_var,
        figure=lambda held, _: d("0.2") if CASH in held else None,
    )

    verdict = asked(a_world(VAR, "0.1"), known_after, CASH="1")

    assert verdict == refuse(RiskCode.MAX_VAR, "0.2", "0.1", CASH)
    assert not known_after.takes_part(a_world(VAR, "0.1"), {CASH: d("1")})
    assert known_after.takes_part(a_world(VAR, "0.2"), {CASH: d("1")})


def test_figure_is_told_of_positions_as_shares_of_equity() -> None:
    """RC-13: at the mid, with what is held and what is wanted, in that order."""
    seen: list[Mapping[Symbol, Decimal]] = []

    def figure(held: Mapping[Symbol, Decimal], _: RiskContext) -> Decimal:
        seen.append(held)
        return d("0")

    measure = Measure(code=RiskCode.MAX_VAR, limit=lambda limits: limits.max_var, figure=figure)
    asked(a_world(VAR, "0.1"), measure, SQQQ="200", SPY="2")

    assert seen == [{SPY: d("0.51"), SQQQ: d("0.02")}]


@pytest.mark.parametrize("measure", MEASURES)
def test_no_sell_is_held_back_by_a_figure(measure: Measure) -> None:
    """RC-17: not even that of a hedge."""
    check, context = StaysWithin(measure), a_world(measure, "0.0001")

    assert check(an_order("SQQQ", "1", "10", side=Side.SELL), context) is None
    assert check(an_order("SPY", "1"), context) is not None
    assert check(an_order("SPY", "1"), replace(context, history=None, account=None)) is not None
