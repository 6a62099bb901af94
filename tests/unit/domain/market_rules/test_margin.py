"""Positions require a share of their value, by date, price and leverage."""

from datetime import date
from decimal import Decimal

import pytest

from alchemiser.domain.market_rules.margin import (
    Holding,
    initial_requirement,
    maintenance_requirement,
    maintenance_share,
)

TODAY = date(2026, 7, 1)


def held(quantity: str, price: str, leverage: str = "1") -> Holding:
    return Holding(quantity=Decimal(quantity), price=Decimal(price), leverage=Decimal(leverage))


@pytest.mark.parametrize(
    ("price", "leverage", "share"),
    [
        ("2.49", "1", "1"),
        ("2.50", "1", "0.5"),
        ("6.00", "1", "0.5"),
        ("6.01", "1", "0.3"),
        ("100", "1", "0.3"),
        ("100", "-1", "0.3"),
        ("100", "2", "0.5"),
        ("100", "-2", "0.5"),
        ("100", "3", "0.75"),
        ("100", "-3", "0.75"),
        ("100", "5", "1"),  # never more than all
        ("3", "3", "0.75"),  # whichever asks more
        ("2", "3", "1"),
    ],
)
def test_cheap_shares_and_leveraged_funds_require_more(
    price: str, leverage: str, share: str
) -> None:
    """SE-04."""
    assert maintenance_share(TODAY, Decimal(price), Decimal(leverage)) == Decimal(share)


def test_requirement_is_the_sum_over_the_positions() -> None:
    """SE-04: 100 x 50 x 0.3, 10 x 80 x 0.75 and 40 x 2 x 1."""
    positions = [held("100", "50"), held("10", "80", "-3"), held("40", "2")]

    assert maintenance_requirement(TODAY, positions) == 1500 + 600 + 80
    assert maintenance_requirement(TODAY, []) == 0


def test_buying_requires_half_and_never_less_than_holding() -> None:
    """SE-04: Regulation T's half of 5000, the fund's three quarters, all of the cheap share."""
    positions = [held("100", "50"), held("10", "80", "-3"), held("40", "2")]

    assert initial_requirement(TODAY, positions) == 2500 + 600 + 80


def test_position_without_a_price_requires_nothing() -> None:
    assert maintenance_requirement(TODAY, [held("100", "0")]) == 0
