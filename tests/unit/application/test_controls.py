"""The controls prove themselves, and a control that is missing is seen."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.application.controls.prove import NOT_SET, Proof, controls_without_proof, prove
from alchemiser.application.controls.switches import SWITCHES
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk import clipping, markets, portfolio
from alchemiser.domain.risk.breakers import (
    DRAWDOWN_ACTIONS,
    RESEARCH_BREAKERS,
    Action,
    BreakerCode,
    BreakerLimits,
    Trip,
)
from alchemiser.domain.risk.catalogue import BREAKERS, CONTROLS
from alchemiser.domain.risk.checks import (
    FORBIDDING,
    ORDER_CHECKS,
    POOLS,
    SIZES,
    Check,
    FitsInto,
    StaysWithin,
)
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import (
    RESEARCH_LIMITS,
    OverLimit,
    RiskCode,
    RiskLimits,
    Violation,
)
from alchemiser.domain.risk.measures import MEASURES, Measure
from alchemiser.domain.risk.metrics import (
    historical_shortfall,
    historical_var,
    parametric_shortfall,
    parametric_var,
)
from alchemiser.domain.risk.pool import Maker
from alchemiser.domain.risk.portfolio import PortfolioAssessment, assess_portfolio
from alchemiser.domain.risk.watch import Readings, trips
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Sector

USUAL = RiskLimits()
CODES: Mapping[str, frozenset[str]] = {
    "account_known": frozenset({RiskCode.ACCOUNT_UNKNOWN, RiskCode.ACCOUNT_BLOCKED}),
    # After a trip the state is all that keeps the gate from buying.
    "trading_state": frozenset({RiskCode.TRADING_STATE, "breaker"}),
    "session_open": frozenset({RiskCode.SESSION_CLOSED}),
    "symbol_tradable": frozenset({
        RiskCode.SYMBOL_NOT_TRADABLE,
        RiskCode.SYMBOL_HALTED,
        RiskCode.SYMBOL_SUSPENDED,
        RiskCode.SYMBOL_DELISTED,
        RiskCode.CORPORATE_ACTION,
    }),
    "quantity_valid": frozenset({RiskCode.QUANTITY_INVALID}),
    "price_valid": frozenset({RiskCode.PRICE_INVALID}),
    "quote_usable": frozenset({RiskCode.PRICE_STALE, RiskCode.QUOTE_CROSSED}),
    "orders_per_day": frozenset({RiskCode.MAX_ORDERS_PER_DAY}),
    "orders_per_minute": frozenset({RiskCode.MAX_ORDERS_PER_MINUTE}),
    "orders_per_symbol": frozenset({RiskCode.MAX_ORDERS_PER_SYMBOL}),
    "daily_loss": frozenset({RiskCode.MAX_DAILY_LOSS}),
    "drawdown": frozenset({RiskCode.MAX_DRAWDOWN}),
    "order_quantity": frozenset({RiskCode.MAX_ORDER_QUANTITY}),
    "order_notional": frozenset({RiskCode.MAX_ORDER_NOTIONAL}),
    "order_equity": frozenset({RiskCode.MAX_ORDER_EQUITY}),
    "daily_volume": frozenset({RiskCode.MAX_ADV_SHARE}),
    "symbol_turnover": frozenset({RiskCode.MAX_SYMBOL_TURNOVER}),
    "turnover": frozenset({RiskCode.MAX_TURNOVER}),
    "position": frozenset({RiskCode.MAX_POSITION}),
    "sector": frozenset({RiskCode.MAX_SECTOR}),
    "asset_class": frozenset({RiskCode.MAX_ASSET_CLASS}),
    "underlying": frozenset({RiskCode.MAX_UNDERLYING}),
    "correlated": frozenset({RiskCode.MAX_CORRELATED}),
    "gross_exposure": frozenset({RiskCode.MAX_GROSS_EXPOSURE}),
    "leverage": frozenset({RiskCode.MAX_LEVERAGE}),
    "margin_use": frozenset({RiskCode.MAX_MARGIN_USE}),
}
"""Which controls a check is responsible for, where its name is not the control's."""
WHOLE_REFUSALS = (
    RiskCode.ACCOUNT_UNKNOWN,
    RiskCode.ACCOUNT_BLOCKED,
    RiskCode.TRADING_STATE,
    RiskCode.SESSION_CLOSED,
    RiskCode.POSITION_UNPRICED,
    RiskCode.MAX_ORDERS_PER_DAY,
)
"""What the first gate refuses a whole plan for."""


