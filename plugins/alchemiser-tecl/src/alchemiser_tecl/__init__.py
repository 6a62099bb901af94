"""The TECL strategy: threefold technology in its season, else bills, hedges or a short."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser_tecl.rules import tecl

LARGEST_WEIGHTS: Final = {
    AssetClass.LEVERAGED_FUND: Decimal(1),  # TECL, SPXL and SQQQ are held alone
    AssetClass.BROAD_FUND: Decimal(1),  # BIL and BSV likewise
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeclParams:
    """Take no options yet."""


def build(params: TeclParams) -> RuleStrategy:  # noqa: ARG001
    """Return the strategy as `params` choose it."""
    return RuleStrategy(tecl(), LARGEST_WEIGHTS)


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
