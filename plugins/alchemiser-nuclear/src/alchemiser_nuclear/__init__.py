"""The nuclear strategy: hedge heat, buy panic, else hold nuclear shares or a bear pair."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import Thresholds, with_thresholds
from alchemiser_nuclear.rules import Basket, nuclear

LARGEST_WEIGHTS: Final = {
    AssetClass.LEVERAGED_FUND: Decimal(1),  # UVXY, TQQQ, UPRO, PSQ and SQQQ are held alone
    AssetClass.BROAD_FUND: Decimal(1),  # QQQ, when both halves of the bear pair agree on it
    AssetClass.STOCK: Decimal(1),  # thirds of the basket, more when few of its names have prices
    AssetClass.SECTOR_FUND: Decimal(1),  # NLR, likewise
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclearParams:
    """Choose between the strategy's variants.

    Attributes:
        basket: How the three chosen nuclear shares are weighted: equally, or in inverse proportion
            to their volatility over 90 sessions.
        thresholds: Levels of relative strength as the table has them, or as far from each symbol's
            own mean as they would lie from 50 on a walk without drift.
        adaptive_sessions: How many sessions that mean covers, at least 2.
    """

    basket: Basket = "equal"
    thresholds: Thresholds = "fixed"
    adaptive_sessions: int = 252


def build(params: NuclearParams) -> RuleStrategy:
    """Return the strategy as `params` choose it."""
    tree = nuclear(basket=params.basket)
    tree = with_thresholds(tree, params.thresholds, params.adaptive_sessions)
    return RuleStrategy(tree, LARGEST_WEIGHTS)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    """Offer the strategy to The Alchemiser."""
    return [
        StrategySpec(
            strategy_id="nuclear",
            summary="Hedges heat, buys panic, else holds nuclear shares or a bear pair.",
            params=NuclearParams,
            build=build,
        )
    ]