def name_of(check: object) -> str:
    """Return the name of a check, of the pools it looks at, or of the figure."""
    if isinstance(check, FitsInto):
        return name_of(check.maker)
    if isinstance(check, StaysWithin):
        return name_of(check.measure)
    return check.code.value if isinstance(check, Measure) else str(check.__name__)  # type: ignore[attr-defined]


def codes_of(check: object) -> frozenset[str]:
    return CODES.get(name_of(check)) or frozenset({RiskCode(name_of(check))})


def unproved(proofs: tuple[Proof, ...]) -> set[str]:
    return {proof.id for proof in proofs if not proof.proved}


def named(proofs: tuple[Proof, ...], start: str) -> set[str]:
    """Return the names of proofs that are `start` or a case of it."""
    return {proof.id for proof in proofs if f"{proof.id}.".startswith(f"{start}.")}


def gate_without(
    missing: Check, order: NewOrderSingle, context: RiskContext
) -> ApprovedOrder | Violation:
    for check in ORDER_CHECKS:
        found = None if check is missing else check(order, context)
        if found is not None:
            return found
    return ApprovedOrder(order=order)


def test_every_control_is_proved_by_an_order_of_its_own() -> None:
    """RC-17."""
    proofs = prove(USUAL)

    assert unproved(proofs) == set()
    assert len(proofs) >= 300
    assert len({proof.id for proof in proofs}) == len(proofs)
    assert controls_without_proof(proofs) == ()
    refusals = [proof for proof in proofs if not proof.id.startswith("sound_")]
    assert all(proof.order and proof.code and proof.observed for proof in refusals)
    assert all(proof.limit for proof in refusals)


def test_every_breaker_is_proved_and_has_a_row() -> None:
    """RC-17."""
    proofs = prove(USUAL)

    assert [one.code for one in BREAKERS] == list(dict.fromkeys(one.code for one in BREAKERS))
    assert {one.code for one in BREAKERS} == set(BreakerCode)
    assert all(named(proofs, f"breaker.{code}") for code in BreakerCode)


def test_catalogue_has_every_code_once_in_the_order_of_the_last_gate() -> None:
    listed = [one.code for one in CONTROLS]

    assert sorted(listed) == sorted(RiskCode)
    ranks = [
        min(listed.index(code) for code in listed if code in codes_of(c)) for c in ORDER_CHECKS
    ]
    assert ranks == sorted(ranks)


def test_every_limit_that_can_be_off_is_switched_by_its_own_field() -> None:
    """RC-16: a limit that is not in the table would stay on in orders that are not for it."""
    off = {
        name for name in RiskLimits.__dataclass_fields__ if getattr(RESEARCH_LIMITS, name) is None
    }

    assert set(SWITCHES.values()) == off - {"intraday_margin_since"}


@pytest.mark.parametrize("missing", ORDER_CHECKS, ids=name_of)
def test_check_that_is_missing_is_seen(missing: Check) -> None:
    """RC-17: a control that does not refuse is told, and no other is."""
    failed = unproved(
        prove(USUAL, gate=lambda order, context: gate_without(missing, order, context))
    )

    assert failed
    assert {name for name in failed if not codes_of(missing) & set(name.split("."))} == set()


def test_first_gate_that_lets_everything_pass_is_seen() -> None:
    """RC-17."""
    proofs = prove(USUAL, assess=lambda net, *_: PortfolioAssessment(net=net))

    assert unproved(proofs) == named(proofs, "plan")


