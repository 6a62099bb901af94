"""The controls prove themselves, and a control that is missing is seen."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.application.controls.prove import NOT_SET, Proof, controls_without_proof, prove
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.risk.catalogue import CONTROLS
from alchemiser.domain.risk.checks import ORDER_CHECKS, Check
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, RiskLimits, Violation
from alchemiser.domain.risk.portfolio import PortfolioAssessment, assess_portfolio
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass

USUAL = RiskLimits()
CODES: Mapping[str, frozenset[RiskCode]] = {
    "account_known": frozenset({RiskCode.ACCOUNT_UNKNOWN, RiskCode.ACCOUNT_BLOCKED}),
    "session_open": frozenset({RiskCode.SESSION_CLOSED}),
    "symbol_tradable": frozenset({RiskCode.SYMBOL_NOT_TRADABLE}),
    "quantity_valid": frozenset({RiskCode.QUANTITY_INVALID}),
    "price_valid": frozenset({RiskCode.PRICE_INVALID}),
    "quote_usable": frozenset({RiskCode.PRICE_STALE, RiskCode.QUOTE_CROSSED}),
    "orders_per_day": frozenset({RiskCode.MAX_ORDERS_PER_DAY}),
    "order_notional": frozenset({RiskCode.MAX_ORDER_NOTIONAL, RiskCode.MAX_ORDER_EQUITY}),
    "max_gross_exposure": frozenset({RiskCode.MAX_GROSS_EXPOSURE, RiskCode.POSITION_UNPRICED}),
}
"""Which controls a check is responsible for, where its name is not the control's."""


def unproved(proofs: tuple[Proof, ...]) -> set[str]:
    return {proof.id for proof in proofs if not proof.proved}


def gate_without(missing: Check, order: NewOrderSingle, context: RiskContext) -> object:
    for check in ORDER_CHECKS:
        found = None if check is missing else check(order, context)
        if found is not None:
            return found
    return ApprovedOrder(order=order)


def test_every_control_is_proved_by_an_order_of_its_own() -> None:
    """RC-17."""
    proofs = prove(USUAL)

    assert unproved(proofs) == set()
    assert len(proofs) >= 40
    assert len({proof.id for proof in proofs}) == len(proofs)
    assert controls_without_proof(proofs) == ()
    assert all(proof.observed and proof.limit for proof in proofs if proof.code != "approved")


def test_catalogue_has_every_code_once() -> None:
    assert sorted(one.code for one in CONTROLS) == sorted(RiskCode)


@pytest.mark.parametrize("missing", ORDER_CHECKS, ids=lambda check: check.__name__)
def test_check_that_is_missing_is_seen(missing: Check) -> None:
    """RC-17: a control that does not refuse is told, and no other is."""

    def gate(order: NewOrderSingle, context: RiskContext) -> ApprovedOrder | Violation:
        answer = gate_without(missing, order, context)
        assert isinstance(answer, ApprovedOrder | Violation)
        return answer

    failed = unproved(prove(USUAL, gate))

    assert failed
    codes = CODES.get(missing.__name__) or {RiskCode(missing.__name__)}
    assert {name.partition(".")[0] for name in failed} <= codes


def test_first_gate_that_lets_everything_pass_is_seen() -> None:
    """RC-17."""
    failed = unproved(prove(USUAL, assess=lambda net, *_: PortfolioAssessment(net=net)))

    assert len(failed) == 11
    assert all(name.startswith("plan.") for name in failed)


def test_first_gate_that_does_not_cut_is_seen() -> None:
    """RC-01."""

    def uncut(*arguments: object) -> PortfolioAssessment:
        return replace(assess_portfolio(*arguments), limited=())  # type: ignore[arg-type]

    assert unproved(prove(USUAL, assess=uncut)) == {
        "plan.buying_power",
        "plan.max_gross_exposure",
        "plan.max_position",
        "plan.restricted",
        "plan.trading_state.reducing",
    }


def test_gate_that_refuses_everything_proves_nothing() -> None:
    no = Violation(code=RiskCode.ACCOUNT_BLOCKED, observed="blocked", limit="open")

    failed = unproved(prove(USUAL, lambda *_: no))

    assert {"sound_buy", "sound_sell", "max_position.stock"} <= failed


def test_limits_that_are_not_set_are_proved_with_others_and_say_so() -> None:
    proofs = prove(RESEARCH_LIMITS)

    assert unproved(proofs) == set()
    assert {proof.id.partition(".")[0] for proof in proofs if proof.limit.endswith(NOT_SET)} == {
        "max_order_equity",
        "max_order_notional",
        "max_order_quantity",
        "max_orders_per_day",
        "max_position",
        "max_gross_exposure",
    }


shares = st.decimals("0.01", "1", places=2)
limits_of_owners = st.builds(
    RiskLimits,
    max_position=st.fixed_dictionaries(dict.fromkeys(AssetClass, shares)),
    max_position_symbol=st.fixed_dictionaries({Symbol("TQQQ"): shares}),
    max_gross_exposure=st.decimals("0.05", "4", places=2),
    max_order_quantity=st.none() | st.decimals("2", "100000", places=0),
    max_spread=st.decimals("0.001", "0.2", places=3),
    restricted=st.frozensets(st.just(Symbol("TSLA"))),
    max_order_notional=st.none() | st.decimals("10", "900000", places=0),
    max_order_equity=shares,
    max_orders_per_day=st.integers(1, 500),
    price_collar=st.decimals("0.001", "0.2", places=3),
    quote_age_seconds_max=st.integers(1, 3600),
)


@given(limits=limits_of_owners)
def test_whatever_the_owner_allows_every_control_is_proved(limits: RiskLimits) -> None:
    """RC-16, RC-17."""
    assert unproved(prove(limits)) == set()
