"""The venue's price list refuses nonsense and charges to the cent, upwards."""

import pickle
from datetime import date, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings

FEES = FeeSchedule(commission_per_share=Decimal("0.005"), commission_fraction=Decimal("0.0002"))
DAY = date(2024, 8, 5)


@pytest.mark.parametrize(
    ("side", "quantity", "price", "fee"),
    [
        (Side.BUY, "30", "41", "0.40"),  # 0.150 + 0.2460 = 0.3960
        (Side.SELL, "300", "41", "4.36"),  # 3.960 + 300 x 0.000166 + 12300 x 0.0000278 = 4.3517
        (Side.BUY, "20", "25", "0.20"),  # 0.100 + 0.1000, whole cents already
        (Side.SELL, "0.000000001", "3", "0.01"),
    ],
)
def test_fee_is_rounded_up_to_the_cent(side: Side, quantity: str, price: str, fee: str) -> None:
    assert FEES.charge(side, Decimal(quantity), Decimal(price), DAY) == Decimal(fee)


def test_default_fees_charge_sells_alone() -> None:
    fees = FeeSchedule()

    assert fees.charge(Side.BUY, Decimal(900), Decimal(70), DAY) == 0
    # 900 x 0.000166 + 63000 x 0.0000278 = 0.1494 + 1.7514
    assert fees.charge(Side.SELL, Decimal(900), Decimal(70), DAY) == Decimal("1.91")


def test_fees_go_by_the_date() -> None:
    """Fees of the day, not of today, in a backtest of any year."""
    fees = FeeSchedule()

    def charged(day: date) -> Decimal:
        return fees.charge(Side.SELL, Decimal(900), Decimal(70), day)

    assert charged(date(2016, 6, 1)) == Decimal("1.49")  # 900 x 0.000119 + 63000 x 0.0000218
    assert charged(date(2025, 6, 2)) == Decimal("0.15")  # 900 x 0.000166, no section 31 fee
    assert charged(date(2026, 7, 1)) == Decimal("1.48")  # 900 x 0.000195 + 63000 x 0.0000206


def test_commission_is_the_same_on_both_sides_and_nothing_else_is_charged_without_the_law() -> None:
    fees = FeeSchedule(commission_per_share=Decimal("0.005"), regulatory=False)

    assert fees.commission(Decimal(30), Decimal(41)) == Decimal("0.15")
    assert fees.charge(Side.SELL, Decimal(30), Decimal(41), DAY) == Decimal("0.15")


@pytest.mark.parametrize("value", ["-0.01", "NaN", "Infinity"])
def test_fee_schedule_refuses_what_is_no_fee(value: str) -> None:
    with pytest.raises(InvalidValueError, match="commission_per_share"):
        FeeSchedule(commission_per_share=Decimal(value))


@pytest.mark.parametrize("name", ["slippage", "partial_probability"])
@pytest.mark.parametrize("value", ["-0.001", "1.001", "NaN"])
def test_settings_refuse_a_fraction_outside_its_range(name: str, value: str) -> None:
    with pytest.raises(InvalidValueError, match=name):
        VenueSettings(**{name: Decimal(value)})  # type: ignore[arg-type]


@pytest.mark.parametrize("parts", [0, 5])
def test_settings_refuse_a_number_of_parts_outside_one_to_four(parts: int) -> None:
    with pytest.raises(InvalidValueError, match="parts_max"):
        VenueSettings(parts_max=parts)


@pytest.mark.parametrize(("shortest", "longest", "interval"), [(0, 3, 60), (4, 3, 60), (1, 60, 60)])
def test_settings_refuse_delays_that_could_overlap(
    shortest: int, longest: int, interval: int
) -> None:
    with pytest.raises(InvalidValueError, match="delay_min"):
        VenueSettings(
            delay_min=timedelta(seconds=shortest),
            delay_max=timedelta(seconds=longest),
            match_interval=timedelta(seconds=interval),
        )


def test_settings_refuse_a_cancel_without_latency() -> None:
    with pytest.raises(InvalidValueError, match="cancel_latency"):
        VenueSettings(cancel_latency=timedelta(0))


def test_settings_refuse_a_minimum_of_nothing() -> None:
    with pytest.raises(InvalidValueError, match="notional_min"):
        VenueSettings(notional_min=Decimal(0))


def test_settings_need_a_half_spread_for_every_asset_class() -> None:
    with pytest.raises(InvalidValueError, match="broad_fund"):
        VenueSettings(half_spread={AssetClass.STOCK: Decimal("0.0003")})


def test_settings_refuse_a_negative_half_spread() -> None:
    with pytest.raises(InvalidValueError, match="half_spread of sector_fund"):
        VenueSettings(
            half_spread={**VenueSettings().half_spread, AssetClass.SECTOR_FUND: Decimal(-1)}
        )


def test_settings_keep_their_own_copy_of_the_half_spreads() -> None:
    given = dict.fromkeys(AssetClass, Decimal("0.0004"))
    settings = VenueSettings(half_spread=given)

    given[AssetClass.STOCK] = Decimal("0.9")

    assert settings.half_spread[AssetClass.STOCK] == Decimal("0.0004")


def test_settings_travel_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(VenueSettings())) == VenueSettings()  # noqa: S301 (our own)


def test_what_the_law_charges_is_rounded_up_for_each_fill_of_a_sale() -> None:
    """The broker's page on both fees: 100 shares for $10,000 owe 8 cents at $8 a million.

    By hand: 0.08 to the SEC and 100 x 0.000145 to FINRA, 0.0945 in all. The broker rounds up once
    a day; the model once a fill, which is never less.
    """
    fees, day = FeeSchedule(), date(2023, 6, 1)

    assert fees.charge(Side.SELL, Decimal(100), Decimal(100), day) == Decimal("0.10")
    assert 100 * fees.charge(Side.SELL, Decimal(1), Decimal(100), day) == Decimal("1.00")
    assert fees.charge(Side.BUY, Decimal(100), Decimal(100), day) == 0
    # Without a section 31 fee, since 14 May 2025, 60 shares owe 0.00996 and 61 owe 0.010126.
    assert fees.charge(Side.SELL, Decimal(60), Decimal(100), date(2025, 6, 2)) == Decimal("0.01")
    assert fees.charge(Side.SELL, Decimal(61), Decimal(100), date(2025, 6, 2)) == Decimal("0.02")
    assert fees.charge(Side.SELL, Decimal(61), Decimal(100), date(2025, 5, 13)) == Decimal("0.18")
