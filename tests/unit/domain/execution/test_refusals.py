"""The last word on an order: refused, by whom and why, or taken."""

from datetime import UTC, datetime

from alchemiser.domain.execution.facts import (
    ABSENT,
    Fact,
    OrderIntended,
    OrderRefused,
    OrderRejected,
)
from alchemiser.domain.execution.refusals import last_refusals
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import an_order

SPY = Symbol("SPY")
ORDER = an_order(SPY, "1")
SENT = OrderIntended(order=ORDER, expire_time=datetime(2024, 8, 5, 15, tzinfo=UTC))
REFUSED = OrderRefused(
    order=ORDER,
    violation=Violation(code=RiskCode.MAX_SPREAD, observed="0.03", limit="0.02", symbol=SPY),
)


def rejected(code: str) -> Fact:
    return OrderRejected(cl_ord_id=ORDER.cl_ord_id, code=code, text="no")


def test_gate_and_broker_are_told_apart() -> None:
    assert last_refusals([REFUSED]) == {SPY: "max_spread is 0.03, the limit 0.02"}
    assert last_refusals([SENT, rejected("halted")]) == {SPY: "the broker refused it, halted: no"}


def test_what_was_taken_after_it_or_never_had_is_no_refusal() -> None:
    assert last_refusals([REFUSED, SENT]) == {}
    assert last_refusals([SENT, rejected(ABSENT)]) == {}
