"""The KLM strategy: eight variants of one momentum switcher, of which the liveliest is held."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import Thresholds, with_thresholds
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
        thresholds: Levels of relative strength as the table has them, or as far from each symbol's
            own mean as they would lie from 50 on a walk without drift.
        adaptive_sessions: How many sessions that mean covers, at least 2.
    """

    variant: Choice = "ensemble"
    thresholds: Thresholds = "fixed"
    adaptive_sessions: int = 252


def build(params: KlmParams) -> RuleStrategy:
    """Return the strategy as `params` choose it."""
    tree = chosen(params.variant)
    tree = with_thresholds(tree, params.thresholds, params.adaptive_sessions)
    return RuleStrategy(tree, LARGEST_WEIGHTS)


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
