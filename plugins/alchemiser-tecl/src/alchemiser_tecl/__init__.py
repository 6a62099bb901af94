"""The TECL strategy: threefold technology in its season, else bills, hedges or a short."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import Thresholds, with_thresholds
from alchemiser_tecl.rules import tecl

LARGEST_WEIGHTS: Final = {
    AssetClass.LEVERAGED_FUND: Decimal(1),  # TECL, SPXL and SQQQ are held alone
    AssetClass.BROAD_FUND: Decimal(1),  # BIL and BSV likewise
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeclParams:
    """Choose between the strategy's variants.

    Attributes:
        thresholds: Levels of relative strength as the table has them, or as far from each symbol's
            own mean as they would lie from 50 on a walk without drift.
        adaptive_sessions: How many sessions that mean covers, at least 2.
    """

    thresholds: Thresholds = "fixed"
    adaptive_sessions: int = 252


def build(params: TeclParams) -> RuleStrategy:
    """Return the strategy as `params` choose it."""
    tree = with_thresholds(tecl(), params.thresholds, params.adaptive_sessions)
    return RuleStrategy(tree, LARGEST_WEIGHTS)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    """Offer the strategy to The Alchemiser."""
    return [
        StrategySpec(
            strategy_id="tecl",
            summary="Holds threefold technology in its season, else bills, hedges or a short.",
            params=TeclParams,
            build=build,
        )
    ]
