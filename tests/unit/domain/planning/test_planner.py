"""One plan of one order an intent: sells first, whole increments, no dust (OS-17)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import Crossing, OnFailure, OrderPlan
from alchemiser.domain.planning.planner import PlanInputs, PlanSettings, make_plan, orderable
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import (
    ACCOUNT,
    DAY,
    NOW,
    SESSION,
    a_planned_order,
    an_intent,
    an_order,
    some_claims,
)
from alchemiser.testing.fakes import quote

SPY, AGG, BRKB, GLD = Symbol("SPY"), Symbol("AGG"), Symbol("BRK.B"), Symbol("GLD")
QUOTES = {
    one.symbol: one
    for one in (
        quote("AGG", "97.90", "98.10", at=NOW),
        quote("BRK.B", "430.10", "430.30", at=NOW),
        quote("GLD", "199.90", "200.10", at=NOW),
        quote("SPY", "499.90", "500.10", at=NOW),
    )
}
INSTRUMENTS = {name: Instrument(symbol=name) for name in QUOTES} | {
    BRKB: Instrument(symbol=BRKB, quantity_increment=Decimal(1))
}
NOTHING_HELD: Mapping[Symbol, Decimal] = {}


def inputs(held: Mapping[Symbol, Decimal] = NOTHING_HELD) -> PlanInputs:
    return PlanInputs(
        account=ACCOUNT,
        session=DAY,
        deadline=SESSION.close_at,
        quotes=QUOTES,
        instruments=INSTRUMENTS,
        held=held,
    )


def planned(*net: NetIntent, held: Mapping[Symbol, Decimal] = NOTHING_HELD) -> OrderPlan:
    return make_plan(net, (), inputs(held), PlanSettings(minimum_trade=Decimal(20)))


def test_plan_holds_the_session_its_deadline_and_the_crossings() -> None:
    crossing = Crossing(
        symbol=SPY,
        price=Decimal(500),
        quantity=Decimal(3),
        buys=some_claims(klm="3"),
        sells=some_claims(tecl="3"),
    )

    plan = make_plan((), (crossing,), inputs(), PlanSettings())

    assert plan == OrderPlan(
        account=ACCOUNT, session=DAY, deadline=SESSION.close_at, crossings=(crossing,)
    )


@pytest.mark.parametrize("policy", OnFailure)
def test_plan_holds_what_becomes_of_it_when_an_order_fails(policy: OnFailure) -> None:
    """OS-17."""
    plan = make_plan((), (), inputs(), PlanSettings(on_failure=policy))

    assert plan.on_failure is policy


def test_order_asks_through_the_touch_for_the_books_that_claim() -> None:
    """OS-10: half a percent through the ask of 500.10, decided at the mid."""
    plan = planned(an_intent("SPY", klm="3", tecl="4.5"))

    assert plan.orders == (
        a_planned_order(an_order("SPY", "7.5", "502.60"), reference="500", klm="3", tecl="4.5"),
    )


def test_sells_come_before_buys_each_side_by_symbol() -> None:
    """OS-18."""
    plan = planned(
        an_intent("AGG", klm="3"),
        an_intent("BRK.B", buy=False, klm="3"),
        an_intent("GLD", buy=False, klm="3"),
        an_intent("SPY", klm="3"),
    )

    assert [(order.side, order.symbol) for order in plan.orders] == [
        (Side.SELL, BRKB),
        (Side.SELL, GLD),
        (Side.BUY, AGG),
        (Side.BUY, SPY),
    ]


def test_share_class_is_named_without_its_dot_and_asked_for_with_it() -> None:
    """OS-08."""
    order = planned(an_intent("BRK.B", klm="3")).orders[0]

    assert order.cl_ord_id.startswith("alc-YWC0RN-20240805-BRKB-b1-")
    assert order.cl_ord_id == an_order("BRK.B").cl_ord_id
    assert order.request().symbol == "BRK.B"


@pytest.mark.parametrize(
    ("wanted", "ordered"), [("3", "3"), ("3.999999999", "3"), ("4.2", "4"), ("0.9", None)]
)
def test_share_that_cannot_be_divided_is_ordered_whole(wanted: str, ordered: str | None) -> None:
    """OS-14: the rest is left out, down to nothing at all."""
    plan = planned(an_intent("BRK.B", klm=wanted))

    assert [order.quantity for order in plan.orders] == ([Decimal(ordered)] if ordered else [])


def test_claims_shrink_with_the_rounding_pro_rata() -> None:
    """OS-14."""
    order = planned(an_intent("BRK.B", klm="3.2", tecl="1.6")).orders[0]

    assert order.quantity == 4
    assert order.claims == some_claims(klm="2.666666667", tecl="1.333333333")


@pytest.mark.parametrize(("quantity", "made"), [("0.099999999", False), ("0.1", True)])
@pytest.mark.parametrize("buy", [True, False])
def test_order_below_the_smallest_trade_is_not_made(
    quantity: str, *, buy: bool, made: bool
) -> None:
    """Twenty dollars at the mid of 200 are 0.1 GLD."""
    plan = planned(an_intent("GLD", buy=buy, klm=quantity), held={GLD: Decimal(5)})

    assert bool(plan.orders) is made


@pytest.mark.parametrize(
    ("worthwhile", "made"), [("999.99", True), ("1000", True), ("1000.01", False)]
)
def test_order_within_the_drift_band_of_all_who_claim_it_is_not_made(
    worthwhile: str, *, made: bool
) -> None:
    intent = replace(an_intent("GLD", klm="5"), worthwhile=Decimal(worthwhile))

    assert bool(planned(intent).orders) is made


def test_full_exit_is_never_dust() -> None:
    exit_all = an_intent("GLD", buy=False, klm="0.000000003", tecl="0.000000004")

    assert planned(exit_all, held={GLD: Decimal("0.000000007")}).orders[0].quantity == Decimal(
        "0.000000007"
    )
    assert planned(exit_all, held={GLD: Decimal("0.000000008")}).orders == ()
    assert planned(exit_all).orders == ()


def test_buy_of_as_much_as_is_held_is_no_exit() -> None:
    assert planned(an_intent("GLD", klm="0.01"), held={GLD: Decimal("0.01")}).orders == ()


def test_what_is_orderable_is_what_the_plan_orders() -> None:
    """The first gate counts on every sell it sees, so it must not see those that fall away."""
    net = (
        an_intent("AGG", buy=False, klm="0.1"),
        an_intent("BRK.B", buy=False, klm="3.2", tecl="1.6"),
        an_intent("GLD", klm="0.0999"),
        an_intent("SPY", klm="2"),
    )
    settings = PlanSettings(minimum_trade=Decimal(20))

    left = orderable(net, inputs(), settings)

    assert left == (
        an_intent("BRK.B", buy=False, klm="2.666666667", tecl="1.333333333"),
        an_intent("SPY", klm="2"),
    )
    assert orderable(left, inputs(), settings) == left
    assert make_plan(left, (), inputs(), settings) == make_plan(net, (), inputs(), settings)


def test_defaults_trade_from_five_dollars_half_a_percent_through_the_touch() -> None:
    assert PlanSettings() == PlanSettings(minimum_trade=Decimal(5), limit_offset=Decimal("0.005"))
