"""What a limit is unless it is written grows with what was allowed explicitly (RC-16)."""

from decimal import Decimal

import pytest

from alchemiser.domain.risk.breakers import BreakerLimits
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.values.instrument import AssetClass, Sector
from alchemiser.settings.risk import Risk
from alchemiser.settings.usual import LOSS_MAX, usual_breakers, usual_limits

ONE = Decimal(1)
GROWING = (
    "max_net_exposure",
    "max_underlying",
    "max_var",
    "max_expected_shortfall",
    "max_daily_loss",
)


@pytest.mark.parametrize("gross", ["0.5", "1"])
def test_nothing_grows_without_leverage(gross: str) -> None:
    """RC-02, RC-06: a quarter of equity in a sector, a twentieth lost in a day."""
    usual = usual_limits(Decimal(gross), {})

    assert usual == RiskLimits()
    assert usual_breakers(Decimal(gross)) == BreakerLimits()
    assert usual.max_sector is not None
    assert usual.max_sector[Sector.TECHNOLOGY] == Decimal("0.25")
    assert usual.max_daily_loss == Decimal("0.05")


@pytest.mark.parametrize("name", GROWING)
def test_limits_on_losses_and_exposure_grow_with_the_leverage_allowed(name: str) -> None:
    assert getattr(usual_limits(Decimal(2), {}), name) == 2 * getattr(RiskLimits(), name)


def test_sectors_that_may_be_everything_grow_and_the_others_do_not() -> None:
    """RC-02."""
    sectors = usual_limits(Decimal(3), {}).max_sector or {}

    assert sectors[Sector.TREASURIES] == 3
    assert sectors[Sector.ENERGY] == Decimal("0.25")


def test_no_loss_grows_beyond_three_quarters() -> None:
    """RC-08."""
    usual, breakers = usual_limits(Decimal(4), {}), usual_breakers(Decimal(4))

    assert usual.max_drawdown == breakers.max_drawdown == LOSS_MAX
    assert breakers.strategy_max_drawdown == LOSS_MAX
    assert breakers.max_trend_loss == Decimal("0.60")


@pytest.mark.parametrize(
    ("name", "sector", "leveraged", "shares"),
    [
        ("leveraged_fund", "1.2", "0.4", "1"),
        ("TQQQ", "1.2", "0.4", "1"),
        ("sector_fund", "0.4", "0.25", "1"),
    ],
)
def test_position_that_is_allowed_may_be_held(
    name: str, sector: str, leveraged: str, shares: str
) -> None:
    """RC-01, RC-02: 0.4 in a triple fund is 1.2 of its sector."""
    usual = usual_limits(Decimal(2), {name: Decimal("0.4")})

    assert usual.max_sector is not None
    assert usual.max_asset_class is not None
    assert usual.max_sector[Sector.ENERGY] == Decimal(sector)
    assert usual.max_asset_class[AssetClass.LEVERAGED_FUND] == Decimal(leveraged)
    assert usual.max_asset_class[AssetClass.STOCK] == Decimal(shares)


def test_no_sector_grows_beyond_the_gross_exposure() -> None:
    usual = usual_limits(Decimal("1.1"), {"leveraged_fund": ONE})

    assert usual.max_sector is not None
    assert usual.max_sector[Sector.ENERGY] == Decimal("1.1")


def test_what_is_written_stands() -> None:
    """RC-16."""
    risk = Risk(
        max_gross_exposure=Decimal(3),
        max_var=Decimal("0.04"),
        max_daily_loss=Decimal("0.03"),
        max_sector={"energy": Decimal("0.1")},
        max_asset_class={"leveraged_fund": Decimal("0.2")},
        max_position={"leveraged_fund": ONE},
    )

    limits = risk.limits()

    assert (limits.max_var, limits.max_daily_loss) == (Decimal("0.04"), Decimal("0.03"))
    assert risk.breaker_limits().max_daily_loss == Decimal("0.03")
    assert (limits.max_sector or {})[Sector.ENERGY] == Decimal("0.1")
    assert (limits.max_sector or {})[Sector.UTILITIES] == 3
    assert (limits.max_asset_class or {})[AssetClass.LEVERAGED_FUND] == Decimal("0.2")