def test_first_gate_that_says_that_it_cut_and_did_not_is_seen() -> None:
    """RC-01."""

    def uncut(
        net: tuple[NetIntent, ...], context: RiskContext, offset: object
    ) -> PortfolioAssessment:
        return replace(assess_portfolio(net, context, offset), net=net)  # type: ignore[arg-type]

    proofs = prove(USUAL, assess=uncut)

    assert unproved(proofs) == named(proofs, "plan")


def test_first_gate_that_cuts_and_does_not_say_so_is_seen() -> None:
    """RC-01."""

    def silent(*arguments: object) -> PortfolioAssessment:
        return replace(assess_portfolio(*arguments), limited=())  # type: ignore[arg-type]

    proofs = prove(USUAL, assess=silent)

    whole = set().union(*(named(proofs, f"plan.{code}") for code in WHOLE_REFUSALS))
    assert unproved(proofs) == named(proofs, "plan") - whole | {"plan.trading_state.reducing"}


@pytest.mark.parametrize("missing", POOLS, ids=name_of)
def test_limit_that_does_not_cut_is_seen(missing: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """RC-17: in the first gate, whether limits clip or refuse."""
    monkeypatch.setattr(portfolio, "POOLS", [one for one in POOLS if one is not missing])
    monkeypatch.setattr(portfolio, "SIZES", [one for one in SIZES if one is not missing])

    proofs = prove(USUAL)

    assert unproved(proofs) == named(proofs, f"plan.{next(iter(codes_of(missing)))}")
    assert len(unproved(proofs)) >= 2


@pytest.mark.parametrize("missing", MEASURES, ids=name_of)
def test_figure_that_does_not_cut_is_seen(
    missing: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RC-17."""
    monkeypatch.setattr(clipping, "MEASURES", [one for one in MEASURES if one is not missing])

    proofs = prove(USUAL)

    assert unproved(proofs) == named(proofs, f"plan.{missing.code}")
    assert len(unproved(proofs)) >= 2


@pytest.mark.parametrize("missing", FORBIDDING, ids=name_of)
def test_ban_that_the_first_gate_ignores_is_seen(
    missing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RC-17."""
    monkeypatch.setattr(clipping, "FORBIDDING", [one for one in FORBIDDING if one is not missing])

    assert unproved(prove(USUAL)) == {f"plan.{next(iter(codes_of(missing)))}"}


@pytest.mark.parametrize("missing", WHOLE_REFUSALS)
def test_plan_that_is_not_refused_as_a_whole_is_seen(missing: RiskCode) -> None:
    """OS-17, RC-17."""

    def assess(
        net: tuple[NetIntent, ...], context: RiskContext, offset: object
    ) -> PortfolioAssessment:
        found = assess_portfolio(net, context, offset)  # type: ignore[arg-type]
        refused = tuple(one for one in found.refused if one.code is not missing)
        return found if refused == found.refused else PortfolioAssessment(net=net, refused=refused)

    proofs = prove(USUAL, assess=assess)

    expected = named(proofs, f"plan.{missing}") - {"plan.trading_state.reducing"}
    assert unproved(proofs) == expected
    assert expected


@pytest.mark.parametrize("choice", OverLimit)
def test_first_gate_that_does_as_it_likes_with_what_is_too_much_is_seen(choice: OverLimit) -> None:
    """RC-01."""

    def assess(
        net: tuple[NetIntent, ...], context: RiskContext, offset: object
    ) -> PortfolioAssessment:
        limits = replace(context.limits, over_limit=choice)
        return assess_portfolio(net, replace(context, limits=limits), offset)  # type: ignore[arg-type]

    proofs = prove(USUAL, assess=assess)

    whole = {proof.id for proof in proofs if proof.id.endswith(".whole")}
    clipped = {name.removesuffix(".whole") for name in whole}
    assert unproved(proofs) == (whole if choice is OverLimit.CLIP else clipped)
    assert len(whole) >= 50


@pytest.mark.parametrize(
    ("figures", "only", "lost"),
    [
        ("_VAR", historical_var, "max_var.parametric"),
        ("_SHORTFALL", historical_shortfall, "max_expected_shortfall.parametric"),
        ("_VAR", parametric_var, "max_var.historical"),
        ("_SHORTFALL", parametric_shortfall, "max_expected_shortfall.historical"),
    ],
)
def test_figure_of_risk_that_is_missing_is_seen(
    figures: str, only: object, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RC-13."""
    monkeypatch.setattr(markets, figures, (only,))

    assert unproved(prove(USUAL)) == {lost, f"plan.{lost}", f"plan.{lost}.whole"}


@pytest.mark.parametrize("missing", BreakerCode)
def test_breaker_that_does_not_trip_is_seen(missing: BreakerCode) -> None:
    """RC-17."""

    def watch(limits: BreakerLimits, readings: Readings) -> tuple[Trip, ...]:
        return tuple(trip for trip in trips(limits, readings) if trip.code is not missing)

    proofs = prove(USUAL, watch=watch)

    assert unproved(proofs) == named(proofs, f"breaker.{missing}")
    assert unproved(proofs)


def test_breaker_after_which_trading_goes_on_is_seen() -> None:
    """RC-06."""

    def watch(limits: BreakerLimits, readings: Readings) -> tuple[Trip, ...]:
        return tuple(replace(trip, action=Action.DISABLE) for trip in trips(limits, readings))

    proofs = prove(USUAL, watch=watch)

    of_strategies = set().union(
        *(named(proofs, f"breaker.{code}") for code in BreakerCode if code.startswith("strategy"))
    )
    assert unproved(proofs) == named(proofs, "breaker") - of_strategies


def test_breakers_that_always_trip_prove_nothing() -> None:
    def watch(limits: BreakerLimits, readings: Readings) -> tuple[Trip, ...]:
        return trips(limits, replace(readings, broken=True))

    failed = unproved(prove(USUAL, watch=watch))

    assert {"sound_readings", "breaker.data_loss", "breaker.runaway"} <= failed


def test_gate_that_refuses_everything_proves_nothing() -> None:
    no = Violation(code=RiskCode.ACCOUNT_BLOCKED, observed="blocked", limit="open")

    failed = unproved(prove(USUAL, gate=lambda *_: no))

    assert {
        "sound_buy",
        "sound_sell",
        "max_position.stock",
        "breaker.margin.above_equity",
    } <= failed


def test_first_gate_that_refuses_everything_proves_nothing() -> None:
    no = Violation(code=RiskCode.ACCOUNT_BLOCKED, observed="blocked", limit="open")

    proofs = prove(USUAL, assess=lambda *_: PortfolioAssessment(net=(), refused=(no,)))

    assert unproved(proofs) == {"sound_plan", *named(proofs, "plan")} - {"plan.account_blocked"}


def test_limits_that_are_not_set_are_proved_with_others_and_say_so() -> None:
    proofs = prove(RESEARCH_LIMITS, RESEARCH_BREAKERS)

    assert unproved(proofs) == set()
    marked = {proof.id for proof in proofs if proof.limit.endswith(NOT_SET)}
    expected: set[str] = set()
    for code in SWITCHES:
        expected |= named(proofs, code) | named(proofs, f"plan.{code}")
    for name in (
        *("drawdown", "daily_loss", "pnl_trend", "losing_streak", "data_loss"),
        *("strategy_drawdown", "strategy_daily_loss", "strategy_failures"),
    ):
        expected |= named(proofs, f"breaker.{name}")
    assert marked == expected


def test_limits_of_a_class_or_a_symbol_are_proved_one_by_one() -> None:
    """RC-01, RC-02."""
    proofs = prove(replace(USUAL, max_position_symbol={Symbol("TQQQ"): USUAL.max_order_equity}))  # type: ignore[dict-item]

    names = {proof.id for proof in proofs}
    assert {f"max_position.{kind}" for kind in AssetClass} | {"max_position.TQQQ"} <= names
    assert {f"max_asset_class.{kind}" for kind in AssetClass} <= names
    assert {f"max_sector.{sector}" for sector in Sector} <= names


def test_symbols_of_the_owner_are_not_mixed_up_with_those_of_the_proof() -> None:
    """RC-16: an owner may restrict, or limit, a symbol that the proof made up."""
    owners = replace(
        USUAL,
        restricted=frozenset({Symbol("BRD"), Symbol("STK")}),
        max_position_symbol={Symbol("STK"): USUAL.price_collar, Symbol("TSLA"): USUAL.max_spread},
    )

    proofs = prove(replace(owners, restricted=owners.restricted | {Symbol("TSLA")}))

    assert unproved(proofs) == set()
    assert {"max_position.STK", "max_position.TSLA"} <= {proof.id for proof in proofs}


shares = st.decimals("0.01", "1", places=2)
multiples = st.decimals("0.05", "4", places=2)
counts = st.integers(1, 300)
classes = st.fixed_dictionaries(dict.fromkeys(AssetClass, shares))
limits_of_owners = st.builds(
    RiskLimits,
    max_position=classes,
    max_position_symbol=st.fixed_dictionaries({Symbol("TQQQ"): shares}),
    max_sector=st.fixed_dictionaries(dict.fromkeys(Sector, multiples)),
    max_asset_class=classes,
    max_underlying=multiples,
    correlation_threshold=shares,
    correlation_sessions=st.integers(20, 250),
    max_gross_exposure=multiples,
    max_net_exposure=multiples,
    max_leverage=multiples,
    max_margin_use=shares,
    max_var=st.none() | shares,
    max_expected_shortfall=shares,
    var_confidence=st.decimals("0.9", "0.999", places=3),
    var_sessions=st.integers(60, 1000),
    max_order_quantity=st.none() | st.decimals("2", "100000", places=0),
    max_order_notional=st.none() | st.decimals("10", "900000", places=0),
    max_order_equity=shares,
    max_adv_share=st.none() | shares,
    adv_sessions=st.integers(5, 250),
    max_symbol_turnover=st.decimals("0.01", "100", places=2),
    max_turnover=st.none() | st.decimals("0.01", "100", places=2),
    max_orders_per_day=counts,
    max_orders_per_minute=counts,
    max_orders_per_symbol=st.none() | counts,
    max_repeats=counts,
    max_reversals=counts,
    reversal_sessions=st.integers(1, 60),
    max_daily_loss=shares,
    max_drawdown=shares,
    max_spread=st.decimals("0.001", "0.2", places=3),
    price_collar=st.decimals("0.001", "0.2", places=3),
    quote_age_seconds_max=st.integers(1, 3600),
    restricted=st.frozensets(st.just(Symbol("TSLA"))),
    over_limit=st.sampled_from(OverLimit),
    intraday_margin_since=st.none() | st.dates(),
)
breakers_of_owners = st.builds(
    BreakerLimits,
    max_daily_loss=st.none() | shares,
    max_drawdown=shares,
    drawdown_action=st.sampled_from(DRAWDOWN_ACTIONS),
    max_trend_loss=shares,
    trend_sessions=st.integers(1, 63),
    max_losing_sessions=st.none() | st.integers(1, 63),
    strategy_max_daily_loss=shares,
    strategy_max_drawdown=st.none() | shares,
    strategy_failures_max=st.integers(1, 100),
    cycle_failures_max=st.integers(1, 100),
    refusals_max=st.integers(1, 1000),
    data_losses_max=st.none() | st.integers(1, 100),
    clock_skew_seconds_max=st.integers(1, 3600),
    cool_off_sessions=st.integers(0, 60),
)


@given(limits=limits_of_owners, breakers=breakers_of_owners)
def test_whatever_the_owner_allows_every_control_is_proved(
    limits: RiskLimits, breakers: BreakerLimits
) -> None:
    """RC-16, RC-17."""
    proofs = prove(limits, breakers)

    assert unproved(proofs) == set()
    assert controls_without_proof(proofs) == ()
