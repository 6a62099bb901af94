"""Fees that the law lets brokers hand on to whoever sells."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from alchemiser.domain.market_rules.dated import Rules, Since
from alchemiser.domain.values.numbers import ZERO

MILLION: Final = 1_000_000
_ADVISORY: Final = "SEC fee rate advisory, Exchange Act section 31"
_BY_LAW: Final = "FINRA By-Laws, Schedule A, section 1"


def _rate(year: int, month: int, day: int, dollars: str) -> Since[Decimal]:
    return Since(date(year, month, day), Decimal(dollars), _ADVISORY)


SECTION_31: Final = Rules(
    "the section 31 fee",
    (
        _rate(1975, 1, 1, "33.30"),
        _rate(2001, 12, 28, "15.00"),
        _rate(2002, 4, 1, "30.10"),
        _rate(2003, 3, 22, "25.20"),
        _rate(2003, 4, 1, "46.80"),
        _rate(2004, 2, 22, "39.00"),
        _rate(2004, 4, 1, "23.40"),
        _rate(2005, 1, 7, "32.90"),
        _rate(2005, 4, 1, "41.80"),
        _rate(2005, 12, 22, "30.70"),
        _rate(2007, 3, 17, "15.30"),
        _rate(2008, 1, 25, "11.00"),
        _rate(2008, 4, 1, "5.60"),
        _rate(2009, 4, 10, "25.70"),
        _rate(2010, 1, 15, "12.70"),
        _rate(2010, 4, 1, "16.90"),
        _rate(2011, 1, 21, "19.20"),
        _rate(2012, 2, 21, "18.00"),
        _rate(2012, 4, 1, "22.40"),
        _rate(2013, 5, 25, "17.40"),
        _rate(2014, 3, 18, "22.10"),
        _rate(2015, 2, 14, "18.40"),
        _rate(2016, 2, 16, "21.80"),
        _rate(2017, 7, 4, "23.10"),
        _rate(2018, 5, 22, "13.00"),
        _rate(2019, 4, 16, "20.70"),
        _rate(2020, 2, 18, "22.10"),
        _rate(2021, 2, 25, "5.10"),
        _rate(2022, 5, 14, "22.90"),
        _rate(2023, 2, 27, "8.00"),
        _rate(2024, 5, 22, "27.80"),
        _rate(2025, 5, 14, "0.00"),
        _rate(2026, 4, 4, "20.60"),
    ),
)
"""Dollars for each million dollars sold."""


@dataclass(frozen=True, slots=True)
class ActivityFee:
    """Hold FINRA's trading activity fee.

    Attributes:
        per_share: Dollars a share sold.
        most: Dollars a trade, at most.
    """

    per_share: Decimal
    most: Decimal


def _activity(year: int, month: int, per_share: str, most: str) -> Since[ActivityFee]:
    return Since(date(year, month, 1), ActivityFee(Decimal(per_share), Decimal(most)), _BY_LAW)


ACTIVITY: Final = Rules(
    "the trading activity fee",
    (
        _activity(1975, 1, "0", "0"),  # there was none before October 2002
        _activity(2002, 10, "0.00005", "5.00"),
        _activity(2004, 11, "0.000075", "3.75"),
        _activity(2011, 7, "0.000090", "4.50"),
        _activity(2012, 3, "0.000095", "4.75"),
        _activity(2012, 7, "0.000119", "5.95"),
        _activity(2022, 1, "0.000130", "6.49"),
        _activity(2023, 1, "0.000145", "7.27"),
        _activity(2024, 1, "0.000166", "8.30"),
        _activity(2026, 1, "0.000195", "9.79"),
    ),
)


def regulatory_fees(day: date, quantity: Decimal, price: Decimal) -> Decimal:
    """Return what the law charges the seller of `quantity` shares at `price`, dollars, unrounded.

    Raises:
        InvalidValueError: When `day` is before 1975.
    """
    activity = ACTIVITY.on(day).value
    section_31 = SECTION_31.on(day).value * quantity * price / MILLION
    return max(ZERO, section_31) + min(activity.per_share * quantity, activity.most)
