"""What holds for each asset class and each sector, as one table each.

Whatever treats funds and shares differently reads it here: there is no branch on a class elsewhere
in the risk rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.domain.values.instrument import AssetClass, Sector
from alchemiser.domain.values.numbers import ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPolicy:
    """Hold the policy of one asset class.

    Attributes:
        max_position: Largest position of one symbol, as a share of equity.
        max_together: All positions of the class together, as a share of equity.
        crash: Fall of one of its symbols in one session that capital at risk reckons with, as a
            fraction of its value. For broad funds the fall at which the exchange closes for the
            day; for the others a judgement, meant to be rarely exceeded.
        deviation: One-session standard deviation that stands for a symbol whose history is too
            short to measure and whose underlying's is, too.
    """

    max_position: Decimal
    max_together: Decimal
    crash: Decimal
    deviation: Decimal


CLASS_POLICIES: Final[Mapping[AssetClass, ClassPolicy]] = MappingProxyType({
    AssetClass.STOCK: ClassPolicy(
        max_position=Decimal("0.10"),
        max_together=ONE,
        crash=Decimal("0.50"),
        deviation=Decimal("0.05"),
    ),
    AssetClass.BROAD_FUND: ClassPolicy(
        max_position=ONE,
        max_together=ONE,
        crash=Decimal("0.20"),
        deviation=Decimal("0.02"),
    ),
    AssetClass.SECTOR_FUND: ClassPolicy(
        max_position=Decimal("0.25"),
        max_together=ONE,
        crash=Decimal("0.30"),
        deviation=Decimal("0.03"),
    ),
    AssetClass.LEVERAGED_FUND: ClassPolicy(
        max_position=Decimal("0.10"),
        max_together=Decimal("0.25"),
        crash=Decimal("0.60"),
        deviation=Decimal("0.08"),
    ),
})

BALANCED_SECTORS: Final = frozenset({
    Sector.DIVERSIFIED,
    Sector.INTERNATIONAL,
    Sector.TREASURIES,
    Sector.CREDIT,
    Sector.CASH,
    Sector.MULTI_ASSET,
})
"""Sectors that are spread by themselves: they may be all that is held."""

MAX_SECTOR: Final[Mapping[Sector, Decimal]] = MappingProxyType({
    sector: ONE if sector in BALANCED_SECTORS else Decimal("0.25") for sector in Sector
})
"""Exposure to one sector as a share of equity, look-through; what is unclassified counts as one."""
