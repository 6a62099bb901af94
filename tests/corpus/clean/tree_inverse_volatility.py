"""Clean: rules. Weighs four funds by their inverse volatility."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import weight_inverse_volatility


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    tree = weight_inverse_volatility(params.sessions, "AGG", "GLD", "SPY", "TLT")
    return RuleStrategy(
        tree, {AssetClass.BROAD_FUND: Decimal(1), AssetClass.SECTOR_FUND: Decimal(1)}
    )


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-inverse-volatility",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
