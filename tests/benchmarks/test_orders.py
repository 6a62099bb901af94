"""What `make bench-orders` measures is what it says: every order is filled and booked."""

from dataclasses import replace

import pytest

from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from tests.benchmarks import order_task
from tests.benchmarks.order_flow import measured
from tests.benchmarks.order_task import Result, expected, orders_in, sessions_for


@pytest.mark.parametrize("limits", [RESEARCH_LIMITS, RiskLimits()])
def test_all_orders_are_filled_at_their_prices(limits: RiskLimits) -> None:
    done = measured(4, limits)

    assert done.agrees(expected(4))
    assert done.orders == 70
    assert done.seconds > 0


def test_other_prices_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = expected(4)
    monkeypatch.setattr(order_task, "price", lambda session, place: 5_000 + session + place)

    assert not expected(4).agrees(right)


def test_another_order_is_noticed() -> None:
    right = expected(4)

    assert not replace(right, orders=right.orders - 1).agrees(right)
    assert not replace(right, held=(*right.held[:-1], 0)).agrees(right)


def test_a_result_is_told_and_read() -> None:
    right = replace(expected(3), seconds=0.25)

    assert Result.of(right.text()) == right


@pytest.mark.parametrize("orders", [1, 10, 11, 30, 31, 10_000])
def test_there_are_as_many_orders_as_asked_for_or_a_few_more(orders: int) -> None:
    assert 0 <= orders_in(sessions_for(orders)) - orders < 20
