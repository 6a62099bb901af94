"""What the law charges a seller, the same in arrays as order by order, on either side of a change.

Rates that third parties told at the time: 75 to 90 dollars a million shares on 2011-07-01, with
3.75 and 4.50 at most (Orrick, June 2011); 5.10 dollars a million from 2021-02-25, and 119 a million
shares up to 5.95 (DriveWealth); 8.30 at most of 166 (brokerage-review.com, 2024).
"""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.fast.costs import charged
from alchemiser.domain.market_rules.fees import ACTIVITY, SECTION_31, regulatory_fees
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.venue_model.settings import FeeSchedule

CHANGES = sorted({row.day for row in SECTION_31.rows[1:]} | {row.day for row in ACTIVITY.rows[1:]})
DAYS = sorted({day - timedelta(days=back) for day in CHANGES for back in (0, 1)})
PRICE = Decimal("50.01")


def test_arrays_charge_what_the_law_says_on_every_day_around_a_change() -> None:
    """SE-02, BT-05."""
    prices = np.full((len(DAYS), 1), float(PRICE))

    buy, sell = charged(FeeSchedule(), DAYS, prices, np.zeros(1))

    owed = [float(regulatory_fees(day, Decimal(1), PRICE)) for day in DAYS]
    assert buy.tolist() == [[0.0]] * len(DAYS)
    assert sell[:, 0] == pytest.approx(owed, rel=1e-12)
    assert len(set(owed)) > len(CHANGES) / 2


@pytest.mark.parametrize("day", DAYS)
def test_a_fill_is_charged_in_whole_cents_upwards_and_only_when_sold(day: date) -> None:
    """SE-02."""
    owed = regulatory_fees(day, Decimal(1_000), PRICE)

    taken = FeeSchedule().charge(Side.SELL, Decimal(1_000), PRICE, day)

    assert 0 <= taken - owed < Decimal("0.01")
    assert taken == taken.quantize(Decimal("0.01"))
    assert FeeSchedule().charge(Side.BUY, Decimal(1_000), PRICE, day) == 0


@pytest.mark.parametrize(
    ("day", "shares", "dollars"),
    [
        (date(2011, 6, 30), "10000", "0.75"),
        (date(2011, 6, 30), "1000000", "3.75"),
        (date(2011, 7, 1), "10000", "0.90"),
        (date(2011, 7, 1), "1000000", "4.50"),
        (date(2021, 3, 1), "50000", "5.95"),
        (date(2021, 3, 1), "10000", "1.19"),
        (date(2024, 6, 3), "1000", "0.166"),
        (date(2024, 6, 3), "60000", "8.30"),
    ],
)
def test_shares_are_charged_what_others_told(day: date, shares: str, dollars: str) -> None:
    """SE-02: without the dollars sold."""
    assert regulatory_fees(day, Decimal(shares), Decimal(0)) == Decimal(dollars)


def test_a_million_dollars_is_charged_what_others_told() -> None:
    """SE-02: the day before 2021-02-25 the rate of 2020, 22.10."""
    fees = [SECTION_31.on(day).value for day in (date(2021, 2, 24), date(2021, 2, 25))]

    assert fees == [Decimal("22.10"), Decimal("5.10")]
