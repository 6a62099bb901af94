"""The KLM strategy: eight variants of one momentum switcher, of which the liveliest is held."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser_klm.variants import Choice, chosen

LARGEST_WEIGHTS: Final = {
    AssetClass.LEVERAGED_FUND: Decimal(1),  # UVXY, FNGU, TECL and their like are held alone
    AssetClass.BROAD_FUND: Decimal(1),  # TLT, SPLV and BIL
    AssetClass.SECTOR_FUND: Decimal(1),  # UUP, FTLS and KMLM
    AssetClass.STOCK: Decimal(1),  # one of six by the variant nova
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KlmParams:
    """Choose between the strategy's variants.

    Attributes:
        variant: One variant alone, or the ensemble of all.
    """

    variant: Choice = "ensemble"


def build(params: KlmParams) -> RuleStrategy:
    """Return the strategy as `params` choose it."""
    return RuleStrategy(chosen(params.variant), LARGEST_WEIGHTS)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    """Offer the strategy to The Alchemiser."""
    return [
        StrategySpec(
            strategy_id="klm",
            summary="Hedges heat, buys falls, else technology or a refuge: the liveliest of eight.",
            params=KlmParams,
            build=build,
        )
    ]
