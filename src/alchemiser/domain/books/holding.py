"""Holding periods and the days of wash sales, by the calendar."""

from datetime import date, timedelta
from typing import Final

WASH_DAYS: Final = timedelta(days=30)
"""How long before and after a sale at a loss a purchase washes it (26 U.S.C. 1091(a))."""
_DAY: Final = timedelta(days=1)


def long_from(held_since: date) -> date:
    """Return the first day on which a sale is long-term: shares are then held over one year.

    The period begins on the day after the purchase, and the day of the sale counts (Rev. Rul.
    66-7; IRS Publication 550, "Holding Period"). So what was bought on the last of February is
    long-term from the first of March, leap year or not.
    """
    begins = held_since + _DAY
    try:
        return begins.replace(year=begins.year + 1)
    except ValueError:
        return date(begins.year + 1, 3, 1)
