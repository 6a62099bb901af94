"""What an order lacks is all that did not fill, by cause, as the facts have it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.execution import facts
from alchemiser.domain.orders.messages import ExecType
from alchemiser.domain.parity.components import Component
from alchemiser.domain.parity.lacking import Cause, lacking
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.testing.builders import (
    NOW,
    a_bust,
    a_correction,
    a_fill,
    a_planned_order,
    a_report,
    an_order,
)

REQUEST = an_order("SPY", "10")
PLANNED = a_planned_order(REQUEST, reference="500", klm="6", tecl="4")
INTENDED = facts.OrderIntended(order=REQUEST, expire_time=NOW)


def refused(code: RiskCode) -> facts.OrderRefused:
    return facts.OrderRefused(
        order=REQUEST, violation=Violation(code=code, observed="2", limit="1")
    )


def reduced(planned: str, released: str) -> facts.OrderReduced:
    return facts.OrderReduced(
        cl_ord_id=REQUEST.cl_ord_id,
        planned=Decimal(planned),
        released=Decimal(released),
        code=RiskCode.MAX_ORDER_NOTIONAL,
    )


def rejection(code: str) -> facts.OrderRejected:
    return facts.OrderRejected(cl_ord_id=REQUEST.cl_ord_id, code=code, text="because")


def given_up(reason: str = "nobody took it") -> facts.DoneForDay:
    return facts.DoneForDay(cl_ord_id=REQUEST.cl_ord_id, leaves_qty=Decimal(1), reason=reason)


def reported(kind: ExecType) -> facts.ExecutionReported:
    return facts.ExecutionReported(report=a_report(REQUEST, kind))


FILL = facts.ExecutionReported(report=a_fill(REQUEST, "3", "500", exec_id="f1"))
BUST = facts.ExecutionReported(report=a_bust(REQUEST, "f1"))
REJECTED = reported(ExecType.REJECTED)


@pytest.mark.parametrize(
    ("filled", "told", "lacks"),
    [
        ("10", [INTENDED, FILL], {}),
        ("0", [], {Cause.GIVEN_UP: "10"}),
        ("0", [refused(RiskCode.MAX_SPREAD)], {Cause.GATE: "10"}),
        ("0", [refused(RiskCode.DEADLINE)], {Cause.GIVEN_UP: "10"}),
        ("0", [INTENDED, rejection("42")], {Cause.VENUE: "10"}),
        ("0", [INTENDED, rejection(facts.ABSENT)], {Cause.GIVEN_UP: "10"}),
        ("0", [INTENDED, REJECTED, given_up()], {Cause.VENUE: "10"}),
        ("0", [INTENDED, REJECTED, INTENDED, given_up()], {Cause.GIVEN_UP: "10"}),
        ("3", [INTENDED, FILL, given_up()], {Cause.PARTIAL: "7"}),
        ("3", [INTENDED, FILL, rejection("42")], {Cause.VENUE: "7"}),
        ("0", [INTENDED, FILL, BUST, given_up()], {Cause.TAKEN_BACK: "3", Cause.GIVEN_UP: "7"}),
        ("6", [reduced("10", "6"), INTENDED], {Cause.LIMIT: "4"}),
        (
            "3",
            [reduced("10", "6"), INTENDED, FILL, given_up()],
            {Cause.LIMIT: "4", Cause.PARTIAL: "3"},
        ),
        (
            "2",
            [reduced("10", "6"), INTENDED, FILL, reduced("3", "1"), refused(RiskCode.CHURN)],
            {Cause.LIMIT: "6", Cause.GATE: "1", Cause.TAKEN_BACK: "1"},
        ),
        ("12", [INTENDED, FILL], {}),
    ],
)
def test_each_end_is_its_cause(
    filled: str, told: list[facts.Fact], lacks: dict[Cause, str]
) -> None:
    """BT-06."""
    found = lacking(PLANNED, Decimal(filled), told)

    assert {one.cause: one.quantity for one in found} == {
        cause: Decimal(shares) for cause, shares in lacks.items()
    }


def test_correction_to_fewer_shares_takes_the_rest_back() -> None:
    correction = a_correction(REQUEST, "f1", "2", "500")
    fixed = facts.ExecutionReported(report=correction)
    told: list[facts.Fact] = [INTENDED, FILL, fixed, given_up("late")]

    taken, rest = lacking(PLANNED, Decimal(2), told)

    assert (taken.cause, taken.quantity) == (Cause.TAKEN_BACK, Decimal(1))
    assert (rest.cause, rest.quantity, rest.text) == (Cause.PARTIAL, Decimal(7), "late")


EVENTS = st.sampled_from([
    INTENDED,
    FILL,
    BUST,
    REJECTED,
    given_up(),
    rejection("42"),
    rejection(facts.ABSENT),
    refused(RiskCode.CHURN),
    refused(RiskCode.DEADLINE),
    reduced("10", "6"),
    reduced("6", "1"),
])


@given(st.lists(EVENTS, max_size=8), st.integers(0, 12))
def test_lacks_are_all_that_did_not_fill_in_the_order_of_the_chain(
    told: list[facts.Fact], filled: int
) -> None:
    """BT-06: whatever the records say, nothing is lacking twice and nothing is left over."""
    found = lacking(PLANNED, Decimal(filled), told)

    assert sum(one.quantity for one in found) == max(10 - filled, 0)
    assert all(one.quantity > 0 for one in found)
    chain = list(Component)
    places = [chain.index(one.cause.component()) for one in found]
    assert places == sorted(places)
