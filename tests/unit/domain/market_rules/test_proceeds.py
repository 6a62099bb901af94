"""Proceeds are money from the day on which they settle, and only money is spent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market_rules.proceeds import (
    LOOK_BACK_DAYS,
    good_faith_refusal,
    settled_cash,
    unsettled_proceeds,
)
from alchemiser.domain.market_rules.settlement import has_settled, settles_on

SALES = [
    (date(2025, 1, 2), Decimal("100.25")),
    (date(2025, 1, 3), Decimal(40)),
    (date(2025, 1, 3), Decimal(2)),
]


def sessions(first: date, last: date) -> list[date]:
    return [one.day for one in SessionTable().sessions(first, last)]


@pytest.mark.parametrize(
    ("day", "dollars"),
    [
        (date(2025, 1, 2), "142.25"),
        (date(2025, 1, 3), "42"),
        (date(2025, 1, 5), "42"),  # a Sunday
        (date(2025, 1, 6), "0"),
    ],
)
def test_proceeds_wait_for_their_settlement(day: date, dollars: str) -> None:
    """SE-01."""
    assert unsettled_proceeds(day, SALES, sessions(SALES[0][0], day)) == Decimal(dollars)


def test_cycle_is_that_of_the_trade_and_not_of_the_day_asked_about() -> None:
    """SE-01: the last trade of T+2 still takes two days when T+1 has begun."""
    sold = [(date(2024, 5, 24), Decimal(5)), (date(2024, 5, 28), Decimal(7))]

    def left(day: date) -> Decimal:
        return unsettled_proceeds(day, sold, sessions(sold[0][0], day))

    assert left(date(2024, 5, 28)) == 12
    assert left(date(2024, 5, 29)) == 0


@given(
    traded=st.dates(date(1990, 1, 2), date(2030, 11, 30)),
    later=st.integers(0, LOOK_BACK_DAYS),
)
def test_what_has_settled_is_what_settles_by_then(traded: date, later: int) -> None:
    """SE-01: two ways to one answer, and no trade takes longer than is looked back."""
    day = traded + timedelta(days=later)
    settles = settles_on(traded, sessions(traded, traded + timedelta(days=LOOK_BACK_DAYS)))

    assert has_settled(traded, day, sessions(traded, day)) is (settles <= day)
    assert settles <= traded + timedelta(days=LOOK_BACK_DAYS)


@pytest.mark.parametrize(
    ("cost", "refused"), [("50", None), ("50.01", ("50.01", "50")), ("0", None)]
)
def test_buys_of_a_cash_account_cost_settled_money_alone(
    cost: str, refused: tuple[str, str] | None
) -> None:
    """SE-06: 100 dollars, of which 30 are not settled and 20 reserved."""
    found = good_faith_refusal(
        Decimal(cost), cash=Decimal(100), unsettled=Decimal(30), reserved=Decimal(20)
    )

    assert found == refused


def test_money_that_was_spent_too_early_leaves_none() -> None:
    """SE-06."""
    assert settled_cash(Decimal(20), Decimal(50)) == -30
    assert good_faith_refusal(
        Decimal(1), cash=Decimal(20), unsettled=Decimal(50), reserved=Decimal(0)
    ) == ("1", "0")
