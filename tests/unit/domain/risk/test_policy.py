"""What holds for each asset class and each sector, as the documents print it (RC-01, RC-02)."""

from decimal import Decimal

import pytest

from alchemiser.domain.risk.limits import DEFAULT_MAX_ASSET_CLASS, DEFAULT_MAX_POSITION, RiskLimits
from alchemiser.domain.risk.policy import BALANCED_SECTORS, CLASS_POLICIES, MAX_SECTOR
from alchemiser.domain.values.instrument import AssetClass, Sector


@pytest.mark.parametrize(
    ("kind", "position", "together", "crash", "deviation"),
    [
        (AssetClass.STOCK, "0.10", "1", "0.50", "0.05"),
        (AssetClass.BROAD_FUND, "1", "1", "0.20", "0.02"),
        (AssetClass.SECTOR_FUND, "0.25", "1", "0.30", "0.03"),
        (AssetClass.LEVERAGED_FUND, "0.10", "0.25", "0.60", "0.08"),
    ],
)
def test_each_class_has_its_numbers(
    kind: AssetClass, position: str, together: str, crash: str, deviation: str
) -> None:
    """RC-01, RC-02, RC-13."""
    policy = CLASS_POLICIES[kind]

    assert policy.max_position == DEFAULT_MAX_POSITION[kind] == Decimal(position)
    assert policy.max_together == DEFAULT_MAX_ASSET_CLASS[kind] == Decimal(together)
    assert (policy.crash, policy.deviation) == (Decimal(crash), Decimal(deviation))


def test_no_class_and_no_sector_is_left_out() -> None:
    """A class without a policy, or a sector without a limit, would be an error in the gate."""
    assert set(CLASS_POLICIES) == set(AssetClass)
    assert set(MAX_SECTOR) == set(Sector)
    assert set(DEFAULT_MAX_POSITION) == set(DEFAULT_MAX_ASSET_CLASS) == set(AssetClass)


def test_sectors_that_are_spread_by_themselves_may_be_everything_and_others_a_quarter() -> None:
    """RC-02: what nobody classified is one sector, and not a spread one."""
    everything = {sector for sector, limit in MAX_SECTOR.items() if limit == 1}

    assert everything == BALANCED_SECTORS
    assert {sector.value for sector in everything} == {
        "diversified",
        "international",
        "treasuries",
        "credit",
        "cash",
        "multi_asset",
    }
    assert {MAX_SECTOR[sector] for sector in set(Sector) - everything} == {Decimal("0.25")}
    assert MAX_SECTOR[Sector.UNCLASSIFIED] == Decimal("0.25")


@pytest.mark.parametrize("table", [CLASS_POLICIES, MAX_SECTOR])
def test_tables_cannot_be_changed(table: object) -> None:
    with pytest.raises(TypeError):
        table[AssetClass.STOCK] = None  # type: ignore[index]


def test_limits_of_who_writes_nothing_are_those_tables() -> None:
    """OS-16."""
    limits = RiskLimits()

    assert limits.max_position == DEFAULT_MAX_POSITION
    assert limits.max_asset_class == DEFAULT_MAX_ASSET_CLASS
    assert limits.max_sector == MAX_SECTOR
