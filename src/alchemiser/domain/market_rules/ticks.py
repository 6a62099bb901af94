"""The steps in which prices may be named."""

from datetime import date
from decimal import Decimal
from typing import Final

from alchemiser.domain.market_rules.dated import Rules, Since
from alchemiser.domain.values.numbers import ONE

TICK: Final = Rules(
    "price increments",
    (
        Since(date(1997, 6, 24), Decimal("0.0625"), "NYSE and Nasdaq: sixteenths of a dollar"),
        Since(date(2001, 4, 9), Decimal("0.01"), "SEC order on decimal pricing, Release 34-42914"),
    ),
)
"""The step of a price of a dollar or more, in dollars.

The half-cent step of Rule 612 as amended (Release 34-101070) holds for some symbols only, by lists
that exchanges publish; brokers take whole cents for all of them.
"""
SUB_DOLLAR: Final = Rules(
    "price increments below a dollar",
    (
        Since(date(1997, 6, 24), Decimal("0.03125"), "NYSE and Nasdaq: thirty-seconds of a dollar"),
        Since(date(2001, 4, 9), Decimal("0.01"), "SEC order on decimal pricing, Release 34-42914"),
        Since(date(2006, 1, 31), Decimal("0.0001"), "Regulation NMS, Rule 612"),
    ),
)
"""The step of a price below a dollar, in dollars."""


def price_increment(day: date, price: Decimal) -> Decimal:
    """Return the step in which a price like `price` may be named on `day`, dollars.

    Raises:
        InvalidValueError: When `day` is before 1997-06-24.
    """
    return (TICK if price >= ONE else SUB_DOLLAR).on(day).value
